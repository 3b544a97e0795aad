"""`log verify` holds every table that the service decides from against the log; and what a lost policy set does.

Covers: api.storage.table_comparison, api.storage.tables
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.acceptance.test_listed_handovers import hand_over, line, transfer
from tests.support.desks import Desk, fact
from tests.support.handing_over import ITEM, cleared, post
from tests.support.handing_over import hand_over as hand_over_anything
from tests.support.register_desks import RegisterDesk, serving_registers, write_register

MORE = {"northeast": ["C-2", "C-1"], "organised": ["B-9"]}
ERASE = ("--ground", "wish of the person, letter no. 9")


def fill(registers: RegisterDesk) -> dict[str, str]:
    """Cases, clearances, handovers, transfers, imports and events of every kind; the ids of a case and a handover."""
    desk = registers.desk
    case = desk.opened(request_id="of the audit")
    desk.record("department", case, fact("urgency.ground", "asked again"), fact("item.quantity", 2.50))
    desk.record("department", case, fact("urgency.ground", "they insist", supersedes=position(desk, case)))
    desk.record("committee", case, fact("item.channel.consultation", "agreed", "1965-03-03"))
    desk.open("committee")
    register_events(registers)
    handover = hand_over(registers, line("B-1"), line("B-2"))
    transfer(registers, handover)
    hand_over_anything(desk, items=[{**ITEM, "quantity": 1.5}], case_id=case, border_area="none")
    hand_over_anything(desk, "department", by="receiving_department", request_id="of the audit")
    twice = [str(hand_over_anything(desk)["handover_id"]) for _ in range(2)]
    once = hand_over_anything(desk, supersedes=twice, reason="it stood twice")["handover_id"]
    hand_over_anything(desk, supersedes=once, reason="the receipt was another", evidence="receipt no. 5")
    never = hand_over_anything(desk)["handover_id"]
    post(desk, "committee", f"/v1/handovers/{never}/withdrawal", {"reason": "it never took place"})
    bare = {"line": 1, "description": ITEM["description"]}
    hand_over_anything(desk, clearance=cleared(desk)["clearance_id"], department=None, items=[bare])
    return {"case": case, "handover": str(handover["handover_id"])}


def position(desk: Desk, case: str) -> int:
    return max(
        int(found["position"]) for found in desk.case(case)["facts"] if found["fact"] == "urgency.ground"
    )


def register_events(registers: RegisterDesk) -> None:
    """What happens to lists in a year, with a mistake that is withdrawn and a list that grows."""
    registers.record("confirmation", "1965-02-18", items=["B-3"], state="declined", remarks="by telephone")
    wrong = registers.record("confirmation", "1965-02-19", items=["B-2"], state="declined")
    registers.record("withdrawal", "1965-02-19", event=wrong)
    registers.record("list_sent", "1965-02-19", lists=["organised"])
    answers = [{"item_no": number, "state": "confirmed"} for number in ("B-1", "B-2")]
    registers.record("confirmation", "1965-02-20", answers=answers)
    registers.record("list_submitted", "1965-02-21", lists=["important"])
    registers.import_files(write_register(registers.folder / "more", MORE))
    registers.record("list_sent", "1965-02-22", lists=["organised"])
    registers.record("supplementary_asked", "1965-02-23", session=8, lists=["important", "northeast"])
    registers.record("session_opened", "1965-02-24", session=8, place="the guest house")
    registers.record("resolution", "1965-02-25", session=8, number="8-1", form="main", lists=["important"])
    registers.record("session_closed", "1965-02-26", session=8)
    registers.record("memorandum", "1965-02-27", session=8, lists=["northeast"])


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["log", *map(str, arguments)])


def verified(database: str | Path, *more: str) -> str:
    result = run("verify", database, *more)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of an office, and its key."""
    folder = tmp_path_factory.mktemp("audit")
    with serving_registers(folder) as registers:
        ids = fill(registers)
    (folder / "ids.json").write_text(json.dumps(ids))
    return folder


