"""Callers by token: everything but a sound one is nobody, and no token comes back."""

import base64
import hmac
import json
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from api.domain.identity import MAX_CREDENTIAL, Authenticator, Caller, NotIdentified
from api.http.authentication.issuer_keys import IssuerKeys
from api.http.authentication.jwt import ALGORITHMS, TokenAuthenticator
from api.runtime.lockstep import WouldBlock
from tests.support.shipped_roles import DEPARTMENT, LIAISON, shipped_roles

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ISSUER, AUDIENCE = "https://issuer.example", "channelgate"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
STRANGER = ECKey.generate_key("P-256", {"kid": "ec"})
LATE = ECKey.generate_key("P-256", {"kid": "late"})


class AnyHeader(JWSRegistry):
    """Signs whatever it is given."""

    def check_header(self, header: dict[str, Any]) -> None: ...


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def document(*keys: Key) -> bytes:
    return json.dumps(KeySet(list(keys)).as_dict(private=False)).encode()


def claims(**changes: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    stated = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now + 300,
        "iat": now,
        "sub": "desk-7",
        "role": "liaison",
    }
    return {name: value for name, value in (stated | changes).items() if value is not None}


def token(key: Key = EC, alg: str = "ES256", header: dict[str, Any] | None = None, **changes: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # EdDSA has a newer name, HS256 a key of another sort
        registry = AnyHeader(algorithms=[alg])
        return jwt.encode(
            {"alg": alg, "kid": key.kid} | (header or {}), claims(**changes), key, None, registry
        )


def unsigned(alg: str, kid: str = "ec") -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": alg, "kid": kid}, claims()))
    return ".".join(written(part) for part in parts) + "."


def signed_with_the_public_key() -> str:
    """The attack on checkers that let the token choose between a shared secret and a public key."""
    text = unsigned("HS256", "rsa")
    return text + written(hmac.digest(RSA.as_pem(private=False), text[:-1].encode(), "sha256"))


def written(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    (tmp_path / "jwks.json").write_bytes(document(RSA, EC, ED))
    return tmp_path / "jwks.json"


@pytest.fixture
def tokens(jwks: Path, clock: Clock) -> TokenAuthenticator:
    return authenticator(str(jwks), clock)


def authenticator(place: str, clock: Clock) -> TokenAuthenticator:
    return TokenAuthenticator(IssuerKeys(place), ISSUER, AUDIENCE, "role", clock, shipped_roles)


def ask(way: Authenticator, credential: str) -> Caller | str:
    """The caller, or the reason why there is none."""
    try:
        return way.caller_of(f"Bearer {credential}")
    except WouldBlock:
        return "No key at hand"
    except NotIdentified as unknown:
        reason_given = str(unknown)
    assert not credential or credential not in reason_given
    return reason_given


@pytest.mark.parametrize(
    "sound",
    [
        token(),
        token(RSA, "RS256"),
        token(RSA, "PS512"),
        token(ED, "Ed25519"),
        token(ED, "EdDSA"),
        token(aud=["another", AUDIENCE]),
        token(role=["liaison"]),
        token(header={"typ": "at+jwt"}),
        token(header={"x5t": "abc", "unheard-of": 1}),
        token(exp=int(NOW.timestamp()) - 20),
        token(nbf=int(NOW.timestamp()) + 20),
        token(department="elsewhere"),
    ],
)
def test_a_sound_token_names_its_subject_and_role(tokens: TokenAuthenticator, sound: str) -> None:
    assert ask(tokens, sound) == Caller("desk-7", LIAISON)


def test_a_token_of_a_department_names_the_department(tokens: TokenAuthenticator) -> None:
    assert ask(tokens, token(role="department", department="x")) == Caller("desk-7", DEPARTMENT, "x")


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        (token(exp=int(NOW.timestamp()) - 31), "expired"),
        (token(exp=None), "see exp"),
        (token(exp="tomorrow"), "see exp"),
        (token(exp=1e400), "content does not hold|see exp"),
        (token(nbf=int(NOW.timestamp()) + 31), "see nbf"),
        (token(iat=int(NOW.timestamp()) + 31), "see iat"),
        (token(iss="https://issuer.example.evil"), "see iss"),
        (token(iss=[ISSUER]), "see iss"),
        (token(iss=None), "see iss"),
        (token(aud="another"), "see aud"),
        (token(aud=[]), "see aud"),
        (token(aud=None), "see aud"),
        (token(sub=None), "see sub"),
        (token(sub=""), "see sub"),
        (token(sub=7), "see sub"),
        (token(sub="x" * 201), "no sub"),
        (token(sub="two\nlines"), "no sub"),
        (token(role=None), "one role"),
        (token(role="Committee"), "one role"),
        (token(role=["liaison", "committee"]), "one role"),
        (token(role={"committee": True}), "one role"),
        (token(role="department"), "no department"),
        (token(role="department", department=""), "no department"),
        (token(role="department", department=["x"]), "no department"),
        (token(STRANGER), "signature"),
        (token()[:-6] + "AAAAAA", "signature"),
        (token(header={"kid": "another"}), "No key"),
        (token(header={"kid": "rsa"}), "No key"),
        (token(header={"kid": 7}), "no JWT"),
        (token(header={"typ": "logout+jwt"}), "another kind"),
        (token(header={"typ": 7}), "no JWT"),
        (token(RSA, "RS256", {"b64": True, "crit": ["b64"]}), "another kind"),
        (unsigned("none"), "in a way that is not accepted"),
        (unsigned("ES256"), "signature"),
        (unsigned("HS256"), "in a way that is not accepted"),
        (signed_with_the_public_key(), "in a way that is not accepted"),
        (
            token(OctKey.import_key("a secret that is long enough", {"kid": "ec"}), "HS256"),
            "in a way that is not accepted",
        ),
        ("a.b.c", "no JWT"),
        ("e30.e30.", "no JWT"),
        ("W10.e30.", "no JWT"),
        ("no-token", "no JWT"),
        ("a.b.c.d.e", "no JWT"),
        ("cg_" + "x" * 43, "no JWT"),
        (written(b"[" * 5000) + ".e30.", "no JWT"),
        ("x" * MAX_CREDENTIAL, "too long"),
        (token() + " " + token(), "no single token"),
        (token() + "\x00", "no single token"),
        ("", "no single token"),
    ],
)
def test_any_other_token_identifies_nobody(tokens: TokenAuthenticator, faulty: str, reason: str) -> None:
    reason_given = ask(tokens, faulty)
    assert isinstance(reason_given, str)
    assert any(part in reason_given for part in reason.split("|")), reason_given


