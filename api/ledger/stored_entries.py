"""Where the entries of the log are stored, and read by everyone: in rows of their own, or, of decisions, in groups.

Entries of other kinds than decisions have rows of their own, which are found by kind and key. A log of a revision
before there were groups has rows only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, inspect, select, union_all

from api.ledger.decision_groups import (
    MOST_ENTRIES,
    EntryRow,
    id_bytes,
    lowest_beside,
    read_head,
    unpack,
)
from api.ledger.deduplication import as_bytes
from api.ledger.entries import EntryKind
from api.ledger.merkle import HASH_SIZE
from api.ledger.tables import decision_groups, log_entries

BATCH = 1000
_GROUP_BATCH = 32
_MOST_PLACES = 64
"""So many places are looked for at once; a statement takes only so many parts."""
_KNOWN = "decision_groups"

_ENTRY, _GROUP = log_entries.c, decision_groups.c
_ROWS = select(_ENTRY.sequence, _ENTRY.kind, _ENTRY.entry, _ENTRY.leaf)
_GROUPS = select(_GROUP.first, _GROUP.last, _GROUP.leaves, _GROUP.content)


class StoredRow(NamedTuple):
    """An entry as it is stored, without the texts that it refers to; `is_grouped` if it stands in a group."""

    sequence: int
    kind: str
    entry: bytes
    leaf: bytes
    is_grouped: bool


def has_groups(connection: Connection) -> bool:
    """Whether there is a table of groups; a log of a version without it has none."""
    if _KNOWN not in connection.info:
        if not inspect(connection).has_table(decision_groups.name):
            return False
        connection.info[_KNOWN] = True
    return True


def rows_between(
    connection: Connection, start: int | None = None, end: int | None = None, limit: int | None = None
) -> Iterator[StoredRow]:
    """Yield the entries from `start` up to before `end`, at most `limit`, in their order, a batch at a time."""
    query = _ROWS.where(*_within(start, end)).order_by(_ENTRY.sequence).limit(limit)
    rows = _read_rows(connection, query)
    found = merge(rows, _grouped_between(connection, start, end, limit), key=attrgetter("sequence"))
    for count, row in enumerate(found, 1):
        yield row
        if count == limit:
            return


def decisions_from(connection: Connection, start: int) -> Iterator[StoredRow]:
    """Yield the decisions from a place of the log on, in their order, a batch at a time."""
    query = _ROWS.where(_ENTRY.kind == EntryKind.DECISION, _ENTRY.sequence >= start)
    rows = _read_rows(connection, query.order_by(_ENTRY.sequence))
    yield from merge(rows, _grouped_between(connection, start), key=attrgetter("sequence"))


def newest_decision_rows(connection: Connection, limit: int) -> list[StoredRow]:
    """Return at most `limit` decisions, the last ones, in their order."""
    query = _ROWS.where(_ENTRY.kind == EntryKind.DECISION).order_by(_ENTRY.sequence.desc()).limit(limit)
    found = [_row(row) for row in connection.execute(query).all()]
    if has_groups(connection):
        grouped = list[StoredRow]()
        newest = _GROUPS.order_by(_GROUP.first.desc()).limit(limit)
        with connection.execute(newest, execution_options={"yield_per": _GROUP_BATCH}) as groups:
            for group in groups:
                if len(grouped) >= limit:
                    break
                grouped += _entries_of(group)
        found += grouped
    return sorted(found)[-limit:] if limit > 0 else []


def row_at(connection: Connection, sequence: int) -> StoredRow | None:
    """Return the entry at a place of the log; None where there is none."""
    return rows_at(connection, [sequence]).get(sequence)


def rows_at(connection: Connection, places: Collection[int]) -> dict[int, StoredRow]:
    """Return the entries at places of the log, by place."""
    found = {row.sequence: _row(row) for row in connection.execute(_ROWS.where(_ENTRY.sequence.in_(places)))}
    if missing := sorted(set(places) - found.keys()):
        found |= {row.sequence: row for row in _grouped_around(connection, missing)}
    return {place: found[place] for place in places if place in found}


def leaves_between(connection: Connection, start: int | None = None, end: int | None = None) -> list[bytes]:
    """Return the leaf hashes of the entries from `start` up to before `end`, in order."""
    query = select(_ENTRY.sequence, _ENTRY.leaf).where(*_within(start, end))
    found = [(row.sequence, bytes(row.leaf)) for row in connection.execute(query.order_by(_ENTRY.sequence))]
    if has_groups(connection):
        groups = select(_GROUP.first, _GROUP.leaves).where(*_around(start, end)).order_by(_GROUP.first)
        for first, leaves in connection.execute(groups):
            hashes = bytes(leaves)
            for sequence, at in enumerate(range(0, len(hashes), HASH_SIZE), first):
                if (start is None or sequence >= start) and (end is None or sequence < end):
                    found.append((sequence, hashes[at : at + HASH_SIZE]))
        found.sort()
    return [leaf for _, leaf in found]


def moments_at(connection: Connection, places: Collection[int]) -> dict[int, tuple[str, bytes]]:
    """Return when the entries at places of the log were recorded, as text, and their leaf hashes, by place."""
    query = select(_ENTRY.sequence, _ENTRY.recorded_at, _ENTRY.leaf).where(_ENTRY.sequence.in_(places))
    found = {row.sequence: (row.recorded_at, as_bytes(row.leaf)) for row in connection.execute(query)}
    for place, row in rows_at(connection, set(places) - found.keys()).items():
        if head := read_head(row.entry):
            found[place] = head[1], row.leaf
    return found


def newest_place(connection: Connection) -> int | None:
    """Return the place of the newest log entry; None in an empty log."""
    places = [connection.execute(select(func.max(_ENTRY.sequence))).scalar_one()]
    if has_groups(connection):
        places.append(connection.execute(select(_GROUP.last).order_by(_GROUP.first.desc()).limit(1)).scalar())
    return max((place for place in places if place is not None), default=None)


def find_decision_row(connection: Connection, decision_id: str) -> StoredRow | None:
    """Return a decision by its id; no id has a null character."""
    if "\0" in decision_id:
        return None
    query = _ROWS.where(_ENTRY.kind == EntryKind.DECISION, _ENTRY.key == decision_id)
    row = connection.execute(query).one_or_none()
    return _grouped_decision(connection, decision_id) if row is None else _row(row)


def rows_with_key(connection: Connection, key: str) -> list[StoredRow]:
    """Return the entries of every kind with a key, in their order."""
    query = _ROWS.where(_ENTRY.kind.in_(list(EntryKind)), _ENTRY.key == key)
    found = [_row(row) for row in connection.execute(query)]
    grouped = _grouped_decision(connection, key)
    return sorted([*found, grouped] if grouped else found)


def decisions_since(connection: Connection, since: str) -> set[int]:
    """Return the places of the decisions that were recorded at a time or later; the time is given as text."""
    is_later = (_ENTRY.kind == EntryKind.DECISION, _ENTRY.recorded_at >= since)
    found = set(connection.execute(select(_ENTRY.sequence).where(*is_later)).scalars())
    for row in _grouped_between(connection):
        if (head := read_head(row.entry)) and head[1] >= since:
            found.add(row.sequence)
    return found


def ungrouped_rows(connection: Connection, places: Sequence[int]) -> list[EntryRow]:
    """Return the entries at places of the log as rows of their own, in the order of the places.

    Raises ValueError for a grouped one whose bytes cannot be read.
    """
    query = select(log_entries).where(_ENTRY.sequence.in_(places))
    found = {row.sequence: EntryRow(*row) for row in connection.execute(query)}
    for place, row in rows_at(connection, set(places) - found.keys()).items():
        head = read_head(row.entry)
        if head is None:
            raise ValueError(f"entry {place} cannot be read")
        found[place] = EntryRow(place, row.kind, *head, row.entry, row.leaf)
    return [found[place] for place in places if place in found]


def holds(sequence: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a group has an entry with a sequence."""
    around = and_(_GROUP.first <= sequence, _GROUP.first > sequence - MOST_ENTRIES, _GROUP.last >= sequence)
    return select(_GROUP.first).where(around).exists()


