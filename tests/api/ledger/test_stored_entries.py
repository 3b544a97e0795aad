"""A log reads the same however its decisions are stored: each in a row of its own, or in groups of whatever sizes.

Covers: api.ledger.stored_entries, api.ledger.group_check
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from api.ledger.archives import write_archive
from api.ledger.backup import back_up, restore
from api.ledger.database import Database
from api.ledger.detached_text_check import verify_texts
from api.ledger.entries import Entry, EntryKind
from api.ledger.erasure import find_erasable
from api.ledger.exact_export import exact_lines
from api.ledger.group_check import find_group_faults
from api.ledger.key_succession import TrustedKeys
from api.ledger.log_appender import LogAppender, lock_tree
from api.ledger.proofs import ProofBlocks, prove_decision
from api.ledger.reader import (
    entries_at,
    find_decision,
    leaf_hashes,
    leaves_between,
    newest_decisions,
    newest_entry,
    page_of_entries,
    recorded_at,
    stored_at,
    stored_entries,
    whole_entries,
    whole_entries_at,
)
from api.ledger.stored_entries import (
    decisions_from,
    decisions_since,
    moments_at,
    rows_with_key,
    ungrouped_rows,
)
from api.ledger.stored_log import verify_stored_log
from api.signing.keys import SigningKey
from api.storage.decision_index import read_batch
from tests.api.ledger.test_decision_groups import decision_id
from tests.support.grouped_log import change_group, decisions_in, ungroup
from tests.support.memory import folder_in_memory

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EARLY = 1_767_225_600_000
KEY = SigningKey.generate("example.org/log")
DUTIES = b'"duties":["' + b"hand nothing over " * 10 + b'"]'
REQUEST = (
    b'{"request_id": "r", "department": {"id": "metallurgy"}, "urgency": {"ground": "a text of a person"}}'
)


@dataclass(frozen=True)
class Written:
    """One entry of a generated log: of which sort, and how many milliseconds after the last its id was made."""

    sort: str
    later: int


def entry_of(number: int, one: Written, moment: int) -> Entry:
    at = NOW + timedelta(milliseconds=number)
    match one.sort:
        case "decision":
            key = decision_id(moment, number)
        case "strange decision":
            key = f"d{number}"
        case _:
            return Entry(EntryKind.API_KEY, f"key-{number % 3}", at)
    members = {"request_id": f"r{number % 4}", "department": "metallurgy", "outcome": "hold"}
    pieces = (b'{"n":%d,' % number, DUTIES, b"}")
    return Entry(
        EntryKind.DECISION, key, at, members, {"request": REQUEST, "decision": b"".join(pieces)}, pieces
    )


def write(
    file: Path, groups: Sequence[Sequence[Written]], erasable: Sequence[str] = (), first: int = 0
) -> None:
    """Record entries, each group of them in one transaction; the first is that of a number."""
    database = Database(str(file))
    database.prepare()
    appender = LogAppender("example.org/log", lambda: KEY, lambda: frozenset(erasable), lambda _: None)
    number, moment = first, EARLY + first
    opening = Entry(EntryKind.SIGNING_KEY, "example.org/log", NOW, {"verifying_key": KEY.verifying.format()})
    for group in groups:
        entries = [opening] if number == 0 else []
        for one in group:
            moment += one.later
            entries.append(entry_of(number, one, moment))
            number += 1
        with database.writing() as connection:
            appender.append(connection, lock_tree(connection), entries)
    database.dispose()


def reading(file: Path, query: Callable[[Connection], Any]) -> Any:
    database = Database(str(file), read_only=True)
    try:
        with database.reading() as connection:
            return query(connection)
    finally:
        database.dispose()


def everything(connection: Connection) -> dict[str, Any]:
    """What each reader of the log makes of it."""
    newest = newest_entry(connection)
    assert newest is not None
    places = range(newest + 1)
    ids = [entry.key for _, entry in whole_entries(connection) if entry.kind is EntryKind.DECISION]
    blocks = ProofBlocks()
    return {
        "newest": newest,
        "entries": [*stored_entries(connection)],
        "some entries": [*stored_entries(connection, newest // 2)],
        "whole entries": [*whole_entries(connection)],
        "export": [*exact_lines(connection)],
        "leaves": leaf_hashes(connection),
        "some leaves": [leaves_between(connection, start, start + 3) for start in places],
        "each": [stored_at(connection, place) for place in (*places, newest + 1)],
        "at places": entries_at(connection, [*places][::-2]),
        "whole at places": [*whole_entries_at(connection, [*places][::2])],
        "times": [recorded_at(connection, place) for place in places],
        "moments": moments_at(connection, places),
        "pages": [page_of_entries(connection, after, 4) for after in range(-1, newest)],
        "decisions": [find_decision(connection, one) for one in (*ids, "none", decision_id(EARLY, 999))],
        "newest decisions": [newest_decisions(connection, limit) for limit in (1, 2, 7, 100)],
        "decisions from": [
            [row.sequence for row in decisions_from(connection, start)] for start in (0, newest // 2, newest)
        ],
        "decisions since": [
            decisions_since(connection, entry.at.isoformat()) for _, entry in whole_entries(connection)
        ],
        "with a key": [[row[:4] for row in rows_with_key(connection, one)] for one in (*ids, "key-1")],
        "erasable": [find_erasable(connection, one, None) for one in ids],
        "as rows": ungrouped_rows(connection, places),
        "batches": [read_batch(connection, start, 5) for start in range(0, newest + 1, 5)],
        "proofs": [prove_decision(connection, blocks, one) for one in ids],
        "verified": verify_stored_log(connection, TrustedKeys.of(KEY.verifying), None),
        "texts": verify_texts(connection),
        "group faults": [*find_group_faults(connection)],
    }


sorts = st.sampled_from(["decision"] * 6 + ["strange decision", "key"])
logs = st.lists(
    st.lists(st.builds(Written, sorts, st.sampled_from([0, 0, 1, 700, -300, 2000])), min_size=1, max_size=9),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(groups=logs, erasable=st.sampled_from([(), ("urgency.ground",)]))
def test_groups_read_as_rows_do(groups: list[list[Written]], erasable: Sequence[str]) -> None:
    with TemporaryDirectory(dir=folder_in_memory()) as folder:
        grouped, alone = Path(folder, "grouped.db"), Path(folder, "alone.db")
        write(grouped, groups, erasable)
        shutil.copy(grouped, alone)
        ungroup(alone)
        found, expected = reading(grouped, everything), reading(alone, everything)
        for name, value in expected.items():
            assert found[name] == value, name
        assert found["verified"].intact
        assert found["group faults"] == []


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of forty decisions in four groups, and the same log without groups."""
    folder = tmp_path_factory.mktemp("groups")
    write(folder / "grouped.db", [[Written("decision", 1)] * 10] * 4)
    shutil.copy(folder / "grouped.db", folder / "alone.db")
    ungroup(folder / "alone.db")
    return folder


