"""A directive without registers: every call and command says so or has nothing to list, and nothing falls over.

Covers: api.services.required_registers, api.http.register_schemas
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from tests.acceptance.test_own_vocabulary import FLOOR, REQUEST, SEEDS
from tests.support.register_desks import serving_registers, write_register

NONE = "he directive seed-house has no registers, for no file of its policy folder has `lists`"
CALLS = [
    ("GET", ""),
    ("GET", "/report"),
    ("GET", "/lists/a"),
    ("GET", "/items/a"),
    ("GET", "/events"),
    ("GET", "/sessions/8"),
    ("GET", "/pages/confirmation-list"),
    ("GET", "/pages/agenda?session=8"),
    ("GET", "/pages/memorandum?session=8"),
    ("POST", "/events"),
]
COMMANDS = [
    ("import", "register"),
    ("report",),
    ("print", "agenda", "--session", "8"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(SEEDS / "policies", folder / "policies")
    write_register(folder / "register")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    settings = Settings(
        policies=folder / "policies",
        floor=FLOOR,
        database=str(folder / "log.db"),
        signing_key=folder / "signing.key",
        insecure_no_auth=True,
    )
    with running_server(settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert client.post("/v1/pre-check", json=REQUEST).status_code == 200
        yield client


def run(folder: Path, *arguments: str) -> Result:
    named = ["--policies", str(folder / "policies"), "--database", str(folder / "log.db")]
    return CliRunner().invoke(app, [*arguments, *named])


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_call_about_registers_is_a_problem_that_says_so(
    client: httpx.Client, method: str, path: str
) -> None:
    body = {"kind": "session_opened", "session": 8, "happened_on": "2026-05-04", "reference": "a letter"}
    answer = client.request(
        method,
        f"/v1/registers{path}",
        json=body if method == "POST" else None,
        headers={"Idempotency-Key": "k"},
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-registers")
    assert answer.json()["detail"] == f"T{NONE}."


def test_nothing_is_due_and_nothing_disagrees(client: httpx.Client, folder: Path) -> None:
    assert client.get("/v1/due", params={"as_of": "2030-01-01"}).json()["due"] == []
    assert client.get("/v1/reconcile", params={"as_of": "2030-01-01"}).json()["findings"] == 0
    due, reconciled = run(folder, "due"), run(folder, "reconcile")
    assert (due.exit_code, reconciled.exit_code) == (0, 0), due.output + reconciled.output
    assert due.output.endswith("Nothing is owed.\n")
    assert json.loads(run(folder, "due", "--format", "json").output)["due"] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_about_registers_says_so(
    folder: Path, client: httpx.Client, command: tuple[str, ...]
) -> None:
    named = [str(folder / "register") if word == "register" else word for word in command]
    ran = run(folder, "registers", *named)
    assert ran.exit_code == 2
    assert f"t{NONE}; name a folder" in ran.stderr


def test_what_another_directive_recorded_stays_in_the_ledger_and_nothing_of_it_is_due(
    folder: Path, tmp_path: Path
) -> None:
    with serving_registers(tmp_path) as registers:
        assert registers.due("1965-12-31")
    of_house = ["--policies", str(folder / "policies"), "--database", registers.database]
    assert "Nothing is owed." in CliRunner().invoke(app, ["due", *of_house]).output
    out = tmp_path / "out"
    assert registers.run("registers", "export", "--out", str(out)).exit_code == 0
    assert (out / "items.csv").read_text().count("Synthetic <item>") == 8
    with running_server(
        Settings(
            policies=folder / "policies",
            floor=FLOOR,
            database=registers.database,
            signing_key=tmp_path / "signing.key",
            insecure_no_auth=True,
            accept_unproved=True,
        )
    ) as address:
        item = {**REQUEST["items"][0], "line": "B-1", "description": "Synthetic <item> B-1"}
        listed = {**REQUEST, "mission": {"countries": ["KP"]}, "items": [item]}
        answer = httpx.post(f"{address}/v1/pre-check", json=listed, trust_env=False)
        assert answer.status_code == 200, answer.text
        assert httpx.get(f"{address}/v1/registers", trust_env=False).status_code == 404
    assert registers.run("log", "verify").exit_code == 0


def test_the_description_of_the_service_says_so(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    calls = {
        f"{method} {path}": operation["responses"]["404"]["description"]
        for path, operations in document["paths"].items()
        if path.startswith("/v1/registers")
        for method, operation in operations.items()
    }
    assert len(calls) == len(CALLS)
    assert all("has no registers" in description for description in calls.values())
    schemas = document["components"]["schemas"]
    assert "enum" not in schemas["RegisterListAnswer"]["properties"]["legacy_list"]
    assert "enum" not in schemas["RegisterItemAnswer"]["properties"]["kind"]
