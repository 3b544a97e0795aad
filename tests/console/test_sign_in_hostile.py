"""What hostile answers at a sign-in come to, and how sign-ins end by themselves.

Covers: api.http.authentication.openid.id_tokens, api.http.authentication.openid.exchange,
api.http.authentication.openid.provider_documents, api.http.authentication.openid.provider,
api.console.sign_in.at_provider, api.services.sign_ins, api.domain.sign_ins,
api.storage.sign_ins
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from api.app import create_app
from api.console.frame.cookies import ATTEMPT_COOKIE, SIGN_IN_COOKIE
from api.console.frame.forms import form_token
from api.domain.identity import Credential
from api.domain.sign_ins import ProviderSession, SignIn
from api.doors.running_server import running_app
from api.http.authentication.key_file import add_api_key, new_api_key
from api.http.authentication.openid.attempts import SignInAttempt
from api.http.authentication.openid.provider_documents import ProviderDocuments
from api.services.context import Context
from api.services.sign_ins import hash_secret
from api.settings import Settings
from api.storage.console_tables import single_uses
from api.storage.sign_ins import add_sign_in
from engine import PolicySet
from tests.support.consoles import ROOT, Visitor
from tests.support.fake_issuer import CLIENT_ID, EC, PERSON, RSA, STRANGER, FakeIssuer, fake_issuer

PUBLIC_URL = "http://127.0.0.1:8064"
UNPRINTABLE = "\x00\u202e"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class ShiftedClock:
    """The time, shifted."""

    def __init__(self) -> None:
        self.shift = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.shift


@dataclass
class HostileConsole:
    """A console, its issuer and its clock."""

    url: str
    app: FastAPI
    issuer: FakeIssuer
    clock: ShiftedClock
    api_key: str
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self) -> Visitor:
        """A browser of its own."""
        self.visitors.append(Visitor(self.url))
        return self.visitors[-1]

    def leave(self, visitor: Visitor) -> dict[str, str]:
        """Leave for the issuer; returns what it is sent."""
        answer = visitor.open("/sign-in/oidc?next=/account")
        assert answer.status_code == 303, answer.text
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        sent = {name: values[-1] for name, values in query.items()}
        self.issuer.nonce = sent["nonce"]
        return sent

    def come_back(self, visitor: Visitor, state: str, **query: str | None) -> httpx.Response:
        """Come back from the issuer; a member that is None is left out."""
        members = {"code": "code-1", "state": state, "iss": self.issuer.url, **query}
        return visitor.client.get(
            "/sign-in/callback", params={name: value for name, value in members.items() if value is not None}
        )

    def signed_in(self) -> Visitor:
        """A browser in which the person of the issuer has signed in."""
        visitor = self.visitor()
        answer = self.come_back(visitor, self.leave(visitor)["state"])
        assert (answer.status_code, answer.headers.get("location")) == (303, "/account"), answer.text
        return visitor

    def store(self, sign_in: SignIn) -> None:
        """Store a sign-in."""
        context: Context = self.app.state.context
        with context.store._database.writing() as connection:  # a row of another time or service
            add_sign_in(connection, sign_in)


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, shipped: PolicySet, module_where: str
) -> Iterator[HostileConsole]:
    place = tmp_path_factory.mktemp("hostile")
    key, stored = new_api_key("keeper", shipped.roles["liaison"])
    add_api_key(place / "keys.json", stored)
    (place / "secret").write_text("a secret & a half\n")
    with fake_issuer() as issuer:
        app = create_app(
            Settings(
                policies=ROOT / "policies",
                floor=ROOT / "floor.yaml",
                database=module_where,
                signing_key=place / "signing.key",
                api_keys=place / "keys.json",
                public_url=PUBLIC_URL,
                oidc_issuer=issuer.url,
                oidc_client_id=CLIENT_ID,
                oidc_client_secret=place / "secret",
            )
        )
        clock = ShiftedClock()
        app.state.context = replace(app.state.context, clock=clock)
        with running_app(app) as url:
            yield HostileConsole(url, app, issuer, clock, key)


@pytest.fixture
def console(serving: HostileConsole) -> Iterator[HostileConsole]:
    serving.issuer.clear()
    yield serving
    serving.clock.shift = dt.timedelta()
    for visitor in serving.visitors:
        visitor.client.close()
    serving.visitors.clear()


def refused(console: HostileConsole, **query: str | None) -> httpx.Response:
    """Sign in and be refused: no cookie of a sign-in, and that of the attempt is deleted."""
    visitor = console.visitor()
    answer = console.come_back(visitor, console.leave(visitor)["state"], **query)
    assert answer.status_code in (400, 403, 502, 503), answer.text
    assert "You are not signed in" in answer.text
    cookies = " ".join(answer.headers.get_list("set-cookie"))
    assert SIGN_IN_COOKIE not in cookies
    assert f'{ATTEMPT_COOKIE}=""; ' in cookies
    return answer


def test_an_honest_issuer_signs_somebody_in(console: HostileConsole) -> None:
    visitor = console.visitor()
    sent = console.leave(visitor)
    assert sent["redirect_uri"] == f"{PUBLIC_URL}/sign-in/callback"
    assert (sent["code_challenge_method"], sent["response_type"]) == ("S256", "code")
    console.come_back(visitor, sent["state"])
    assert f"{PERSON['sub']}</a>, auditor" in visitor.open("/account").text
    (form, authorization) = next((form, who) for path, form, who in console.issuer.sent if path == "/token")
    assert form["redirect_uri"] == sent["redirect_uri"]
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"channelgate:a+secret+%26+a+half"
    assert "client_secret" not in form


NOW = dt.datetime.now(dt.UTC).timestamp()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": None},
        {"iss": "https://another.example"},
        {"iss": None},
        {"exp": int(NOW) - 60},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(NOW) - 3600},
        {"iat": int(NOW) + 3600},
        {"iat": None},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sid": ["a"]},
        {"sid": "x" * 300},
        {"at_hash": "of another token"},
        {"at_hash": 7},
    ],
)
def test_an_id_token_that_does_not_hold_signs_nobody_in(
    console: HostileConsole, claims: dict[str, Any]
) -> None:
    console.issuer.claims = claims
    assert "the provider&#39;s token does not hold here" in refused(console).text


def handmade(claims: dict[str, Any], algorithm: str) -> str:
    """A token without a signature, or signed with the public key as if it were a shared secret."""
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": "rsa"}, claims)]
    public = RSA.as_pem(private=False)
    signature = hmac.digest(public, ".".join(parts).encode(), "sha256") if algorithm == "HS256" else b""
    return ".".join([*parts, encoded(signature)])


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.mark.parametrize("way", ["none", "HS256", "stranger", "access", "logout", "garbage", "long"])
def test_an_id_token_that_is_signed_otherwise_signs_nobody_in(console: HostileConsole, way: str) -> None:
    visitor, issuer = console.visitor(), console.issuer
    sent = console.leave(visitor)
    now = int(dt.datetime.now(dt.UTC).timestamp())
    claims = {"sub": PERSON["sub"], "nonce": sent["nonce"]}
    whole = {"iss": issuer.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **claims}
    ways: dict[str, Callable[[], str]] = {
        "none": lambda: handmade(whole, "none"),
        "HS256": lambda: handmade(whole, "HS256"),
        "stranger": lambda: issuer.sign(claims, STRANGER),
        "access": lambda: issuer.sign(claims, typ="at+jwt"),
        "logout": lambda: issuer.sign(claims, typ="logout+jwt"),
        "garbage": lambda: "a.b.c",
        "long": lambda: issuer.sign({**claims, "more": "x" * 60_000}),
    }
    issuer.id_token = ways[way]()
    answer = console.come_back(visitor, sent["state"])
    assert (answer.status_code, SIGN_IN_COOKIE in str(answer.headers)) == (400, False)


def test_algorithms_of_the_list_and_the_hash_of_the_access_token_are_taken(console: HostileConsole) -> None:
    visitor = console.visitor()
    sent = console.leave(visitor)
    claims = {"sub": PERSON["sub"], "nonce": sent["nonce"], "aud": [CLIENT_ID], "azp": CLIENT_ID}
    hashed = "oFYf1knNtrqnhAVfBRuteQ"  # left half of the SHA-256 of `access`, by openssl
    console.issuer.id_token = console.issuer.sign({**claims, "at_hash": hashed}, EC, "ES256")
    assert console.come_back(visitor, sent["state"]).status_code == 303


@pytest.mark.parametrize("iss", ["https://another.example", None, ""])
def test_an_answer_of_another_provider_gets_no_code(console: HostileConsole, iss: str | None) -> None:
    assert "another provider" in refused(console, iss=iss).text
    assert "/token" not in console.issuer.paths()


def test_the_state_of_another_browser_signs_nobody_in(console: HostileConsole) -> None:
    mine, others = console.visitor(), console.visitor()
    state = console.leave(others)["state"]
    console.leave(mine)
    assert console.come_back(mine, state).status_code == 400
    assert console.come_back(console.visitor(), state).status_code == 400
    assert "/token" not in console.issuer.paths()
    assert console.visitor().open(f"/sign-in/callback?code=1&state={state}&state={state}").status_code == 400


def test_an_attempt_is_completed_once(console: HostileConsole) -> None:
    visitor = console.visitor()
    sent = console.leave(visitor)
    attempt = visitor.client.cookies[ATTEMPT_COOKIE]
    assert console.come_back(visitor, sent["state"]).status_code == 303
    again = console.visitor()
    again.client.cookies.set(ATTEMPT_COOKIE, attempt)
    answer = console.come_back(again, sent["state"])
    assert (answer.status_code, "was completed before" in answer.text) == (400, True)
    assert console.issuer.paths().count("/token") == 1


@pytest.mark.parametrize(
    "remembered", ["", ".", "..", "a.b", "a.1.%2F", "a..", "a.9" + "9" * 400 + "./", "a.-1./"]
)
def test_a_cookie_that_is_no_attempt_signs_nobody_in(console: HostileConsole, remembered: str) -> None:
    visitor = console.visitor()
    visitor.client.cookies.set(ATTEMPT_COOKIE, remembered)
    assert console.come_back(visitor, SignInAttempt(remembered[:1].strip(".")).state).status_code == 400
    assert "/token" not in console.issuer.paths()


def test_an_attempt_that_took_too_long_signs_nobody_in(console: HostileConsole) -> None:
    visitor = console.visitor()
    sent = console.leave(visitor)
    console.clock.shift = dt.timedelta(minutes=10, seconds=5)
    assert "begun long ago" in console.come_back(visitor, sent["state"]).text


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"x" * 300_000, 503),
        (b"[]", 400),
        (b"no JSON", 400),
        (b"[" * 100_000, 400),
        (b'{"access_token": "a", "token_type": "Bearer"}', 400),
        (b'{"id_token": "a", "access_token": "\\ud800", "token_type": "Bearer"}', 400),
        (b'{"id_token": "a", "access_token": "a\\r\\nb", "token_type": "Bearer"}', 400),
        (b'{"id_token": "a", "access_token": "a", "token_type": "mac"}', 400),
        (b'{"id_token": 1, "access_token": "a", "token_type": "Bearer"}', 400),
        (400, 502),
        (401, 502),
        (302, 503),
        (500, 503),
    ],
)
def test_a_token_endpoint_that_answers_anything_signs_nobody_in(
    console: HostileConsole, answer: bytes | int, status: int
) -> None:
    console.issuer.answers["/token"] = answer
    assert refused(console).status_code == status


def test_a_slow_provider_is_not_waited_for(console: HostileConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = console.visitor()
    sent = console.leave(visitor)
    monkeypatch.setattr("api.http.authentication.openid.provider_documents.ANSWER_SECONDS", 0.2)
    console.issuer.pace = 0.02
    answer = console.come_back(visitor, sent["state"])
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)


def test_claims_about_somebody_else_sign_nobody_in(console: HostileConsole) -> None:
    console.issuer.user_info = {"sub": "officer-2", "role": "committee"}
    assert "about somebody else" in refused(console).text


def test_what_the_id_token_states_counts_before_the_userinfo(console: HostileConsole) -> None:
    console.issuer.claims = {"role": ["staff", "liaison"]}
    console.issuer.user_info = {"sub": PERSON["sub"], "role": "committee"}
    assert "liaison" in console.signed_in().open("/account").text


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (None, "no role under"),
        (["auditor", "liaison"], "several roles under “role”: auditor, liaison"),
        ("minister", "auditor, committee, department, liaison, policy_officer"),
        ({"auditor": 1}, "no role under"),
        ("department", "no department under"),
    ],
)
def test_claims_that_name_no_one_role_are_shown(console: HostileConsole, role: object, words: str) -> None:
    console.issuer.user_info["role"] = role
    assert words in refused(console).text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'--", "{{7*7}}", '"><img src=x>', UNPRINTABLE]
)
def test_what_a_provider_states_is_shown_as_text(console: HostileConsole, text: str) -> None:
    answer = refused(console, error="access_denied", error_description=text, code=None)
    assert "<script>alert" not in answer.text
    assert "<img src" not in answer.text
    (shown,) = re.findall(r'<p lang="en">(.*)</p>', answer.text)
    assert html.unescape(shown) == f"the provider states: access_denied {text.strip(UNPRINTABLE)}".strip()


@pytest.mark.parametrize(
    "wanted", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "/" + "x" * 3000]
)
def test_nobody_is_sent_elsewhere_after_coming_back(console: HostileConsole, wanted: str) -> None:
    visitor = console.visitor()
    left = visitor.client.get("/sign-in/oidc", params={"next": wanted})
    query = parse_qs(urlsplit(left.headers["location"]).query)
    console.issuer.nonce = query["nonce"][0]
    assert console.come_back(visitor, query["state"][0]).headers["location"] == "/"


@contextmanager
def read_anew(console: HostileConsole, issuer: str = "") -> Iterator[None]:
    """For the block, nothing of the provider is read yet; it may be another one."""
    before = console.app.state.provider
    documents = ProviderDocuments(issuer or console.issuer.url)
    tokens = replace(before.tokens, documents=documents)
    console.app.state.provider = replace(before, documents=documents, tokens=tokens)
    try:
        yield
    finally:
        console.app.state.provider = before


def test_a_provider_that_is_down_leaves_api_keys(console: HostileConsole) -> None:
    with read_anew(console, "http://127.0.0.1:9"):
        visitor = console.visitor()
        answer = visitor.open("/sign-in/oidc")
        assert (answer.status_code, "API keys still work" in answer.text) == (503, True)
        assert visitor.send("/sign-in", {"api_key": console.api_key}, at="/sign-in").status_code == 303
        assert "close the browser" in console.visitor().open("/signed-out").text
        assert log_out(console).status_code == 503


def test_what_a_provider_does_not_have_is_not_used(console: HostileConsole) -> None:
    for name in (
        "userinfo_endpoint",
        "end_session_endpoint",
        "authorization_response_iss_parameter_supported",
    ):
        del console.issuer.metadata[name]
    console.issuer.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    console.issuer.claims = {"role": "auditor"}
    with read_anew(console):
        visitor = console.visitor()
        assert console.come_back(visitor, console.leave(visitor)["state"], iss=None).status_code == 303
        assert "close the browser" in visitor.open("/signed-out").text
    (form, authorization) = next((form, who) for path, form, who in console.issuer.sent if path == "/token")
    assert (form["client_secret"], authorization) == ("a secret & a half", "")


def test_a_new_key_of_the_provider_is_read_when_it_is_first_named(
    console: HostileConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.signed_in()
    monkeypatch.setattr("api.http.authentication.openid.provider_documents.MIN_INTERVAL_SECONDS", 0)
    rotated = type(RSA).generate_key(2048, {"kid": "rotated"})
    console.issuer.keys = [rotated]
    visitor = console.visitor()
    sent = console.leave(visitor)
    claims = {"sub": PERSON["sub"], "nonce": sent["nonce"]}
    console.issuer.id_token = console.issuer.sign(claims, rotated)
    console.issuer.sent.clear()
    assert console.come_back(visitor, sent["state"]).status_code == 303
    assert console.issuer.paths().count("/jwks") == 1
    console.issuer.clear()
    console.issuer.claims = {}
    assert console.signed_in()


# -- the end of sign-ins -------------------------------------------------------------------------------------


def log_out(console: HostileConsole, key: Any = RSA, **claims: Any) -> httpx.Response:
    """Have the issuer send a logout token."""
    members = {"sub": PERSON["sub"], "jti": f"{len(claims)}-{dt.datetime.now()}", "events": {LOGOUT: {}}}
    token = console.issuer.sign({**members, **claims}, key, typ="logout+jwt")
    return httpx.post(
        f"{console.url}/sign-in/back-channel-logout", data={"logout_token": token}, trust_env=False
    )


def is_in(visitor: Visitor) -> bool:
    return visitor.open("/account").status_code == 200


def test_a_departed_officer_is_shut_out_at_once(console: HostileConsole) -> None:
    console.issuer.claims = {"sid": "first"}
    first = console.signed_in()
    console.issuer.claims = {"sid": "second"}
    second = console.signed_in()
    by_key = console.visitor()
    by_key.send("/sign-in", {"api_key": console.api_key}, at="/sign-in")
    assert log_out(console, sub=None, sid="first").status_code == 200
    assert (is_in(first), is_in(second)) == (False, True)
    answer = log_out(console)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (is_in(second), is_in(by_key)) == (False, True)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "n"},
        {"events": None},
        {"events": {}},
        {"events": {LOGOUT: 1}},
        {"jti": None},
        {"sub": None},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"iat": None},
        {"iat": int(NOW) - 3600},
        {"exp": int(NOW) - 60},
        {"key": STRANGER},
    ],
)
def test_a_logout_token_that_does_not_hold_ends_nothing(
    console: HostileConsole, claims: dict[str, Any]
) -> None:
    visitor = console.signed_in()
    answer = log_out(console, **claims)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert is_in(visitor)


def test_a_logout_token_is_used_once(console: HostileConsole) -> None:
    assert log_out(console, jti="once").status_code == 200
    visitor = console.signed_in()
    assert log_out(console, jti="once").status_code == 400
    assert is_in(visitor)


def test_an_id_token_is_no_logout_token_and_nothing_is_none_either(console: HostileConsole) -> None:
    visitor = console.signed_in()
    id_token = console.issuer.sign({"sub": PERSON["sub"], "nonce": "n"})
    for form in ({"logout_token": id_token}, {"logout_token": ""}, {}, {"logout_token": "x" * 200_000}):
        answer = httpx.post(f"{console.url}/sign-in/back-channel-logout", data=form, trust_env=False)
        assert answer.status_code == 400
    assert is_in(visitor)


def test_sign_ins_end_when_nobody_uses_them_and_after_their_time_in_any_case(console: HostileConsole) -> None:
    idle, used = console.signed_in(), console.signed_in()
    for minutes in range(0, 12 * 60, 20):
        console.clock.shift = dt.timedelta(minutes=minutes)
        assert is_in(used), minutes
    assert not is_in(idle)
    console.clock.shift = dt.timedelta(hours=12, minutes=1)
    assert not is_in(used)


def test_another_sign_in_by_key_ends_the_one_before(console: HostileConsole) -> None:
    visitor = console.visitor()
    visitor.send("/sign-in", {"api_key": console.api_key}, at="/sign-in")
    before = visitor.client.cookies[SIGN_IN_COOKIE]
    hidden = {"form_token": form_token(before), "api_key": console.api_key}
    assert visitor.client.post("/sign-in", data=hidden).status_code == 303
    earlier = console.visitor()
    earlier.client.cookies.set(SIGN_IN_COOKIE, before)
    assert (is_in(visitor), is_in(earlier)) == (True, False)


def test_whoever_the_provider_does_not_know_leaves_nothing_in_the_database(console: HostileConsole) -> None:
    context: Context = console.app.state.context

    def stored() -> int:
        with context.store._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(single_uses)).scalar_one()

    before = stored()
    console.issuer.answers["/token"] = 400
    refused(console)
    assert stored() == before
    console.issuer.clear()
    console.signed_in()
    assert stored() == before + 1


@pytest.mark.parametrize(
    ("role", "issuer"), [("minister", None), ("department", None), ("auditor", "https://another.example")]
)
def test_a_sign_in_whose_role_or_provider_is_gone_is_out(
    console: HostileConsole, role: str, issuer: str | None
) -> None:
    at = console.clock()
    session = ProviderSession(issuer or console.issuer.url, "officer-9")
    gone = SignIn(
        token_hash=hash_secret(f"{role}{issuer}"),
        name="officer-9",
        role=role,
        department=None,
        credential=Credential.TOKEN,
        rests_on=session.text,
        started_at=at,
        used_at=at,
        ends_at=at + dt.timedelta(hours=1),
    )
    console.store(gone)
    visitor = console.visitor()
    visitor.client.cookies.set(SIGN_IN_COOKIE, f"{role}{issuer}")
    assert visitor.open("/account").headers["location"].startswith("/sign-in")


def test_signing_out_everywhere_ends_every_sign_in_of_the_person(console: HostileConsole) -> None:
    first, second = console.signed_in(), console.signed_in()
    left = first.send("/sign-out", {"everywhere": "yes"}, at="/account")
    assert left.headers["location"] == "/signed-out"
    assert not is_in(second)
    page = first.open("/signed-out").text
    assert f"{console.issuer.url}/end_session?client_id=channelgate&amp;post_logout_redirect_uri=" in page


# -- behind TLS ----------------------------------------------------------------------------------------------


def test_behind_tls_cookies_are_secure_and_of_this_host_alone(tmp_path: Path, shipped: PolicySet) -> None:
    key, stored = new_api_key("keeper", shipped.roles["liaison"])
    add_api_key(tmp_path / "keys.json", stored)
    settings = Settings(
        policies=ROOT / "policies",
        floor=ROOT / "floor.yaml",
        database=str(tmp_path / "log.db"),
        api_keys=tmp_path / "keys.json",
        public_url="https://gate.example.org",
    )
    with running_app(create_app(settings)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        page = client.get("/sign-in")
        (cookie,) = page.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-channelgate_visitor=")
        assert "; Secure" in cookie
        assert "HttpOnly" in cookie
        visitor = cookie.partition(";")[0]
        token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
        sent = {"form_token": token, "api_key": key}
        signed_in = client.post("/sign-in", data=sent, headers={"Cookie": visitor})
        (own,) = signed_in.headers.get_list("set-cookie")
        assert own.startswith("__Host-channelgate_sign_in=")
        name, _, secret = own.partition(";")[0].partition("=")
        assert client.get("/account", headers={"Cookie": f"{name}={secret}"}).status_code == 200
        unbound = {"Cookie": f"channelgate_sign_in={secret}"}
        assert client.get("/account", headers=unbound).status_code == 303