@pytest.fixture
def grouped(written: Path, tmp_path: Path) -> Path:
    shutil.copy(written / "grouped.db", tmp_path)
    return tmp_path / "grouped.db"


def faults(file: Path) -> list[str]:
    found: list[str] = reading(file, lambda connection: [*find_group_faults(connection)])
    return found


def test_backups_and_archives_hold_the_same(written: Path, tmp_path: Path) -> None:
    archived, restored = list[Any](), list[Any]()
    for name in ("grouped", "alone"):
        backup, target = tmp_path / f"{name}.backup", Database(str(tmp_path / f"{name}.restored"))
        back_up(Database(str(written / f"{name}.db"), read_only=True), backup, NOW)
        restore(backup, target)
        target.dispose()
        restored.append(reading(tmp_path / f"{name}.restored", everything))
        reading(backup, partial(write_archive, file=tmp_path / f"{name}.parquet"))
        archived.append(pyarrow.parquet.read_table(tmp_path / f"{name}.parquet").to_pylist())
    assert restored[0] == restored[1]
    assert archived[0] == archived[1]


def test_decisions_without_gaps_are_a_few_rows(written: Path) -> None:
    with closing(sqlite3.connect(written / "grouped.db")) as connection:
        assert connection.execute("SELECT count(*) FROM decision_groups").fetchone() == (4,)
        assert connection.execute("SELECT count(*) FROM log_entries").fetchone() == (1,)


