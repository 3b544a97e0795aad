"""The verifier that shares no code with the service and `log verify` agree, on logs as written and as tampered with.

Each tampering is named by both, at the same entries. One process of Node verifies all logs; what the command calls
is called here as well.

Covers: api.ledger.exact_export
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.database import Database
from api.ledger.detached_text_check import verify_texts
from api.ledger.entries import Entry, EntryKind
from api.ledger.exact_export import exact_lines
from api.ledger.key_succession import TrustedKeys
from api.ledger.merkle import CompactTree, leaf_hash
from api.ledger.reader import stored_entries, stored_notes
from api.ledger.verifier import verify_log
from api.services.audit.audit import audit_tables
from api.signing.keys import SigningKey
from tests.support.export_verifier import ExportVerifier, running_export_verifier

ORIGIN = "example.org/log"
KEY, STRANGER = (
    SigningKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([number] * 32))) for number in (1, 2)
)
AT = dt.datetime(1965, 3, 1, 9, tzinfo=dt.UTC)
KINDS = (EntryKind.STARTED, EntryKind.STOPPED, EntryKind.SIGNING_KEY)
PLACES = re.compile(r"^(all entries|entry -?\d+|entries \d+ to \d+):")

fixture_is_shared = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
two_hundred = settings(max_examples=200, suppress_health_check=fixture_is_shared)


@dataclass(frozen=True)
class LogRow:
    """A row of the log as its table has it."""

    sequence: int
    kind: str
    key: str
    at: str
    entry: bytes
    leaf: bytes


@dataclass(frozen=True)
class WrittenLog:
    """A log as it lies in a database: its rows, its checkpoints by their sizes, the newest checkpoint, an anchor."""

    rows: tuple[LogRow, ...]
    notes: dict[int, str]
    newest: str
    anchor: str | None


def row_of(sequence: int, entry: Entry) -> LogRow:
    content = entry.to_bytes()
    return LogRow(sequence, entry.kind.value, entry.key, entry.at.isoformat(), content, leaf_hash(content))


def note_over(rows: tuple[LogRow, ...], size: int, key: SigningKey = KEY) -> str:
    tree = CompactTree().extended(row.leaf for row in rows[:size])
    return sign_checkpoint(Checkpoint(ORIGIN, size, tree.root), key)


def written(rows: tuple[LogRow, ...], sizes: set[int], anchor: int | None) -> WrittenLog:
    """The log over rows, signed at some sizes and at its end."""
    notes = {size: note_over(rows, size) for size in sorted(sizes)}
    stored = None if anchor is None else note_over(rows, anchor)
    return WrittenLog(rows, notes, note_over(rows, len(rows)), stored)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
entries = st.builds(
    lambda kind, key, members, payload: Entry(kind, key, AT, members, payload),
    st.sampled_from(KINDS),
    st.text("abc-0", min_size=1, max_size=6),
    st.dictionaries(st.sampled_from(["caller", "remark"]), texts, max_size=2),
    st.dictionaries(st.sampled_from(["note", "page"]), st.binary(max_size=40), max_size=2),
)


@st.composite
def logs(draw: st.DrawFn) -> WrittenLog:
    """A log as it was written, with checkpoints at any sizes and perhaps an anchor."""
    drawn = draw(st.lists(entries, min_size=1, max_size=20))
    rows = tuple(row_of(sequence, entry) for sequence, entry in enumerate(drawn))
    sizes = draw(st.sets(st.integers(0, len(rows)), max_size=4))
    return written(rows, sizes, draw(st.none() | st.integers(0, len(rows))))


def flipped(content: bytes, at: int) -> bytes:
    """Bytes with one of them altered, which keeps an entry an entry that is stored as it is."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def with_row(log: WrittenLog, row: LogRow) -> WrittenLog:
    return replace(log, rows=tuple(row if one.sequence == row.sequence else one for one in log.rows))


def renumbered(rows: list[LogRow]) -> tuple[LogRow, ...]:
    return tuple(replace(row, sequence=sequence) for sequence, row in enumerate(rows))


@dataclass(frozen=True)
class Tampering:
    """A log that was tampered with, and what any finding has to name: one of these entries, or a checkpoint."""

    log: WrittenLog
    places: frozenset[int]


@st.composite
def tamperings(draw: st.DrawFn) -> Tampering:
    """A log as it lies there after somebody tampered with it, in any of a number of ways."""
    log = draw(logs())
    how: Callable[[st.DrawFn, WrittenLog], Tampering] = draw(st.sampled_from(WAYS))
    return how(draw, log)


def any_row(draw: st.DrawFn, log: WrittenLog) -> LogRow:
    return log.rows[draw(st.integers(0, len(log.rows) - 1))]


