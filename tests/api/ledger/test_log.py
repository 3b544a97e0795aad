"""The decision log: what is appended is durable and exact, and what cannot be recorded is not answered."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from structlog.testing import capture_logs

from api.ledger.database import Database, StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.ledger.log import Ledger
from api.ledger.reader import find_decision
from api.ledger.revisions import PolicyFiles, find_revision
from tests.support.waiting import wait_until

FILES = {"a.yaml": "\u4e2d\n".encode(), "b.yaml": b"\xff\xfe"}
REVISION = PolicyFiles.of("r1", FILES)
NOW = datetime(1965, 1, 1, tzinfo=UTC)


def record(number: int, size: int = 10) -> Entry:
    payloads = {"request": b" {} ", "decision": b"x" * size}
    return Entry(EntryKind.DECISION, f"d{number}", NOW, {"revision": "r1"}, payloads)


def ledger_in(database: Path) -> Ledger:
    return Ledger(Database(str(database)), database.with_name("signing.key"), "example.org/log", lambda: NOW)


@contextmanager
def opened(database: Path) -> Iterator[Ledger]:
    ledger = ledger_in(database)
    ledger.open()
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def listening(name: str, listener: Callable[..., None]) -> Iterator[None]:
    event.listen(Engine, name, listener)
    try:
        yield
    finally:
        event.remove(Engine, name, listener)


def every_transaction_runs(pragma: str) -> AbstractContextManager[None]:
    """Stand in for a full or read-only disk: SQLite reports these two exactly as it reports the real ones."""

    def run(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {pragma}").close()

    return listening("begin", run)


DECISIONS = "SELECT key FROM log_entries WHERE kind = 'decision' ORDER BY sequence"


def rows(database: Path, query: str = DECISIONS) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute(query)]


def alter(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_what_is_appended_is_found_byte_for_byte_after_a_new_start(tmp_path: Path) -> None:
    with opened(tmp_path / "log.db") as store:
        asyncio.run(store.append([record(1), record(2)], REVISION))
    with opened(tmp_path / "log.db") as store:
        found = asyncio.run(store.read(lambda connection: find_decision(connection, "d2")))
        assert found == record(2)
        assert asyncio.run(store.read(lambda connection: find_decision(connection, "d3"))) is None
        revision = asyncio.run(store.read(lambda connection: find_revision(connection, "r1")))
    assert revision is not None
    assert revision.read() == FILES


def test_the_log_is_synchronous_and_written_ahead(tmp_path: Path) -> None:
    seen: list[Any] = []

    def look(connection: sqlite3.Connection, *_: object) -> None:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        seen.append(tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas))

    with listening("checkout", look), opened(tmp_path / "log.db") as store:
        asyncio.run(store.append([record(1)], REVISION))
    assert set(seen) == {("wal", 2, 1)}


def test_concurrent_calls_are_all_recorded_in_few_commits(tmp_path: Path) -> None:
    commits: list[object] = []

    async def append_all(store: Ledger) -> None:
        await asyncio.gather(*(store.append([record(number)], REVISION) for number in range(200)))

    def count(connection: object) -> None:
        commits.append(connection)

    with listening("commit", count), opened(tmp_path / "log.db") as store:
        asyncio.run(append_all(store))
    assert len(rows(tmp_path / "log.db")) == 200
    assert len(commits) < 100


def test_a_caller_who_left_hinders_no_one(tmp_path: Path) -> None:
    async def leave(store: Ledger) -> None:
        calls = [asyncio.ensure_future(store.append([record(number)], REVISION)) for number in range(20)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        await asyncio.gather(*calls[1::2])

    with opened(tmp_path / "log.db") as store:
        asyncio.run(leave(store))
    assert {f"d{number}" for number in range(1, 20, 2)} <= set(rows(tmp_path / "log.db"))


def test_a_list_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    with opened(tmp_path / "log.db") as store:
        with pytest.raises(StoreUnavailable):
            asyncio.run(store.append([record(1), record(1)], REVISION))
        assert rows(tmp_path / "log.db") == []
        asyncio.run(store.append([record(1)], REVISION))


Call = Callable[[Ledger], Coroutine[Any, Any, object]]
CALLS = [lambda store: store.append([record(2, 100_000)], REVISION), lambda store: store.try_writing()]
UNWRITABLE = [("query_only=1", "readonly database"), ("max_page_count=1", "database or disk is full")]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("pragma", "message"), UNWRITABLE)
def test_a_log_that_cannot_be_written_says_so(tmp_path: Path, pragma: str, message: str, call: Call) -> None:
    refusal = pytest.raises(StoreUnavailable, match=message)
    with opened(tmp_path / "log.db") as store:
        asyncio.run(store.append([record(1, 20_000)], REVISION))
        with every_transaction_runs(pragma), refusal:
            asyncio.run(call(store))


@pytest.mark.parametrize(("pragma", "message"), UNWRITABLE)
def test_a_log_that_cannot_be_written_is_refused_at_the_start(
    tmp_path: Path, pragma: str, message: str
) -> None:
    with opened(tmp_path / "log.db") as store:
        asyncio.run(store.append([record(1, 20_000)], REVISION))
    refusal = pytest.raises(StoreUnavailable, match=message)
    with every_transaction_runs(pragma), refusal:
        ledger_in(tmp_path / "log.db").open()


@pytest.mark.parametrize("call", CALLS)
def test_a_missing_table_is_noticed(tmp_path: Path, call: Call) -> None:
    with opened(tmp_path / "log.db") as store:
        alter(tmp_path / "log.db", "DROP TABLE log_entries")
        with pytest.raises(StoreUnavailable, match="no such table"):
            asyncio.run(call(store))


@pytest.mark.parametrize("call", CALLS)
def test_a_lock_held_by_another_is_not_waited_for_long(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.ledger.database.BUSY_TIMEOUT_SECONDS", 0.1)
    with opened(tmp_path / "log.db") as store, closing(sqlite3.connect(tmp_path / "log.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            asyncio.run(call(store))


@pytest.mark.parametrize("call", CALLS)
def test_a_file_that_was_moved_away_takes_no_more_decisions(tmp_path: Path, call: Call) -> None:
    with opened(tmp_path / "log.db") as store:
        (tmp_path / "log.db").rename(tmp_path / "old.db")
        with pytest.raises(StoreUnavailable):
            asyncio.run(call(store))


def test_no_file_is_made_in_the_place_of_one_that_was_moved_away(tmp_path: Path) -> None:
    file, away = tmp_path / "log.db", tmp_path / "away.db"
    with opened(file) as store:
        asyncio.run(store.append([record(1)], REVISION))
        file.rename(away)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                asyncio.run(store.read(lambda connection: find_decision(connection, "d1")))
        assert not file.exists()
        away.rename(file)
        assert asyncio.run(store.read(lambda connection: find_decision(connection, "d1")))
        asyncio.run(store.append([record(2)], REVISION))
    assert rows(file) == ["d1", "d2"]


def test_a_trial_leaves_no_trace(tmp_path: Path) -> None:
    with opened(tmp_path / "log.db") as store:
        asyncio.run(store.append([record(1)], REVISION))
        asyncio.run(store.try_writing())
        asyncio.run(store.append([record(2)], REVISION))
    assert rows(tmp_path / "log.db", "SELECT sequence FROM log_entries ORDER BY sequence") == list(range(5))
    assert rows(tmp_path / "log.db", "SELECT revision FROM policy_revisions") == ["r1"]


def test_a_full_queue_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.ledger.database.BUSY_TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr("api.ledger.group_commit.MAX_PENDING_CALLS", 1)

    async def crowd(store: Ledger) -> list[object]:
        with closing(sqlite3.connect(tmp_path / "log.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            calls = [store.append([record(number)], REVISION) for number in range(20)]
            return list(await asyncio.gather(*calls, return_exceptions=True))

    with opened(tmp_path / "log.db") as store:
        assert any("too many" in str(outcome) for outcome in asyncio.run(crowd(store)))


def test_a_closed_log_and_an_impossible_file_are_unavailable(tmp_path: Path) -> None:
    with opened(tmp_path / "log.db") as store:
        pass
    with pytest.raises(StoreUnavailable, match="closed"):
        asyncio.run(store.append([record(1)], REVISION))
    with pytest.raises(StoreUnavailable, match="unable to open"):
        ledger_in(tmp_path / "no-such-folder" / "log.db").open()


def test_emptying_the_write_ahead_log_waits_for_a_reader_to_finish(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "log.db"))
    database.prepare()
    reader = sqlite3.connect(tmp_path / "log.db", isolation_level=None, check_same_thread=False)
    with closing(reader):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM log_entries").fetchone()
        with database.writing() as connection:
            database.try_insert(connection)
        leaves = threading.Timer(0.3, reader.rollback)
        leaves.start()
        assert database.truncate_wal()
        leaves.join()
    database.dispose()


def test_what_was_written_ahead_is_moved_while_the_log_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.ledger.wal_checkpointer.AFTER_BYTES", 10_000)
    file = tmp_path / "log.db"
    with opened(file) as store:
        before = file.stat().st_size
        for number in range(10):
            asyncio.run(store.append([record(number, 20_000)], REVISION))
        wait_until(lambda: file.stat().st_size > before + 100_000)
        with closing(sqlite3.connect(file)) as other:
            assert other.execute("SELECT count(*) FROM log_entries WHERE kind = 'decision'").fetchone() == (
                10,
            )


def test_a_write_ahead_log_that_cannot_be_moved_keeps_nothing_from_being_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> None:
        raise StoreUnavailable("no room")

    monkeypatch.setattr("api.ledger.wal_checkpointer.AFTER_BYTES", 1)
    monkeypatch.setattr(Database, "checkpoint_wal", fail)
    with capture_logs() as lines, opened(tmp_path / "log.db") as store:
        for number in range(3):
            asyncio.run(store.append([record(number)], REVISION))
            wait_until(lambda: any(line["event"] == "write_ahead_log_not_moved" for line in lines))
    assert rows(tmp_path / "log.db") == ["d0", "d1", "d2"]
