"""What a provider publishes, and the settings by which people sign in there.

Covers: api.http.authentication.openid.provider_documents, api.http.authentication.openid.provider
"""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from api.domain.identity import IdentityFault
from api.domain.sign_ins import ProviderSession
from api.http.authentication.authenticate import choose_authenticator
from api.http.authentication.openid.claims import ClaimNames, read_roles
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from api.http.authentication.openid.provider import choose_provider
from api.http.authentication.openid.provider_documents import ProviderDocuments
from api.settings import Settings
from engine import PolicySet
from tests.support.fake_issuer import EC, RSA, FakeIssuer, fake_issuer

GIVEN: dict[str, Any] = {
    "oidc_issuer": "https://login.example.org",
    "oidc_client_id": "channelgate",
    "public_url": "https://gate.example.org",
}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"public_url": None}, "none is named"),
        ({"oidc_client_id": None}, "without the name of this service"),
        ({"oidc_issuer": "http://login.example.org"}, "open connection"),
        ({"oidc_issuer": "login.example.org"}, "open connection"),
        ({"oidc_issuer": "https://login.example.org?a=b"}, "is no issuer"),
        ({"public_url": "http://gate.example.org"}, "open connection"),
        ({"oidc_scopes": "profile"}, "scope `openid`"),
        ({"jwks": "keys.json", "issuer": "https://other.example.org"}, "two people could have one name"),
        (
            {"jwks": "k", "issuer": "https://login.example.org", "oidc_name_claim": "email"},
            "two people could have one name",
        ),
        ({"oidc_client_secret": "/nowhere"}, "cannot be read"),
        ({"oidc_roles": "group"}, "CHANNELGATE_OIDC_ROLES"),
        ({"oidc_roles": "a=auditor;a=liaison"}, "CHANNELGATE_OIDC_ROLES"),
        ({"oidc_roles": "a="}, "CHANNELGATE_OIDC_ROLES"),
    ],
)
def test_settings_by_which_nobody_could_sign_in_are_a_fault_at_the_start(
    settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(IdentityFault, match=words) as fault:
        choose_provider(Settings(**{**GIVEN, **settings}), now)
    assert fault.value.remedy


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff", b"two\nlines", b"x" * 5000])
def test_a_file_without_a_secret_is_a_fault_at_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(IdentityFault, match="secret"):
        choose_provider(Settings(**GIVEN, oidc_client_secret=tmp_path / "secret"), now)


def test_a_service_without_a_console_has_no_provider_and_one_with_it_needs_nothing_else() -> None:
    assert choose_provider(Settings(**GIVEN, console=False), now) is None
    assert choose_provider(Settings(**GIVEN), now) is not None
    choose_authenticator(Settings(**GIVEN), now, dict)
    with pytest.raises(IdentityFault, match="no way to tell"):
        choose_authenticator(Settings(**GIVEN, console=False), now, dict)
    with pytest.raises(IdentityFault, match="both identified and not"):
        choose_authenticator(Settings(**GIVEN, insecure_no_auth=True), now, dict)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issuer": "https://another.example"}, "another issuer"),
        ({"token_endpoint": "http://login.example.org/token"}, "token_endpoint"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"end_session_endpoint": "//elsewhere"}, "end_session_endpoint"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"more": "x" * 300_000}, "too long"),
    ],
)
def test_metadata_that_cannot_be_trusted_are_not_used(changed: dict[str, Any], words: str) -> None:
    with fake_issuer() as issuer:
        issuer.metadata |= changed
        with pytest.raises(SignInFailed, match=words):
            asyncio.run(ProviderDocuments(issuer.url).metadata())


def test_groups_can_stand_for_roles_and_then_they_alone_do(shipped: PolicySet) -> None:
    groups = read_roles("CN=gate audit,OU=x=auditor; gate-liaison=liaison;old=minister;")
    names = ClaimNames("sub", "groups", "department", groups)
    person = {"sub": "a", "groups": ["staff", "CN=gate audit,OU=x", "committee"]}
    assert names.caller_of(person, shipped.roles).role.name == "auditor"
    for none in (["committee"], ["old"], [""], [7], "staff"):
        with pytest.raises(SignInFailed) as failed:
            names.caller_of({"sub": "a", "groups": none}, shipped.roles)
        assert failed.value.fault is SignInFault.NO_ROLE
    assert read_roles("") is None


class Ticks:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def find(documents: ProviderDocuments, kid: str) -> object:
    return asyncio.run(documents.find_key(kid, lambda _: True))


def readings(issuer: FakeIssuer) -> int:
    return issuer.paths().count("/jwks")


def test_keys_are_read_anew_for_an_unknown_name_but_not_more_often_than_every_five_seconds() -> None:
    ticks = Ticks()
    with fake_issuer() as issuer:
        issuer.keys = [RSA]
        documents = ProviderDocuments(issuer.url, ticks)
        assert find(documents, "rsa") is not None
        issuer.keys = [RSA, EC]
        for _ in range(5):
            assert find(documents, "ec") is None
        assert readings(issuer) == 1
        ticks.now = 6
        assert find(documents, "ec") is not None
        for _ in range(5):
            assert find(documents, "unknown") is None
        assert readings(issuer) == 2


def test_the_last_documents_are_trusted_for_an_hour_while_the_provider_fails() -> None:
    ticks = Ticks()
    with fake_issuer() as issuer:
        documents = ProviderDocuments(issuer.url, ticks)
        asyncio.run(documents.metadata())
        issuer.answers["/.well-known/openid-configuration"] = 500
        ticks.now = 3599
        assert asyncio.run(documents.metadata()).issuer == issuer.url
        ticks.now = 3605
        with pytest.raises(SignInFailed, match="500"):
            asyncio.run(documents.metadata())
        del issuer.answers["/.well-known/openid-configuration"]
        ticks.now = 3611
        assert asyncio.run(documents.metadata()).issuer == issuer.url


def test_a_provider_that_fails_is_not_called_by_every_visitor() -> None:
    ticks = Ticks()
    with fake_issuer() as issuer:
        issuer.answers["/.well-known/openid-configuration"] = 500
        documents = ProviderDocuments(issuer.url, ticks)
        for _ in range(5):
            with pytest.raises(SignInFailed):
                asyncio.run(documents.metadata())
        assert len(issuer.sent) == 1


@pytest.mark.parametrize(
    ("subject", "session", "meant"),
    [
        ("a", None, True),
        ("a", "1", True),
        (None, "1", True),
        ("b", "1", False),
        ("a", "2", False),
        (None, "2", False),
        ("b", None, False),
    ],
)
def test_a_provider_means_everybody_or_one_sign_in(
    subject: str | None, session: str | None, meant: bool
) -> None:
    assert ProviderSession("i", "a", "1").is_meant_by(subject, session) is meant
    assert ProviderSession("i", "a").is_meant_by(subject, session) is (subject == "a")