@pytest.fixture
def database(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to tamper with."""
    for file in written.glob("log.db*"):
        shutil.copy(file, tmp_path)
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(written / "signing.key"))
    return tmp_path / "log.db"


def alter(database: Path, statement: str) -> int:
    """Change a database behind the back of the service; returns how many rows."""
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(statement).rowcount


def rows(database: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY sequence")]


KEYS = {
    "log_entries": ("sequence",),
    "cases": ("case_id",),
    "case_facts": ("case_id", "position"),
    "clearances": ("clearance_id",),
    "handovers": ("handover_id",),
    "handover_corrections": ("superseded",),
    "transfers": ("handover_id",),
    "register_lists": ("list_id",),
    "register_items": ("item_no",),
    "register_events": ("sequence",),
    "register_event_items": ("sequence", "item_no"),
}
NOT_NAMED = {("log_entries", "entry"), ("log_entries", "leaf")}


def name_of(table: str, row: dict[str, Any]) -> str:
    return f"{table} ({', '.join(f'{key} {row[key]}' for key in KEYS[table])})"


def where(table: str, row: dict[str, Any]) -> str:
    return " AND ".join(f"{key} = '{row[key]}'" for key in KEYS[table])


def columns(database: Path, table: str) -> Iterator[str]:
    for name in rows(database, table)[0]:
        if name not in KEYS[table] and (table, name) not in NOT_NAMED and name != "sequence":
            yield name


def test_an_untouched_database_is_intact(database: Path) -> None:
    output = verified(database)
    assert "cases, handovers, registers and policies are as the log recorded them" in output
    assert all(rows(database, table) for table in KEYS)


@pytest.mark.parametrize("table", KEYS)
def test_a_change_of_any_column_is_named_with_its_row_and_entry(database: Path, table: str) -> None:
    row = rows(database, table)[-1]
    for name in columns(database, table):
        changed = "9" if isinstance(row[name], int) else "'1962-01-01T00:00:00+00:00'"
        assert alter(database, f"UPDATE {table} SET {name} = {changed} WHERE {where(table, row)}") == 1
        result = run("verify", database)
        assert result.exit_code == 1, f"{table}.{name}\n{result.output}"
        lines = [line for line in result.stdout.splitlines() if line.startswith(name_of(table, row))]
        assert len(lines) == 1, f"{table}.{name}\n{result.output}"
        assert f"`{name}`" in lines[0]
        assert f"not as entry {row['sequence']} recorded it; the row was altered" in lines[0]
        back = "NULL" if row[name] is None else "'" + str(row[name]).replace("'", "''") + "'"
        alter(database, f"UPDATE {table} SET {name} = {back} WHERE {where(table, row)}")
    verified(database)


@pytest.mark.parametrize("table", [table for table in KEYS if table != "log_entries"])
def test_every_row_that_is_removed_is_missed(database: Path, table: str) -> None:
    removed = rows(database, table)
    alter(database, f"DELETE FROM {table}")
    result = run("verify", database)
    assert result.exit_code == 1
    for row in removed:
        assert f"{name_of(table, row)}: missing, though entry {row['sequence']} recorded it" in result.stdout


@pytest.mark.parametrize("table", [table for table in KEYS if table != "log_entries"])
@pytest.mark.parametrize("sequence", [0, 9999, "'nowhere'"])
def test_a_row_that_no_entry_recorded_is_named(database: Path, table: str, sequence: object) -> None:
    row = rows(database, table)[0]
    new = {**row, KEYS[table][-1]: 77, "sequence": sequence}
    unique = {"decision_id": "'x'", "uses_up": "NULL"}
    if "sequence" in KEYS[table] and isinstance(sequence, str):
        return  # a key that is a number holds nothing else
    values = ", ".join(
        str(new[name]) if name in ("sequence", KEYS[table][-1]) else unique.get(name, name) for name in row
    )
    if table == "register_events":
        values = ", ".join(str(sequence) if name == "sequence" else name for name in row)
        new["sequence"] = sequence
    alter(database, f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where(table, row)}")
    result = run("verify", database)
    assert result.exit_code == 1, result.output
    assert f"{name_of(table, new)}: entry {str(sequence).strip(chr(39))} did not record it" in result.stdout


OTHERS = {
    "a value is another": (
        "UPDATE case_facts SET value = '\"refused\"' WHERE fact LIKE '%consultation'",
        "`value`",
    ),
    "a breach is in order": (
        "UPDATE handovers SET status = 'in_order' WHERE status = 'breach'",
        "`status` is not as",
    ),
    "a clearance is unused again": (
        "UPDATE handovers SET uses_up = NULL WHERE uses_up IS NOT NULL",
        "`uses_up` is not as",
    ),
    "a fact is of another moment": (
        "UPDATE case_facts SET sequence = sequence + 1 WHERE position = 1",
        "did not record it; added, moved or renamed",
    ),
    "an item is renamed": (
        "UPDATE register_items SET item_no = 'B-77' WHERE item_no = 'B-2'",
        "register_items (item_no B-2): missing",
    ),
    "a grounds list is emptied": (
        "UPDATE handovers SET content = json_set(content, '$.grounds', json('[]')) WHERE status = 'breach'",
        "`content` is not as",
    ),
    "a listed item is another": (
        "UPDATE handovers SET content = json_set(content, '$.listed_items[0]', 'B-9') WHERE uses_up IS NOT NULL",
        "`content` is not as",
    ),
    "a handover is of no case": (
        "UPDATE handovers SET case_id = NULL, content = json_remove(content, '$.case_id')"
        " WHERE case_id IS NOT NULL",
        "`case_id`, `content` are not as",
    ),
    "no listed item": (
        "UPDATE handovers SET content = json_remove(content, '$.listed_items') WHERE uses_up IS NOT NULL",
        "`content` is not as",
    ),
    "a handover is of another case": (
        "UPDATE handovers SET case_id = 'another' WHERE case_id IS NOT NULL",
        "`case_id`",
    ),
    "a JSON is none": ("UPDATE cases SET claims = '['", "`claims` is not as"),
    "a table is gone": ("DROP TABLE transfers", "transfers: the table is missing, though entry"),
    "a policy file is edited": (
        "UPDATE policy_revisions SET files = replace(files, 'refuse', 'deliver')",
        "its files are not those of this revision",
    ),
    "a policy set is none": ("UPDATE policy_revisions SET files = '[]'", "its files are not those"),
    "a policy set is removed": ("DELETE FROM policy_revisions", "missing, though entry"),
    "a policy set is renamed": (
        "UPDATE policy_revisions SET revision = 'another'",
        "policy_revisions (revision another): its files",
    ),
}


@pytest.mark.parametrize(("statement", "finding"), OTHERS.values(), ids=OTHERS)
def test_what_would_change_a_decision_is_found(database: Path, statement: str, finding: str) -> None:
    assert alter(database, statement)
    result = run("verify", database)
    assert result.exit_code == 1, result.output
    assert finding in result.stdout
    assert "TAMPERED WITH" in result.stdout


def test_json_may_be_laid_out_anew(database: Path) -> None:
    alter(database, "UPDATE handovers SET content = json(content)")
    verified(database)


def test_of_tables_altered_throughout_the_first_hundred_rows_are_reported(database: Path) -> None:
    for _ in range(2):
        alter(
            database,
            "INSERT INTO case_facts SELECT case_id, position + 1000 * (SELECT max(position) FROM case_facts), line,"
            " fact, value, happened_on, recorded_at, recorded_by, role, evidence, supersedes, 9999 FROM case_facts",
        )
    alter(database, "UPDATE case_facts SET recorded_by = 'nobody'")
    alter(database, "UPDATE register_items SET remarks = 'nothing'")
    lines = run("verify", database).stdout.splitlines()
    altered = len(rows(database, "case_facts")) + len(rows(database, "register_items"))
    assert altered > 100
    assert f"tables beside the log: {altered - 100} more findings are left out" in lines
    assert len(lines) == 102


def test_an_entry_that_cannot_be_read_is_a_finding_and_hides_no_other(database: Path) -> None:
    place = rows(database, "clearances")[0]["sequence"]
    alter(database, f"UPDATE log_entries SET entry = 'nothing' WHERE sequence = {place}")
    alter(database, "DELETE FROM transfers")
    output = run("verify", database).stdout
    assert f"entry {place}: what it records cannot be read, so its rows cannot be compared" in output
    assert "transfers (handover_id" in output


def test_a_backup_is_checked_the_same_way(database: Path, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup.db", tmp_path / "restored.db"
    for words in (("backup", database, "--out", backup), ("restore", backup, "--database", restored)):
        done = CliRunner().invoke(app, ["store", *map(str, words)])
        assert done.exit_code == 0, done.output
    verified(backup)
    verified(restored)
    alter(backup, "UPDATE cases SET department = 'textiles'")
    result = run("verify", backup)
    assert (result.exit_code, "`department` is not as entry" in result.stdout) == (1, True)


@pytest.fixture
def office(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegisterDesk]:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with serving_registers(tmp_path, where) as registers:
        yield registers


def erase(registers: RegisterDesk, key: str, *more: str) -> None:
    result = run("erase", key, *ERASE, *more, "--database", registers.database)
    assert result.exit_code == 0, result.output


def test_erasable_texts_erased_in_part_and_erased_are_intact_while_the_service_runs(
    office: RegisterDesk,
) -> None:
    ids = fill(office)
    assert " as recorded, 0 texts erased" in verified(office.database)
    erase(office, ids["handover"], "--fact", "handover.evidence")
    erase(office, ids["case"], "--fact", "evidence")
    verified(office.database)
    (sent, *_) = office.read("/v1/registers/events")["events"]
    for key in (*ids.values(), f"event-{sent['sequence']}"):
        erase(office, key)
    verified(office.database)


def test_a_text_put_where_one_was_erased_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANNELGATE_KEEP_APART", "personal")
    monkeypatch.setenv("CHANNELGATE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with serving_registers(tmp_path) as registers:
        ids = fill(registers)
        for key in ids.values():
            erase(registers, key)
    database = tmp_path / "log.db"
    for statement in (
        "UPDATE transfers SET reference = 'another record'",
        "UPDATE case_facts SET value = '\"another\"' WHERE fact = 'urgency.ground'",
        "UPDATE handovers SET content = json_set(content, '$.recipient', 'another') WHERE uses_up IS NOT NULL",
        "UPDATE register_events SET reference = 'another letter' WHERE kind = 'delivered'",
    ):
        shutil.copy(database, tmp_path / "copy.db")
        assert alter(tmp_path / "copy.db", statement)
        result = run("verify", tmp_path / "copy.db")
        assert (result.exit_code, "not as entry" in result.stdout) == (1, True), statement


LOST = {
    "edited": (
        "UPDATE policy_revisions SET files = replace(files, 'refuse', 'deliver')",
        "are not the ones that were recorded",
    ),
    "no YAML": (
        'UPDATE policy_revisions SET files = \'{"a.yaml": "["}\'',
        "are not the ones that were recorded",
    ),
    "no files": ("UPDATE policy_revisions SET files = 'x'", "are not the ones that were recorded"),
    "removed": ("DELETE FROM policy_revisions", "are missing"),
}


@pytest.mark.parametrize(("statement", "message"), LOST.values(), ids=LOST)
def test_decisions_are_not_taken_again_under_policies_that_are_not_theirs(
    database: Path, statement: str, message: str
) -> None:
    assert run("replay", database).exit_code == 0
    revision = json.loads(run("export", database).stdout.splitlines()[2])["key"]
    alter(database, statement)
    result = run("replay", database)
    assert result.exit_code == 2
    assert (
        f"the policies {revision} kept in {database} {message}; run `channelgate log verify`" in result.stderr
    )


def test_a_candidate_needs_no_policies_of_then(database: Path) -> None:
    alter(database, "DELETE FROM policy_revisions")
    policies = Path(__file__).parents[3] / "policies"
    assert run("replay", database, "--policies", policies).exit_code == 0