def test_a_token_with_changed_claims_or_header_identifies_nobody(tokens: TokenAuthenticator) -> None:
    liaison, committee = token().split("."), token(role="committee").split(".")
    rsa = token(RSA, "RS256").split(".")
    assert "signature" in str(ask(tokens, ".".join([liaison[0], committee[1], liaison[2]])))
    assert "signature" in str(ask(tokens, ".".join([rsa[0], liaison[1], liaison[2]])))


@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "Bearer", "bearer ", token()])
def test_a_header_without_a_bearer_credential_identifies_nobody(
    tokens: TokenAuthenticator, header: str | None
) -> None:
    with pytest.raises(NotIdentified):
        tokens.caller_of(header)


def test_only_asymmetric_algorithms_are_taken() -> None:
    assert not {name for name in ALGORITHMS if name.startswith(("HS", "none"))}


def test_a_token_that_names_no_key_is_checked_only_if_there_is_one_choice(jwks: Path, clock: Clock) -> None:
    nameless = jwt.encode({"alg": "ES256"}, claims(), EC)
    assert ask(authenticator(str(jwks), clock), nameless) == Caller("desk-7", LIAISON)
    jwks.write_bytes(document(EC, LATE))
    assert "No key" in str(ask(authenticator(str(jwks), clock), nameless))
