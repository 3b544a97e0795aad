"""Who may say and do what: API keys, the refusal to start, the table of permissions, and claims that are withheld."""

import json
import os
import re
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli.clock import now
from api.cli.main import app
from api.domain.identity import Caller, IdentityFault, NotIdentified
from api.domain.permissions import PERMISSIONS
from api.doors.running_server import running_server
from api.http.authentication.api_keys import (
    CHECK_INTERVAL_SECONDS,
    KeyAuthenticator,
)
from api.http.authentication.authenticate import choose_authenticator
from api.http.authentication.bounded_fetch import is_loopback
from api.http.authentication.key_file import add_api_key, new_api_key, read_keys
from api.settings import Settings
from engine import Role
from tests.acceptance.test_http import SHIPPED, operations
from tests.api.http.authentication.test_jwt import AUDIENCE, EC, ISSUER, Clock, ask, document, token
from tests.support.shipped_roles import AUDITOR, COMMITTEE, DEPARTMENT, LIAISON, ROLES, shipped_roles
from tests.support.waiting import wait_until

DELIVER = json.loads((SHIPPED.parent / "examples" / "deliver.json").read_text())
DEPARTMENTS = {"own": "metallurgy", "other": "textiles"}


def holder(way: KeyAuthenticator, key: str) -> Caller | str:
    """The holder of a key, or the reason why there is none."""
    try:
        return way.holder_of(key)
    except NotIdentified as unknown:
        message = str(unknown)
    assert key not in message
    return message


def test_a_key_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key, stored = new_api_key("desk-7", DEPARTMENT, "metallurgy")
    add_api_key(path, stored)
    add_api_key(path, new_api_key("audit", AUDITOR)[1])
    way = KeyAuthenticator(path, shipped_roles, now)
    assert holder(way, key) == Caller("desk-7", DEPARTMENT, "metallurgy")
    assert key.startswith("cg_")
    assert key not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    for other in (key[:-1], key + "x", key[3:], stored.sha256, new_api_key("x", AUDITOR)[0], token()):
        assert "not known" in str(holder(way, other))


