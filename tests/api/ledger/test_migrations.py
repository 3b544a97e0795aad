"""The tables are brought up to date on both databases: from nothing, and from every older state, without loss.

Covers: api.ledger.migrations.versions.r0001_log_and_cases,
api.ledger.migrations.versions.r0002_registers_and_handovers, api.ledger.migrations.versions.r0005_urgencies,
api.storage.console_tables
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Inspector, create_engine, insert, inspect, text
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.ledger.copying import digest_of, tables_of
from api.ledger.database import Database, StoreUnavailable
from api.ledger.migrations import REVISIONS
from api.ledger.migrations.schema import metadata
from api.ledger.stored_entries import newest_place, ungrouped_rows
from api.ledger.upgrade import NEWEST, find_differences, find_revision, upgrade
from tests.support.desks import URGENT, Desk, fact, serving
from tests.support.handing_over import cleared, hand_over

PREPARE = "import sys; from api.ledger.database import Database; Database(sys.argv[1]).prepare()"
FIRST_TABLES = {
    "log_entries", "log_state", "checkpoints", "policy_revisions", "cases", "case_facts", "answered_calls"
}  # fmt: skip


def shape(inspector: Inspector, schema: str | None = None) -> dict[str, Any]:
    """What a database says of our tables: columns, keys, indexes, and what these are limited to."""
    return {
        name: (
            [{**column, "type": str(column["type"])} for column in inspector.get_columns(name, schema)],
            inspector.get_pk_constraint(name, schema)["constrained_columns"],
            sorted(sorted(c["column_names"]) for c in inspector.get_unique_constraints(name, schema)),
            sorted(map(index_shape, inspector.get_indexes(name, schema)), key=str),
        )
        for name in metadata.tables
    }


def index_shape(index: Any) -> dict[str, Any]:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": {k: v for k, v in options.items() if k.endswith("where")}}


def expected_shape(connection: Connection) -> dict[str, Any]:
    """The same of a database that was made from the schema at once."""
    if connection.dialect.name == "sqlite":
        engine = create_engine("sqlite://")
        metadata.create_all(engine)
        made = shape(inspect(engine))
        engine.dispose()
        return made
    connection.execute(text("CREATE SCHEMA expected"))
    metadata.create_all(connection.execution_options(schema_translate_map={None: "expected"}))
    return shape(inspect(connection), "expected")


def run(database: str, *arguments: str | Path, key: Path | None = None) -> Result:
    environment = {"CHANNELGATE_DATABASE": database, "CHANNELGATE_SIGNING_KEY": str(key or "")}
    return CliRunner().invoke(app, list(map(str, arguments)), env=environment)


def revision_in(where: str) -> str | None:
    database = Database(where, read_only=True)
    try:
        return database.revision()
    finally:
        database.dispose()


def alter(where: str, *statements: str) -> None:
    database = Database(where)
    with database.upgrading() as connection:
        for statement in statements:
            connection.execute(text(statement))
    database.dispose()


def fill(desk: Desk) -> dict[str, Any]:
    """Work as it is done at a desk: a decision, and a case with facts that were corrected."""
    decision = desk.call("department", "POST", "/v1/pre-check", URGENT)
    case_id = desk.opened()
    (wrong,) = desk.record("committee", case_id, fact("item.channel.consultation", "refused"))
    desk.record("committee", case_id, fact("item.channel.consultation", "agreed", supersedes=wrong))
    desk.record("department", case_id, fact("urgency.ground", "\u5de5"))
    return {"decision": decision, "case_id": case_id, "case": desk.case(case_id)}


def make_old(where: str, source: str, *, says_revision: bool, revision: str = REVISIONS[0]) -> None:
    """A database as it was at a revision, with everything of `source` that had a place in it then."""
    old, new = Database(where), Database(source, read_only=True)
    with old.upgrading() as connection, new.reading() as origin:
        upgrade(connection, revision)
        connection.execute(text("DELETE FROM log_state"))
        for name, table in tables_of(connection).items():
            columns = ", ".join(table.columns.keys())
            rows = origin.execute(text(f"SELECT {columns} FROM {name}")).mappings().all()
            if name == "log_entries" and "decision_groups" not in tables_of(connection):
                places = range((newest_place(origin) or 0) + 1)
                connection.execute(insert(table), [row._asdict() for row in ungrouped_rows(origin, places)])
            elif rows:
                connection.execute(insert(table), [dict(row) for row in rows])
        if not says_revision:
            connection.execute(text("DROP TABLE alembic_version"))
    old.dispose()
    new.dispose()


@pytest.fixture(params=[True, False], ids=["first revision", "before revisions"])
def old(request: pytest.FixtureRequest, where: str, tmp_path: Path) -> tuple[str, dict[str, Any]]:
    """An old database with real content, and what a desk saw of it; its key is `signing.key`."""
    with serving(tmp_path, str(tmp_path / "source.db")) as desk:
        seen = fill(desk)
    make_old(where, str(tmp_path / "source.db"), says_revision=request.param)
    return where, seen


def test_the_revisions_are_those_that_stand_in_the_folder() -> None:
    from alembic.script import ScriptDirectory

    import api.ledger.migrations as migrations

    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert tuple(found.revision for found in script.walk_revisions())[::-1] == REVISIONS


def test_the_tables_of_the_newest_revision_are_those_of_the_schema(where: str) -> None:
    database = Database(where)
    with database.upgrading() as connection:
        for revision in REVISIONS:
            upgrade(connection, revision)
        assert find_differences(connection) == []
        assert shape(inspect(connection)) == expected_shape(connection)
    database.dispose()


def test_an_empty_database_gets_at_once_what_the_revisions_would_have_made_of_it(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(connection: Connection) -> Any:
        inspector = inspect(connection)
        version = inspector.get_columns("alembic_version"), inspector.get_pk_constraint("alembic_version")
        return shape(inspector), str(version), digest_of(connection), find_revision(connection)

    database = Database(where)
    with database.upgrading() as connection:
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, "alembic", None)  # whoever imports it fails
            upgrade(connection)
        at_once = everything(connection)
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        for revision in REVISIONS:
            upgrade(connection, revision)
        assert everything(connection) == at_once
    database.dispose()


def test_a_real_server_on_an_old_database_loses_nothing_and_goes_on(
    old: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    where, seen = old
    key = tmp_path / "signing.key"
    before = run(where, "log", "export", key=key).stdout
    assert run(where, "log", "verify", key=key).exit_code == 0
    (tmp_path / "new").mkdir()
    shutil.copy(key, tmp_path / "new")
    with serving(tmp_path / "new", where) as desk:
        decision = seen["decision"].json()["decision_id"]
        found = desk.call("department", "GET", f"/v1/decisions/{decision}")
        assert found.content == seen["decision"].content
        case = desk.case(seen["case_id"])
        assert (case["facts"], case["history"]) == (seen["case"]["facts"], seen["case"]["history"])
        desk.record("department", seen["case_id"], fact("urgency.ground", "told after the upgrade"))
        assert desk.case(seen["case_id"])["version"] == seen["case"]["version"] + 1
    assert revision_in(where) == NEWEST
    verified = run(where, "log", "verify", key=key)
    assert verified.exit_code == 0, verified.output
    assert run(where, "log", "export", key=key).stdout.startswith(before)
    assert run(where, "log", "replay").exit_code == 0


def test_handovers_from_before_corrections_can_be_superseded(where: str, tmp_path: Path) -> None:
    """Covers the revision 0004: the rows stay, and a clearance may stand at more than one of them."""
    source = str(tmp_path / "source.db")
    keys: dict[str, str] = {}
    with serving(tmp_path, source, keys=keys) as desk:
        clearance_id = cleared(desk)["clearance_id"]
        wrong = hand_over(desk, clearance=clearance_id)
    make_old(where, source, says_revision=True, revision="0003")
    key = tmp_path / "signing.key"
    assert run(where, "log", "verify", key=key).exit_code == 0
    assert "everything agrees" in run(where, "reconcile", where, "--as-of", "1965-03-03").stdout
    with serving(tmp_path, where, keys=keys) as desk:
        right = hand_over(
            desk, clearance=clearance_id, supersedes=wrong["handover_id"], reason="another receipt"
        )
        assert right["status"] == "in_order"
    verified = run(where, "log", "verify", key=key)
    assert verified.exit_code == 0, verified.output


def test_urgent_requests_from_before_they_were_listed_are_found_in_the_log(
    where: str, tmp_path: Path
) -> None:
    """Covers the revision 0005: the rows are those that the decisions would have added."""
    source, keys = str(tmp_path / "source.db"), dict[str, str]()
    calm = {"urgency": {"time_sensitive": False}}
    queries: list[tuple[str, dict[str, Any]]] = [
        *((name, {}) for name in ("left", "calmed", "again", "with a case")),
        *((name, calm) for name in ("calmed", "again", "never urgent")),
        ("again", {}),
    ]
    with serving(tmp_path, source, keys=keys) as desk:
        for name, changes in queries:
            desk.call("department", "POST", "/v1/pre-check", {**URGENT, "request_id": name, **changes})
        desk.opened(request_id="with a case")
        before = desk.call("committee", "GET", "/v1/cases").json()["urgent_without_case"]
    make_old(where, source, says_revision=True, revision="0004")
    key = tmp_path / "signing.key"
    verified = run(where, "log", "verify", key=key)
    assert (verified.exit_code, "the tables are old: urgencies" in verified.output) == (0, True), (
        verified.output
    )
    with serving(tmp_path, where, keys=keys) as desk:
        after = desk.call("committee", "GET", "/v1/cases").json()["urgent_without_case"]
    assert [one["request_id"] for one in after] == ["left", "again"]
    assert after == before
    verified = run(where, "log", "verify", key=key)
    assert (verified.exit_code, "old" in verified.output) == (0, False), verified.output


def test_an_upgraded_old_database_has_the_tables_of_the_schema(old: tuple[str, dict[str, Any]]) -> None:
    where, _ = old
    result = run(where, "store", "check")
    assert (result.exit_code, "store upgrade" in result.stdout) == (1, True)
    upgraded = run(where, "store", "upgrade")
    assert upgraded.exit_code == 0, upgraded.output
    assert f"to {NEWEST}" in upgraded.stdout
    assert "nothing was to be done" in run(where, "store", "upgrade").stdout
    assert run(where, "store", "check").exit_code == 0
    database = Database(where)
    with database.upgrading() as connection:
        assert shape(inspect(connection)) == expected_shape(connection)
    database.dispose()


def test_a_table_that_is_not_as_it_should_be_is_reported(where: str) -> None:
    assert run(where, "store", "upgrade").exit_code == 0
    alter(where, "DROP INDEX cases_by_department", "DROP TABLE checkpoints")
    result = run(where, "store", "check")
    assert result.exit_code == 1
    assert "cases_by_department" in result.stdout
    assert "checkpoints" in result.stdout


def test_a_database_of_a_later_version_is_refused_and_left_alone(where: str, tmp_path: Path) -> None:
    database = Database(where)
    database.prepare()
    alter(where, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        StoreUnavailable, match=r"revision 9999.*run the version of channelgate that made them"
    ):
        database.prepare()
    database.dispose()
    (tmp_path / "keys.json").write_text('{"keys": []}')
    for arguments in (["serve", "--insecure-no-auth"], ["store", "upgrade"]):
        refused = run(where, *arguments, key=tmp_path / "signing.key")
        assert refused.exit_code == 2
        assert "9999" in refused.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE cases (id INTEGER)",
        "CREATE TABLE log_entries (id INTEGER)",
        "CREATE TABLE clearances (id INTEGER)",
    ],
)
def test_tables_that_are_not_known_are_not_taken_for_a_ledger(where: str, statement: str) -> None:
    alter(where, statement)
    database = Database(where)
    is_refused_as_a_file = "://" not in where and "log_entries" not in statement
    fact = "is the file of another program" if is_refused_as_a_file else "does not say of which revision"
    with pytest.raises(StoreUnavailable, match=fact):
        database.prepare()
    with database.reading() as connection:
        assert len(inspect(connection).get_table_names()) == 1
    database.dispose()


@pytest.mark.parametrize(
    "tables", [["orders"], ["alembic_version", "orders"], ["checkpoints", "writes"], ["_copied", "orders"]]
)
@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_the_file_of_another_program_is_left_alone(tmp_path: Path, tables: list[str], mode: str) -> None:
    file = tmp_path / "of others, 100 % theirs?.db"
    with closing(sqlite3.connect(file)) as others, others:
        others.execute(f"PRAGMA journal_mode={mode}")
        for table in tables:
            others.execute(f"CREATE TABLE {table} (version_num TEXT)")
    file.chmod(0o644)
    before = file.read_bytes(), file.stat().st_mode
    named = ", ".join(table for table in tables if not table.startswith("_"))
    with pytest.raises(
        StoreUnavailable, match=rf"of another program, with its tables \({named}\); name a file"
    ):
        Database(str(file)).prepare()
    result = run(str(file), "store", "upgrade")
    assert result.exit_code == 2
    assert f"of another program, with its tables ({named})" in result.stderr
    assert (file.read_bytes(), file.stat().st_mode) == before
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_file_that_a_killed_process_had_begun_to_change_is_taken_up_again(tmp_path: Path) -> None:
    began, left = tmp_path / "began.db", tmp_path / "left.db"
    database = Database(str(began))
    database.prepare()
    database.dispose()
    with closing(sqlite3.connect(began, isolation_level=None)) as changing:
        for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA cache_size=2", "BEGIN"):
            changing.execute(statement)
        for number in range(300):
            row = (-10 - number, "started", f"{number}", "", bytes(8000), b"")
            changing.execute("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", row)
        for ending in ("", "-journal"):
            shutil.copy(f"{began}{ending}", f"{left}{ending}")
    Database(str(left)).prepare()
    assert revision_in(str(left)) == NEWEST


@pytest.mark.parametrize("name", ["//two/slashes.db", "not-\udcff-utf-8.db"])
def test_a_file_is_found_again_under_whatever_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    where = f"/{folder}/slashes.db" if name.startswith("//") else str(folder / name)
    for _ in range(2):
        database = Database(where)
        database.prepare()
        database.dispose()


def test_a_file_with_nothing_but_the_notes_of_a_program_that_copies_it_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "copied.db"
    with closing(sqlite3.connect(file)) as copying, copying:
        copying.execute("CREATE TABLE _copied_so_far (number INTEGER)")
    Database(str(file)).prepare()
    assert revision_in(str(file)) == NEWEST


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(where: str) -> None:
    old = Database(where)
    with old.upgrading() as connection:
        upgrade(connection, REVISIONS[0])
        connection.execute(text("CREATE TABLE register_lists (id INTEGER)"))
    with pytest.raises(StoreUnavailable):
        old.prepare()
    with old.reading() as connection:
        assert find_revision(connection) == REVISIONS[0]
        tables = set(inspect(connection).get_table_names())
    old.dispose()
    assert tables == {*FIRST_TABLES, "alembic_version", "register_lists"}


@pytest.mark.parametrize("state", ["empty", "old"])
def test_servers_that_start_at_once_all_come_up(where: str, state: str, tmp_path: Path) -> None:
    if state == "old":
        database = Database(where)
        with database.upgrading() as connection:
            upgrade(connection, REVISIONS[0])
        database.dispose()
    servers = [
        subprocess.Popen([sys.executable, "-c", PREPARE, where], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ends = [server.communicate()[1] for server in servers]
    assert [server.returncode for server in servers] == [0] * 4, ends
    assert revision_in(where) == NEWEST
    assert run(where, "store", "check").exit_code == 0


@pytest.mark.parametrize(("revision", "looks"), [(None, "False"), (NEWEST, "False"), (REVISIONS[0], "True")])
def test_only_an_old_database_is_opened_with_a_look_at_the_revisions(
    revision: str | None, looks: str, tmp_path: Path
) -> None:
    database = Database(where := str(tmp_path / "log.db"))
    if revision:
        with database.upgrading() as connection:
            upgrade(connection, revision)
    database.dispose()
    prepare = [sys.executable, "-c", PREPARE + "; print('alembic' in sys.modules)", where]
    assert subprocess.run(prepare, capture_output=True, text=True, check=True).stdout.strip() == looks


def test_the_log_of_an_upgrade_is_not_in_the_way_of_the_answer(tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("channelgate"), "store", "upgrade", tmp_path / "log.db"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
    assert json.dumps(NEWEST).strip('"') in done.stdout