def _grouped_decision(connection: Connection, decision_id: str) -> StoredRow | None:
    wanted = id_bytes(decision_id)
    if wanted is None or not has_groups(connection):
        return None
    ids = (_GROUP.lowest_id.between(lowest_beside(wanted), wanted), _GROUP.highest_id >= wanted)
    for group in connection.execute(_GROUPS.where(*ids).order_by(_GROUP.first)).all():
        for row in _entries_of(group):
            if (head := read_head(row.entry)) and head[0] == decision_id:
                return row
    return None


def _grouped_around(connection: Connection, places: Sequence[int]) -> Iterator[StoredRow]:
    """The entries of the groups that have some at places of the log, and of others that might have had."""
    if not has_groups(connection):
        return
    for start in range(0, len(places), _MOST_PLACES):
        nearest = [
            select(func.max(_GROUP.first)).where(_GROUP.first <= place, _GROUP.first > place - MOST_ENTRIES)
            for place in places[start : start + _MOST_PLACES]
        ]
        found = {first for first in connection.execute(union_all(*nearest)).scalars() if first is not None}
        for group in connection.execute(_GROUPS.where(_GROUP.first.in_(found)).order_by(_GROUP.first)):
            yield from _entries_of(group)


def _grouped_between(
    connection: Connection, start: int | None = None, end: int | None = None, limit: int | None = None
) -> Iterator[StoredRow]:
    """The entries of groups from `start` up to before `end`, of at most `limit` groups that have some."""
    if not has_groups(connection):
        return
    reaches = [] if start is None else [_GROUP.last >= start]
    query = _GROUPS.where(*_around(start, end), *reaches).order_by(_GROUP.first).limit(limit)
    with connection.execute(query, execution_options={"yield_per": _GROUP_BATCH}) as groups:
        for group in groups:
            for row in _entries_of(group):
                if (start is None or row.sequence >= start) and (end is None or row.sequence < end):
                    yield row


def _read_rows(connection: Connection, query: Select[Any]) -> Iterator[StoredRow]:
    with connection.execute(query, execution_options={"yield_per": BATCH}) as rows:
        for row in rows:
            yield _row(row)


def _row(row: Row[Any, Any, Any, Any]) -> StoredRow:
    return StoredRow(row.sequence, row.kind, as_bytes(row.entry), as_bytes(row.leaf), is_grouped=False)


def _entries_of(group: Row[Any, Any, Any, Any]) -> Iterator[StoredRow]:
    for sequence, entry, leaf in unpack(*group):
        yield StoredRow(sequence, EntryKind.DECISION.value, entry, leaf, is_grouped=True)


def _within(start: int | None, end: int | None) -> list[ColumnElement[bool]]:
    """The conditions that an entry lies from `start` up to before `end`."""
    conditions = [] if start is None else [_ENTRY.sequence >= start]
    return [*conditions, _ENTRY.sequence < end] if end is not None else conditions


def _around(start: int | None, end: int | None) -> list[ColumnElement[bool]]:
    """The conditions that a group can have an entry from `start` up to before `end`."""
    conditions = [] if start is None else [_GROUP.first > start - MOST_ENTRIES]
    return [*conditions, _GROUP.first < end] if end is not None else conditions
