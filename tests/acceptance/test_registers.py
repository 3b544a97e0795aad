"""Registers imported from files, recorded in the log, and read over HTTP; on both databases.

Covers: api.cli.registers, api.services.register_queries, api.storage.registers
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.support.desks import Desk, serving
from tests.support.registers import BALANCE, ITEM, LIST, as_csv, folder, run


def log_lines(database: str | Path) -> list[dict[str, Any]]:
    exported = CliRunner().invoke(app, ["log", "export", str(database)])
    assert exported.exit_code == 0, exported.output
    return [json.loads(line) for line in exported.stdout.splitlines()]


def kinds(database: str | Path) -> list[str]:
    return [entry["kind"] for entry in log_lines(database)]


@pytest.fixture
def database(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of each kind, its signing key in a folder of the test."""
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    return where


def test_the_opening_balance_is_recorded_once(database: str) -> None:
    first = run("import", BALANCE, "--database", database)
    assert (first.exit_code, first.output.split(": ")[-1]) == (0, "5 lists, 2,400 items\n"), first.output
    again = run("import", BALANCE, "--database", database)
    assert again.output.startswith("nothing is new: 5 lists and 2,400 items are recorded in ")
    assert kinds(database) == ["started", "signing_key", "register_imported", "stopped"]
    verified = CliRunner().invoke(app, ["log", "verify", database])
    assert (verified.exit_code, "intact: 4 entries" in verified.output) == (0, True), verified.output
    assert run("report", "--database", database).output.endswith("all 12 figures reconcile\n")


def test_an_import_with_one_fault_records_nothing_of_it(database: str, tmp_path: Path) -> None:
    run("import", folder(tmp_path / "one"), "--database", database)
    before = kinds(database)
    rows = as_csv(
        *({**ITEM, "item_no": f"B-{number}"} for number in range(5)), {**ITEM, "remarks": "changed"}
    )
    refused = run("import", folder(tmp_path / "two", None, rows), "--database", database)
    assert refused.exit_code == 1
    assert (
        "items.csv, row 7, column item_no: A-001 is recorded already with another remarks" in refused.output
    )
    assert kinds(database) == before
    assert "1 list, 1 item" in run("report", "--database", database).output


def test_a_list_is_added_to_by_a_file_of_items_alone(database: str, tmp_path: Path) -> None:
    run("import", folder(tmp_path / "one"), "--database", database)
    (tmp_path / "late.csv").write_bytes(as_csv({**ITEM, "item_no": "A-000"}, ITEM))
    result = run("import", tmp_path / "late.csv", "--database", database)
    assert result.output.endswith(": 0 lists, 1 item; 0 lists and 1 item are there already\n")
    run("export", "--database", database, "--out", tmp_path / "out")
    exported = (tmp_path / "out" / "items.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in exported] == ["item_no", "A-001", "A-000"]


def test_an_item_may_stand_on_one_list_only(tmp_path: Path) -> None:
    database = tmp_path / "log.db"
    run("import", folder(tmp_path / "one"), "--database", database)
    other = folder(tmp_path / "two", as_csv({**LIST, "list_id": "kp-b"}), as_csv({**ITEM, "list_id": "kp-b"}))
    result = run("import", other, "--database", database)
    assert "column item_no: A-001 is recorded already on the list kp-a with another list_id;" in result.output


def test_a_recorded_list_is_not_changed(tmp_path: Path) -> None:
    database = tmp_path / "log.db"
    run("import", folder(tmp_path / "one"), "--database", database)
    changed = folder(tmp_path / "two", as_csv({**LIST, "title": "x", "put_to_session": ""}))
    result = run("import", changed, "--database", database)
    assert (result.exit_code, "another title and put_to_session" in result.output) == (1, True), result.output


def test_a_dry_run_says_what_would_be_recorded_and_records_nothing(tmp_path: Path) -> None:
    database, files = tmp_path / "log.db", folder(tmp_path / "one")
    result = run("import", files, "--database", database, "--dry-run")
    assert result.output == f"would be recorded in {database}: 1 list, 1 item\n"
    assert not database.exists()
    run("import", files, "--database", database)
    changed = folder(tmp_path / "two", items=as_csv({**ITEM, "unit": "x"}))
    assert run("import", changed, "--database", database, "--dry-run").exit_code == 1
    assert kinds(database).count("register_imported") == 1


def test_the_log_names_who_imported_and_holds_the_files(tmp_path: Path) -> None:
    database, files = tmp_path / "log.db", folder(tmp_path / "one")
    run("import", files, "--database", database, "--as", "desk-7")
    (entry,) = (entry for entry in log_lines(database) if entry["kind"] == "register_imported")
    assert (entry["caller"], entry["role"], entry["lists"], entry["items"]) == ("desk-7", "committee", 1, 1)
    assert entry["system_user"]
    files_of_entry = {name: base64.b64decode(file["base64"]) for name, file in entry["files"].items()}
    assert files_of_entry == {file.name: file.read_bytes() for file in files.iterdir()}


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201])
def test_who_imports_has_a_name(tmp_path: Path, name: str) -> None:
    result = run("import", folder(tmp_path / "one"), "--database", tmp_path / "log.db", "--as", name)
    assert (result.exit_code, (tmp_path / "log.db").exists()) == (2, False)