def test_a_key_taken_out_of_the_file_is_unknown_within_a_tenth_of_a_second(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key, stored = new_api_key("desk-7", LIAISON)
    add_api_key(path, stored)
    way = KeyAuthenticator(path, shipped_roles, now)
    for content in (b'{"keys": []}', b'{"keys": [', None):
        path.unlink() if content is None else path.write_bytes(content)
        time.sleep(0.1)
        assert "not known" in str(holder(way, key))
    add_api_key(path, stored)
    time.sleep(0.1)
    assert isinstance(holder(way, key), Caller)


@contextmanager
def no_file_can_be_opened() -> Iterator[None]:
    """The process has as many files open as it may, until the end of the block."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


def test_a_changed_file_that_could_not_be_opened_is_read_when_it_can_be(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    add_api_key(path, new_api_key("audit", AUDITOR)[1])
    way = KeyAuthenticator(path, shipped_roles, now)
    key, stored = new_api_key("desk-7", LIAISON)
    add_api_key(path, stored)
    with capture_logs() as lines:
        with no_file_can_be_opened():
            wait_until(lambda: "not known" in str(holder(way, key)) and bool(lines))
            time.sleep(CHECK_INTERVAL_SECONDS)
            assert "not known" in str(holder(way, key))
        wait_until(lambda: holder(way, key) == Caller("desk-7", LIAISON))
    events = [line["event"] for line in lines if line["event"].startswith("api_keys")]
    assert events == ["api_keys_not_read", "api_keys_read"]


@pytest.mark.parametrize(
    "entry",
    [
        {"role": "Chief of staff"},
        {"role": ""},
        {"department": ""},
        {"sha256": "abc"},
        {"name": ""},
        {"key": "cg_x"},
    ],
)
def test_a_file_with_a_fault_is_refused_and_its_place_named(tmp_path: Path, entry: dict[str, str]) -> None:
    sound = {"name": "x", "role": "liaison", "sha256": "0" * 64}
    path = tmp_path / "keys.json"
    for keys in ([sound, sound], [sound, sound | {"name": "y"} | entry], []):
        path.write_text(json.dumps({"keys": keys}))
        with pytest.raises(IdentityFault):
            KeyAuthenticator(path, shipped_roles, now)
    assert len(read_keys(path).keys) == 0


@pytest.mark.parametrize(("role", "department"), [(DEPARTMENT, None), (DEPARTMENT, ""), (AUDITOR, "x")])
def test_the_role_department_and_no_other_has_a_department(role: Role, department: str | None) -> None:
    with pytest.raises(ValueError, match="department"):
        Caller("x", role, department)
    with pytest.raises(ValueError, match="department"):
        new_api_key("x", role, department)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"host": "0.0.0.0"}, "no way to tell who calls"),
        ({}, "no way to tell who calls"),
        ({"jwks": "jwks.json"}, "issuer and their audience"),
        ({"jwks": "jwks.json", "issuer": "x"}, "issuer and their audience"),
        ({"jwks": "absent.json", "issuer": "x", "audience": "y"}, "cannot be read"),
        ({"api_keys": Path("absent.json")}, "cannot be read"),
        ({"insecure_no_auth": True, "host": "0.0.0.0"}, "this machine alone"),
        ({"insecure_no_auth": True, "host": "::"}, "this machine alone"),
        ({"insecure_no_auth": True, "host": ""}, "this machine alone"),
        ({"insecure_no_auth": True, "host": "server.example"}, "this machine alone"),
        ({"insecure_no_auth": True, "api_keys": Path("absent.json")}, "both identified and not"),
    ],
)
def test_settings_by_which_nobody_could_be_identified_are_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(IdentityFault, match=message):
        choose_authenticator(Settings(**changes), Clock(), shipped_roles)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_without_identities_the_service_runs_on_a_loopback_address_with_the_option(host: str) -> None:
    assert is_loopback(host)
    settings = Settings(insecure_no_auth=True, host=host)
    caller = choose_authenticator(settings, Clock(), shipped_roles).caller_of(None)
    assert (caller.name, caller.role.name, caller.department) == ("anonymous", "committee", None)
    assert caller.role.offices == COMMITTEE.offices


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            {"role": "chief"},
            "The API key is not for one role that the policies in force know:"
            " auditor, committee, department, liaison, policy_officer.",
        ),
        ({"role": "department"}, "The API key names no department, and its role asks for one alone."),
        ({"department": "x"}, "The API key names a department, and its role is not bound to one."),
    ],
)
def test_a_key_that_does_not_fit_the_policies_in_force_identifies_nobody_and_spoils_no_other(
    tmp_path: Path, entry: dict[str, str], reason: str
) -> None:
    path = tmp_path / "keys.json"
    key, stored = new_api_key("desk-7", LIAISON)
    other, sound = new_api_key("desk-8", LIAISON)
    wrong = {**stored.model_dump(exclude_none=True), **entry}
    path.write_text(json.dumps({"keys": [wrong, sound.model_dump(exclude_none=True)]}))
    way = KeyAuthenticator(path, shipped_roles, now)
    assert holder(way, key) == reason
    assert holder(way, other) == Caller("desk-8", LIAISON)


class Service:
    """A server that runs, and a client for each caller."""

    def __init__(self, address: str, keys: dict[str, str]) -> None:
        self.client = httpx.Client(base_url=address, trust_env=False)
        self.keys = keys

    def call(self, caller: str | None, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[caller]}"} if caller else {}
        return self.client.request(method, path, json=body, headers=headers)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("identity")
    keys = {}
    for name, role in ROLES.items():
        department = DEPARTMENTS["own"] if role is DEPARTMENT else None
        keys[name], stored = new_api_key(name, role, department)
        add_api_key(folder / "keys.json", stored)
    keys["other department"], stored = new_api_key("other", DEPARTMENT, DEPARTMENTS["other"])
    add_api_key(folder / "keys.json", stored)
    keys["stranger"] = new_api_key("stranger", COMMITTEE)[0]
    keys["token"] = token()
    settings = Settings(policies=SHIPPED, database=folder / "log.db", api_keys=folder / "keys.json")
    with running_server(settings) as address:
        running = Service(address, keys)
        with running.client:
            yield running


def about(department: str | None) -> dict[str, Any]:
    """A request about the caller's own department, another one, or one that is not named."""
    stated = {"id": DEPARTMENTS[department]} if department else {}
    return {**DELIVER, "department": DELIVER["department"] | stated}


NAMES = list(ROLES)


@pytest.mark.parametrize("caller", [None, "stranger", "token"])
def test_every_call_but_health_and_what_describes_the_service_asks_who_calls(
    service: Service, caller: str | None
) -> None:
    called = []
    for name, operation in operations(service.client.get("/openapi.json").json()):
        method, path = name.split()
        answer = service.call(caller, method.upper(), re.sub(r"\{\w+\}", "x", path))
        if path in ("/healthz", "/readyz", "/.well-known/authzen-configuration"):
            assert (answer.status_code, operation["security"]) == (200, [])
            continue
        called.append(f"{method.upper()} {path}")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/not-identified"
        assert not caller or service.keys[caller] not in answer.text
        assert operation["security"] == [{"api_key": []}]
        assert {"401", "403"} <= set(operation["responses"])
    assert sorted(called) == sorted(PERMISSIONS)


def test_a_list_with_an_entry_about_another_department_answers_the_others(service: Service) -> None:
    entries = [about("own"), about("other"), about(None)]
    answers = service.call("department", "POST", "/v1/pre-checks", entries).json()
    assert ["outcome" in answer for answer in answers] == [True, False, True]
    assert (answers[1]["status"], answers[1]["errors"][0]["pointer"]) == (403, "/department/id")


def test_two_credentials_are_none(service: Service) -> None:
    headers = [("Authorization", f"Bearer {service.keys[role]}") for role in ("department", "committee")]
    assert service.client.get("/v1/policies", headers=headers).status_code == 401


def test_only_the_committee_states_its_own_facts(service: Service) -> None:
    claimed = {f"item.channel.{name}" for name in DELIVER["items"][0]["channel"]} | {"item.legacy_list"}
    for role in ROLES:
        answer = service.call(role, "POST", "/v1/pre-check", DELIVER).json()
        (line,) = answer["lines"]
        if role == "committee":
            assert (answer["outcome"], line.get("claimed_not_confirmed")) == ("deliver", None)
        else:
            assert (answer["outcome"], answer["handover_as_asked"]) == ("escalate_urgent", "no")
            assert set(line["claimed_not_confirmed"]) == claimed
            assert "item.channel.consultation" in {missing["fact"] for missing in line["missing"]}


def test_a_claim_changes_nothing_in_the_decision(service: Service) -> None:
    item = {name: DELIVER["items"][0][name] for name in ("line", "description", "kind", "published")}
    silent = service.call("department", "POST", "/v1/pre-check", {**DELIVER, "items": [item]}).json()
    decision = service.call("department", "POST", "/v1/pre-check", DELIVER).json()
    decision["lines"][0].pop("claimed_not_confirmed")
    assert decision["lines"] == silent["lines"]


def test_tokens_and_keys_work_side_by_side_and_nothing_of_them_is_logged(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_bytes(document(EC))
    key, stored = new_api_key("desk-7", COMMITTEE)
    add_api_key(tmp_path / "keys.json", stored)
    way = choose_authenticator(
        Settings(
            jwks=str(tmp_path / "jwks.json"),
            issuer=ISSUER,
            audience=AUDIENCE,
            api_keys=tmp_path / "keys.json",
        ),
        Clock(),
        shipped_roles,
    )
    with capture_logs() as lines:
        assert ask(way, key) == Caller("desk-7", COMMITTEE)
        assert ask(way, token()) == Caller("desk-7", LIAISON)
        for false in (key + "x", token() + "x"):
            assert isinstance(ask(way, false), str)
            assert false not in str(lines)


def test_the_command_shows_a_new_key_once_and_keeps_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    arguments = [
        "keys",
        "new",
        "--name",
        "desk-7",
        "--role",
        "department",
        "--department",
        "x",
        "--file",
        str(path),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert holder(KeyAuthenticator(path, shipped_roles, now), result.stdout.strip()) == Caller(
        "desk-7", DEPARTMENT, "x"
    )
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, again.stdout) == (2, "")
    assert CliRunner().invoke(app, [*arguments[:7], "--file", str(path)]).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--host", "0.0.0.0"],
        ["--insecure-no-auth", "--host", "0.0.0.0"],
        ["--api-keys", "absent"],
        ["--jwks", "absent"],
    ],
)
def test_serve_refuses_to_start_and_says_why(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["serve", "--policies", str(SHIPPED), *arguments])
    assert result.exit_code == 2
    assert result.stderr.startswith("channelgate: ")
    assert "; " in result.stderr