def test_an_id_that_is_there_twice_is_found(grouped: Path) -> None:
    first, copied = decisions_in(grouped)[3], decisions_in(grouped)[34]
    assert faults(grouped) == []
    change_group(
        grouped,
        copied.sequence,
        lambda entries: [
            one._replace(entry=first.entry) if one.sequence == copied.sequence else one for one in entries
        ],
    )
    assert faults(grouped) == [
        f"entry {copied.sequence}: it has the id of entry {first.sequence}; one is a copy"
    ]


def test_an_id_that_is_there_in_a_group_and_as_a_row_is_found(grouped: Path) -> None:
    row = decisions_in(grouped)[12]
    with closing(sqlite3.connect(grouped)) as connection, connection:
        connection.execute("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", (99, *row[1:]))
    assert faults(grouped) == [f"entry {row.sequence}: it has the id of entry 99; one is a copy"]


def test_groups_that_were_joined_so_that_nobody_finds_their_ids_are_found(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    write(file, [[Written("decision", 0)], [Written("decision", 1001)]])
    other = list[Any]()
    change_group(file, 2, lambda entries: other.extend(entries) or [])  # type: ignore[func-returns-value]
    change_group(file, 1, lambda entries: [*entries, *other])
    assert reading(file, lambda connection: len([*stored_entries(connection)])) == 3
    assert faults(file) == ["decision_groups (first 1): no group has such ids; the row was altered"]


@pytest.mark.parametrize("left", [0.05, 0.4, 0.7, 0.95, 1.0])
def test_a_group_is_there_whole_or_not_at_all_where_the_write_ahead_log_is_torn(
    tmp_path: Path, left: float
) -> None:
    file, torn = tmp_path / "log.db", tmp_path / "torn.db"
    write(file, [[Written("decision", 1)] * 10])
    with closing(sqlite3.connect(file)) as reader:  # as long as it is open, nobody moves the write-ahead log
        reader.execute("SELECT count(*) FROM decision_groups").fetchone()
        write(file, [[Written("decision", 1)] * 10] * 6, first=10)
        shutil.copy(file, torn)
        ahead = file.with_name("log.db-wal").read_bytes()
    torn.with_name("torn.db-wal").write_bytes(ahead[: int(len(ahead) * left)])
    verified = reading(
        torn, lambda connection: verify_stored_log(connection, TrustedKeys.of(KEY.verifying), None)
    )
    assert verified.intact, verified.findings
    assert (verified.size - 1) % 10 == 0
    assert verified.signed == verified.size
    assert (verified.size == 71) == (left == 1.0)


def test_a_log_from_before_there_were_groups_is_read(written: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    shutil.copy(written / "alone.db", file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE decision_groups")
    assert reading(file, everything) == reading(written / "alone.db", everything)


def test_either_database_reads_groups(where: str, written: Path) -> None:
    """The log comes by way of a backup, so that both have the same."""
    backup = Path(written, f"{'file' if where.endswith('.db') else 'server'}.backup")
    back_up(Database(str(written / "grouped.db"), read_only=True), backup, NOW)
    target = Database(where)
    restore(backup, target)
    with target.reading() as connection:
        found = everything(connection)
    target.dispose()
    assert found == reading(written / "alone.db", everything)