def test_a_ledger_that_cannot_be_opened_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database, and it is long enough to tell" * 20)
    for command in (["import", folder(tmp_path / "one")], ["report"], ["export", "--out", tmp_path / "out"]):
        result = run(*command, "--database", tmp_path / "log.db")
        assert (result.exit_code, "cannot be used (" in result.output) == (2, True), result.output


def test_what_no_id_can_be_is_not_found_in_either_database(database: str, tmp_path: Path) -> None:
    with serving(tmp_path, database) as desk:
        for address in ("lists/a%00b", "items/a%00b", "lists/%F0%28", "items/%27%20or%201"):
            assert desk.call("auditor", "GET", f"/v1/registers/{address}").status_code == 404
        assert desk.call("auditor", "GET", "/v1/registers").json() == {"lists": []}
        assert desk.call("auditor", "GET", "/v1/registers/report").json()["reconciles"] is False


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("registers")
    with serving(place) as desk:
        result = run("import", BALANCE, "--database", place / "log.db")
        assert result.exit_code == 0, result.output
        yield desk


def read(desk: Desk, path: str, status: int = 200, caller: str = "committee", **query: Any) -> Any:
    answer = desk.call(caller, "GET", f"/v1/registers{path}", params=query or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_import_beside_a_running_server_is_seen_by_it(desk: Desk) -> None:
    lists = {listed["list_id"]: listed for listed in read(desk, "")["lists"]}
    assert {name: listed["items"] for name, listed in lists.items()} == {
        "kp-asked-at-session-7": 72,
        "kp-northeast-pending": 83,
        "kp-northeast-provided": 1806,
        "kp-organised-pending": 57,
        "kp-provided-since-1963": 382,
    }
    assert lists["kp-provided-since-1963"]["put_to_session"] == 7
    assert "put_to_session" not in lists["kp-northeast-provided"]
    assert lists["kp-northeast-provided"]["transfer_procedure"] == "not_recorded"


def test_a_list_is_read_page_by_page(desk: Desk) -> None:
    pages, query = [], dict[str, Any](limit=30)
    while True:
        page = read(desk, "/lists/kp-northeast-pending", **query)
        pages.append([item["item_no"] for item in page["items"]])
        if "next" not in page:
            break
        query["after"] = page["next"]
    assert [len(page) for page in pages] == [30, 30, 23]
    assert [number for page in pages for number in page] == [f"NP-{place:04}" for place in range(1, 84)]
    assert len(read(desk, "/lists/kp-provided-since-1963")["items"]) == 100
    assert "next" not in read(desk, "/lists/kp-northeast-pending", limit=83)


def test_an_item_is_shown_with_its_list_and_its_events(desk: Desk) -> None:
    item = read(desk, "/items/PN-0001")
    assert item["description"].startswith("Synthetic item ")
    assert (item["list"]["list_id"], item["place"], item["events"]) == ("kp-organised-pending", 1, [])
    assert "provided_on" not in item


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/items/none", 404),
        ("/lists/none", 404),
        ("/lists/kp-organised-pending?limit=0", 400),
        ("/lists/kp-organised-pending?limit=1001", 400),
        ("/lists/kp-organised-pending?limit=x", 400),
        ("/lists/kp-organised-pending?after=PR-0001", 400),
        ("/lists/kp-organised-pending?after=", 400),
        ("/lists/kp-organised-pending?from=1", 400),
        ("?limit=1", 400),
        ("/items/PN-0001?x=1", 400),
        ("/report?x=1", 400),
    ],
)
def test_what_is_not_there_or_not_understood_is_a_problem(desk: Desk, path: str, status: int) -> None:
    assert read(desk, path, status)["type"].startswith("/problems/")


@pytest.mark.parametrize("path", ["", "/report", "/lists/kp-organised-pending", "/items/PN-0001"])
def test_the_registers_are_read_by_committee_liaison_and_auditor(desk: Desk, path: str) -> None:
    callers = ("committee", "liaison", "auditor", "department", "policy_officer")
    statuses = [desk.call(caller, "GET", f"/v1/registers{path}").status_code for caller in callers]
    assert statuses == [200, 200, 200, 403, 403]


def test_the_report_over_http_says_what_the_command_says(desk: Desk) -> None:
    report = read(desk, "/report")
    assert report["reconciles"] is True
    assert {figure["figure"]: figure["found"] for figure in report["figures"]}["all"] == 2328


def test_the_answers_are_as_the_interface_document_says(desk: Desk) -> None:
    document = desk.client.get("/openapi.json").json()
    for path, address in [
        ("", ""),
        ("/report", "/report"),
        ("/lists/{list_id}", "/lists/kp-organised-pending"),
        ("/items/{item_no}", "/items/PN-0001"),
    ]:
        operation = document["paths"][f"/v1/registers{path}"]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert_fits(read(desk, address), schema)
        assert "422" not in operation["responses"]


def assert_fits(value: Any, schema: dict[str, Any]) -> None:
    """The members of an answer are those of its schema; enough of JSON Schema for these."""
    if "enum" in schema:
        assert value in schema["enum"]
    if isinstance(value, list):
        for member in value:
            assert_fits(member, schema["items"])
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema.get("required", [])) <= value.keys() <= schema["properties"].keys()
        for name, member in value.items():
            assert_fits(member, schema["properties"][name])
