"""Backups: taken while the service works, restored to either database, refused if anything in them was altered.

Covers: api.cli.store
"""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.ledger.backup import check_backup
from api.ledger.checkpoints import parse_checkpoint
from api.ledger.migrations import REVISIONS
from api.signing.keys import load_signing_key
from tests.api.ledger.test_migrations import fill, make_old, revision_in, run
from tests.support.desks import URGENT, Desk, serving
from tests.support.grouped_log import change_entries


def back_up(database: str, out: Path, *more: str) -> Result:
    return run(database, "store", "backup", "--out", out, *more)


def restore(file: Path, database: str, *more: str | Path) -> Result:
    return CliRunner().invoke(app, ["store", "restore", str(file), "--database", database, *map(str, more)])


def newest_checkpoint(database: str | Path) -> Any:
    return parse_checkpoint(run(str(database), "log", "checkpoint").stdout).checkpoint


@pytest.fixture
def filled(where: str, tmp_path: Path) -> str:
    """A database with a decision and a case; its key is `signing.key`."""
    with serving(tmp_path, where) as desk:
        fill(desk)
    return where


@pytest.fixture
def other(where: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of the other kind."""
    if "://" in where:
        return str(tmp_path / "other.db")
    server = request.getfixturevalue("postgres")
    name = f"other_{abs(hash(str(tmp_path))):x}"
    server.psql(f"CREATE DATABASE {name};")
    return str(server.get_uri(name))


def ask(desk: Desk, calls: int) -> list[bytes]:
    def answer(_: int) -> bytes:
        return desk.call("department", "POST", "/v1/pre-check", URGENT).content

    with ThreadPoolExecutor(4) as callers:
        return list(callers.map(answer, range(calls)))


def test_a_backup_under_load_is_of_one_moment_and_replays_the_same_decisions(
    where: str, other: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    with serving(tmp_path, where) as desk, ThreadPoolExecutor(1) as beside:
        before = ask(desk, 40)
        load = beside.submit(ask, desk, 200)
        taken = back_up(where, backup)
        load.result()
    assert taken.exit_code == 0, taken.output
    assert check_backup(backup).entries >= 40
    restored = restore(backup, other)
    assert restored.exit_code == 0, restored.output
    key = tmp_path / "signing.key"
    assert run(other, "log", "verify", key=key).exit_code == 0
    (tmp_path / "new").mkdir()
    key.rename(tmp_path / "new" / "signing.key")
    with serving(tmp_path / "new", other) as desk:
        for answer in before:
            decision = json.loads(answer)["decision_id"]
            assert desk.call("department", "GET", f"/v1/decisions/{decision}").content == answer


def test_a_ledger_that_went_to_the_other_database_and_back_has_the_same_root(
    filled: str, other: str, tmp_path: Path
) -> None:
    there, back = tmp_path / "there.db", tmp_path / "back.db"
    assert back_up(filled, there).exit_code == 0
    assert restore(there, other).exit_code == 0
    assert back_up(other, back).exit_code == 0
    assert newest_checkpoint(back) == newest_checkpoint(filled) == newest_checkpoint(other)
    assert check_backup(back).digest == check_backup(there).digest


def test_a_backup_is_read_like_any_log(filled: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    assert back_up(filled, backup).exit_code == 0
    key = load_signing_key(tmp_path / "signing.key", "channelgate").verifying.format()
    verified = run(str(backup), "log", "verify", "--key", key)
    assert verified.exit_code == 0, verified.output
    assert run(str(backup), "log", "replay").exit_code == 0
    assert b"PRIVATE KEY" not in backup.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "backup.db-"))] == []


def test_a_restored_service_goes_on_with_its_log(filled: str, other: str, tmp_path: Path) -> None:
    assert back_up(filled, tmp_path / "backup.db").exit_code == 0
    assert restore(tmp_path / "backup.db", other).exit_code == 0
    (tmp_path / "new").mkdir()
    (tmp_path / "signing.key").rename(tmp_path / "new" / "signing.key")
    with serving(tmp_path / "new", other) as desk:
        fill(desk)
    verified = run(other, "log", "verify", key=tmp_path / "new" / "signing.key")
    assert verified.exit_code == 0, verified.output


def test_a_backup_of_older_tables_is_restored_with_the_newest(where: str, other: str, tmp_path: Path) -> None:
    with serving(tmp_path, str(tmp_path / "source.db")) as desk:
        fill(desk)
    make_old(where, str(tmp_path / "source.db"), says_revision=False)
    assert back_up(where, tmp_path / "backup.db").exit_code == 0
    assert check_backup(tmp_path / "backup.db").revision == REVISIONS[0]
    assert restore(tmp_path / "backup.db", other).exit_code == 0
    assert revision_in(other) == REVISIONS[-1]
    assert run(other, "store", "check").exit_code == 0


def test_a_file_that_exists_is_replaced_only_with_the_option(filled: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    backup.write_text("something of value")
    refused = back_up(filled, backup)
    assert (refused.exit_code, backup.read_text()) == (2, "something of value")
    assert "--force" in refused.stderr
    assert back_up(filled, backup, "--force").exit_code == 0
    assert check_backup(backup).entries > 0


def test_only_an_empty_database_is_restored_into(filled: str, tmp_path: Path) -> None:
    assert back_up(filled, tmp_path / "backup.db").exit_code == 0
    before = newest_checkpoint(filled)
    refused = restore(tmp_path / "backup.db", filled)
    assert refused.exit_code == 2
    assert "not empty" in refused.stderr
    assert newest_checkpoint(filled) == before


def alter(statement: str) -> Callable[[Path], None]:
    def run(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(statement)

    return run


TAMPERING: dict[str, Callable[[Path], object]] = {
    "cut tail": alter("DELETE FROM log_entries WHERE sequence = (SELECT max(sequence) FROM log_entries)"),
    "edited entry": lambda file: change_entries(file, lambda entry: entry.replace(b"refuse", b"permit"), 3),
    "decisions removed": alter("DELETE FROM decision_groups"),
    "edited fact": alter("UPDATE case_facts SET value = '\"agreed\"' WHERE fact LIKE '%consultation'"),
    "removed case": alter("DELETE FROM cases"),
    "added receipt": alter("INSERT INTO answered_calls VALUES ('a', 'b', 'c', 1, '{}')"),
    "other tree": alter("UPDATE log_state SET tree = '0'"),
    "no tree": alter("DELETE FROM log_state"),
    "other revision": alter("UPDATE alembic_version SET version_num = '0001'"),
    "later revision": alter("UPDATE alembic_version SET version_num = '9999'"),
    "table gone": alter("DROP TABLE case_facts"),
    "no backup": alter("DROP TABLE backup"),
    "cut file": lambda file: file.write_bytes(file.read_bytes()[:-20_000]),
    "no database": lambda file: file.write_text("a shopping list"),
    "damaged page": lambda file: file.write_bytes(file.read_bytes()[:-9000] + bytes(9000)),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sound backup, to be tampered with."""
    folder = tmp_path_factory.mktemp("sound")
    with serving(folder, str(folder / "log.db")) as desk:
        fill(desk)
    assert back_up(str(folder / "log.db"), folder / "backup.db").exit_code == 0
    return (folder / "backup.db").read_bytes()


@pytest.mark.parametrize("tampering", TAMPERING.values(), ids=TAMPERING)
def test_a_backup_that_was_altered_is_not_restored(
    sound: bytes, tmp_path: Path, tampering: Callable[[Path], None]
) -> None:
    backup, target = tmp_path / "backup.db", tmp_path / "target.db"
    backup.write_bytes(sound)
    assert restore(backup, str(tmp_path / "proof.db")).exit_code == 0
    tampering(backup)
    refused = restore(backup, str(target))
    assert refused.exit_code == 1, refused.output
    assert "NOTHING WAS DONE" in refused.stdout
    assert not target.exists()


def test_an_anchor_and_a_key_are_held_against_the_backup(filled: str, tmp_path: Path) -> None:
    backup, anchor = tmp_path / "backup.db", tmp_path / "anchor.txt"
    assert back_up(filled, backup).exit_code == 0
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "signing.key").write_bytes((tmp_path / "signing.key").read_bytes())
    with serving(tmp_path / "later", filled) as desk:
        fill(desk)
    anchor.write_text(run(filled, "log", "checkpoint").stdout, encoding="utf-8")
    older = restore(backup, str(tmp_path / "a.db"), "--anchor", anchor)
    assert (older.exit_code, "missing at the end" in older.stdout) == (1, True)
    stranger = load_signing_key(tmp_path / "stranger.key", "channelgate").verifying.format()
    assert restore(backup, str(tmp_path / "b.db"), "--key", stranger).exit_code == 1
    own = load_signing_key(tmp_path / "signing.key", "channelgate").verifying.format()
    assert restore(backup, str(tmp_path / "c.db"), "--key", own).exit_code == 0


def test_nothing_is_restored_by_an_anchor_that_is_no_checkpoint(filled: str, tmp_path: Path) -> None:
    backup, anchor = tmp_path / "backup.db", tmp_path / "anchor.txt"
    back_up(filled, backup)
    anchor.write_text("Dear colleague,\n", encoding="utf-8")
    refused = restore(backup, str(tmp_path / "a.db"), "--anchor", anchor)
    assert refused.exit_code == 2
    assert f"{anchor} is no checkpoint" in refused.stderr
    assert not (tmp_path / "a.db").exists()


def test_what_holds_no_ledger_is_not_backed_up(where: str, tmp_path: Path) -> None:
    if "://" not in where:
        sqlite3.connect(where).close()
    refused = back_up(where, tmp_path / "backup.db")
    assert refused.exit_code == 2
    assert not (tmp_path / "backup.db").exists()
    assert restore(tmp_path / "backup.db", where).exit_code == 2