def entry_altered(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    row = any_row(draw, log)
    altered = flipped(row.entry, draw(st.integers(1, len(row.entry) - 1)))
    return Tampering(with_row(log, replace(row, entry=altered)), frozenset({row.sequence}))


def entry_altered_with_its_hash(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    row = any_row(draw, log)
    altered = flipped(row.entry, draw(st.integers(1, len(row.entry) - 1)))
    changed = replace(row, entry=altered, leaf=leaf_hash(altered))
    return Tampering(with_row(log, changed), frozenset({row.sequence}))


def hash_altered(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    row = any_row(draw, log)
    leaf = draw(st.sampled_from([flipped(row.leaf, 31), row.leaf[:-1], row.leaf + b"\0", b""]))
    return Tampering(with_row(log, replace(row, leaf=leaf)), frozenset({row.sequence}))


def entry_removed(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    row = any_row(draw, log)
    rows = tuple(one for one in log.rows if one is not row)
    return Tampering(replace(log, rows=rows), frozenset({row.sequence}))


def entry_removed_without_a_gap(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    row = any_row(draw, log)
    assume(row.sequence == len(log.rows) - 1 or row.leaf != log.rows[row.sequence + 1].leaf)
    rows = renumbered([one for one in log.rows if one is not row])
    return Tampering(replace(log, rows=rows), frozenset(range(row.sequence, len(log.rows))))


def entry_inserted(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    place = draw(st.integers(0, len(log.rows) - 1))
    assume(log.rows[place].leaf != (added := row_of(place, draw(entries))).leaf)
    rows = renumbered([*log.rows[:place], added, *log.rows[place:]])
    return Tampering(replace(log, rows=rows), frozenset(range(place, len(rows))))


def entries_exchanged(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    one, other = any_row(draw, log), any_row(draw, log)
    assume(one.leaf != other.leaf)
    rows = [*log.rows]
    rows[one.sequence], rows[other.sequence] = other, one
    return Tampering(replace(log, rows=renumbered(rows)), frozenset({one.sequence, other.sequence}))


def end_cut(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    size = draw(st.integers(0, len(log.rows) - 1))
    return Tampering(replace(log, rows=log.rows[:size]), frozenset({size}))


def checkpoint_altered(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    text = log.newest
    place = draw(st.integers(0, len(text) - 1))
    altered = text[:place] + draw(st.sampled_from("\n 0A+")) + text[place + 1 :]
    assume(altered != text)
    return Tampering(replace(log, newest=altered), frozenset(range(len(log.rows))))


def signed_by_a_stranger(_: st.DrawFn, log: WrittenLog) -> Tampering:
    note = note_over(log.rows, len(log.rows), STRANGER)
    return Tampering(replace(log, newest=note), frozenset(range(len(log.rows))))


def rewritten_with_the_key(draw: st.DrawFn, log: WrittenLog) -> Tampering:
    """Everything is hashed and signed anew: the anchor alone shows it."""
    row = any_row(draw, log)
    anchor = note_over(log.rows, draw(st.integers(row.sequence + 1, len(log.rows))))
    altered = flipped(row.entry, draw(st.integers(1, len(row.entry) - 1)))
    rows = with_row(log, replace(row, entry=altered, leaf=leaf_hash(altered))).rows
    again = replace(written(rows, {*log.notes}, None), anchor=anchor)
    return Tampering(again, frozenset({row.sequence}))


WAYS = (
    entry_altered,
    entry_altered_with_its_hash,
    hash_altered,
    entry_removed,
    entry_removed_without_a_gap,
    entry_inserted,
    entries_exchanged,
    end_cut,
    checkpoint_altered,
    signed_by_a_stranger,
    rewritten_with_the_key,
)


@pytest.fixture(scope="module")
def verifier() -> Iterator[ExportVerifier]:
    with running_export_verifier() as running:
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables of the ledger, and nothing in them."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    database = Database(str(file))
    database.prepare()
    assert database.truncate_wal()
    database.dispose()
    return file


def laid_down(log: WrittenLog, empty: Path, file: Path) -> None:
    """Write a log into a database, as it is."""
    shutil.copy(empty, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = [(row.sequence, row.kind, row.key, row.at, row.entry, row.leaf) for row in log.rows]
        connection.executemany("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.executemany("INSERT INTO checkpoints VALUES (?, ?)", log.notes.items())
        connection.execute("UPDATE log_state SET note = ?", (log.newest,))


@dataclass(frozen=True)
class Verdicts:
    """What both verifiers find in a log: each about the log itself, and about what its entries say."""

    ours: list[str]
    our_contents: list[str]
    theirs: list[str]
    their_contents: list[str]


def compared(log: WrittenLog, empty: Path, folder: Path, verifier: ExportVerifier) -> Verdicts:
    file, exported = folder / "log.db", folder / "log.jsonl"
    laid_down(log, empty, file)
    database = Database(str(file), read_only=True)
    with database.reading() as connection:
        found = verify_log(
            stored_entries(connection), stored_notes(connection), TrustedKeys.of(KEY.verifying), log.anchor
        )
        beside = [*verify_texts(connection).findings, *audit_tables(connection).findings]
        exported.write_text("".join(exact_lines(connection)), encoding="ascii", newline="")
    database.dispose()
    verdict = verifier.verdict(exported, KEY.verifying.format(), *filter(None, [log.anchor]))
    assert (verdict["size"], verdict["signed"]) == (found.size, found.signed)
    return Verdicts([*found.findings], beside, verdict["findings"], verdict["contents"])


def places(findings: list[str]) -> list[str]:
    """The entries that findings name, in their order."""
    return [match[1] for finding in findings if (match := PLACES.match(finding))]


def names_one_of(findings: list[str], wanted: frozenset[int]) -> bool:
    """Whether a finding is about one of these entries."""
    for place in places(findings):
        numbers = [int(number) for number in re.findall(r"-?\d+", place)]
        if not numbers or not wanted.isdisjoint(range(numbers[0], numbers[-1] + 1)):
            return True
    return False


@two_hundred
@given(log=logs())
def test_both_find_a_log_intact_that_is_as_it_was_written(
    log: WrittenLog, empty: Path, tmp_path: Path, verifier: ExportVerifier
) -> None:
    assert compared(log, empty, tmp_path, verifier) == Verdicts([], [], [], [])


@two_hundred
@given(tampering=tamperings())
def test_both_name_what_was_tampered_with(
    tampering: Tampering, empty: Path, tmp_path: Path, verifier: ExportVerifier
) -> None:
    verdicts = compared(tampering.log, empty, tmp_path, verifier)
    assert names_one_of(verdicts.ours, tampering.places), verdicts
    assert places(verdicts.theirs) == places(verdicts.ours), verdicts
