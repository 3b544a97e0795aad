"""The index of decisions: for each term, the entries of the log that have it, as bits in blocks of the log.

Terms are combined by `and` of whole blocks. So a combination costs the same whether its terms are rare or frequent,
and whether they meet in many decisions or in none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    bindparam,
    case,
    func,
    insert,
    select,
    tuple_,
    update,
)

from api.domain.decision_terms import EVERY_DECISION, IndexedDecision, Term, TermSort, index_decision
from api.ledger.deduplication import TextRestorer, as_bytes
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.tables import log_entries
from api.storage.tables import decision_days, decision_index, decision_places, decision_rows, decision_terms

BLOCK = 16_384
"""So many entries of the log make a block: its bits are 2 kB a term."""
WINDOW = 32
"""So many blocks are read at once."""
_ID = 1


@dataclass(frozen=True, slots=True)
class IndexBatch:
    """Entries of the log from `start` up to before `end`, with the decisions among them."""

    start: int
    end: int
    decisions: Sequence[IndexedDecision]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What decisions are looked for: those that have one term of each group, and all else that is given."""

    groups: Sequence[Sequence[Term]] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    request_id: str | None = None
    decision_id: str | None = None


def read_reach(connection: Connection) -> int:
    """Return the first entry of the log that the index does not hold yet."""
    found = connection.execute(select(decision_index.c.reach).where(decision_index.c.id == _ID)).scalar()
    return found or 0


def read_batch(connection: Connection, start: int, most: int) -> IndexBatch:
    """Return what the index is to hold of at most `most` entries of the log."""
    columns = log_entries.c
    is_decision = columns.kind == EntryKind.DECISION
    query = select(columns.sequence, case((is_decision, columns.entry)).label("entry"))
    query = query.where(columns.sequence >= start).order_by(columns.sequence).limit(most)
    restorer, end = TextRestorer(connection), start
    decisions = list[IndexedDecision]()
    for row in connection.execute(query).all():
        end = row.sequence + 1
        if row.entry is not None and (
            found := _decision(row.sequence, restorer.restore(as_bytes(row.entry)))
        ):
            decisions.append(found)
    return IndexBatch(start, end, decisions)


def _decision(sequence: int, content: bytes) -> IndexedDecision | None:
    """What is searched of a decision; None for bytes that are no entry, which `log verify` reports."""
    try:
        entry = Entry.from_bytes(content)
        payloads = entry.payloads
        return index_decision(sequence, entry.at, entry.members, payloads[REQUEST], payloads[DECISION])
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def store_batch(connection: Connection, batch: IndexBatch) -> bool:
    """Add a batch to the index, alone among writers; False, with nothing added, if another process was faster."""
    reach = read_reach(connection)
    if reach != batch.start or batch.end == batch.start:
        return False
    if batch.decisions:
        rows = [
            {"sequence": one.sequence, "day": one.day.isoformat(), "request_id": one.request_id}
            for one in batch.decisions
        ]
        connection.execute(insert(decision_rows), rows)
        _store_places(connection, batch.decisions)
        _count_days(connection, batch.decisions)
    row = {"id": _ID, "reach": batch.end}
    has_row = connection.execute(select(decision_index.c.id)).first() is not None
    connection.execute(update(decision_index) if has_row else insert(decision_index), row)
    return True


def _store_places(connection: Connection, decisions: Iterable[IndexedDecision]) -> None:
    new: dict[tuple[Term, int], int] = defaultdict(int)
    for one in decisions:
        block, bit = divmod(one.sequence, BLOCK)
        for term in one.terms:
            new[term, block] |= 1 << bit
    numbers = _numbers(connection, {term for term, _ in new})
    columns = decision_places.c
    keys = [(numbers[term], block) for term, block in new]
    query = select(columns.term, columns.block, columns.places).where(
        tuple_(columns.term, columns.block).in_(keys)
    )
    stored = {(row.term, row.block): as_bytes(row.places) for row in connection.execute(query)}
    fresh, changed = list[dict[str, object]](), list[dict[str, object]]()
    for (term, block), bits in new.items():
        key = numbers[term], block
        content = _to_bytes(bits | _to_bits(stored.get(key, b"")))
        (changed if key in stored else fresh).append({"t": key[0], "b": block, "places": content})
    if fresh:
        rows = [{"term": row["t"], "block": row["b"], "places": row["places"]} for row in fresh]
        connection.execute(insert(decision_places), rows)
    if changed:
        change = update(decision_places).where(
            columns.term == bindparam("t"), columns.block == bindparam("b")
        )
        connection.execute(change.values(places=bindparam("places")), changed)


def _numbers(connection: Connection, terms: Iterable[Term]) -> dict[Term, int]:
    """The numbers of terms; one that is new is given the next."""
    terms = sorted(terms)
    numbers = _known_numbers(connection, terms)
    new = [term for term in terms if term not in numbers]
    if new:
        last = connection.execute(select(func.max(decision_terms.c.number))).scalar() or 0
        numbers |= {term: last + place for place, term in enumerate(new, 1)}
        rows = [{"number": numbers[term], "sort": term.sort.value, "value": term.value} for term in new]
        connection.execute(insert(decision_terms), rows)
    return numbers


def _known_numbers(connection: Connection, terms: Sequence[Term]) -> dict[Term, int]:
    columns = decision_terms.c
    keys = [(term.sort.value, term.value) for term in terms]
    query = select(columns.number, columns.sort, columns.value).where(
        tuple_(columns.sort, columns.value).in_(keys)
    )
    return {Term(TermSort(row.sort), row.value): row.number for row in connection.execute(query)}


def _count_days(connection: Connection, decisions: Iterable[IndexedDecision]) -> None:
    counted: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in decisions:
        counted[one.day.isoformat(), one.outcome].append(one.sequence)
    columns = decision_days.c
    for (day, outcome), places in counted.items():
        of_day = (columns.day == day, columns.outcome == outcome)
        added = {"decisions": columns.decisions + len(places), "last": max(places)}
        if not connection.execute(update(decision_days).where(*of_day).values(added)).rowcount:
            row = {"decisions": len(places), "first": min(places), "last": max(places)}
            connection.execute(insert(decision_days), {"day": day, "outcome": outcome, **row})


def find_places(connection: Connection, wanted: Wanted, before: int, limit: int) -> list[int]:
    """Return the places of at most `limit` decisions before a place of the log, the newest first."""
    low, high = _bounds(connection, wanted, before)
    groups = _numbered(connection, wanted.groups)
    if high < low or groups is None:
        return []
    found = list[int]()
    candidates = _candidates(connection, groups, wanted, low, high)
    while len(found) < limit and (some := [*islice(candidates, limit)]):
        found += _on_days(connection, some, wanted)
    return found[:limit]


def _bounds(connection: Connection, wanted: Wanted, before: int) -> tuple[int, int]:
    """The first and last place that a decision of the days may have."""
    if wanted.decision_id is not None:
        query = select(log_entries.c.sequence)
        query = query.where(log_entries.c.kind == EntryKind.DECISION, log_entries.c.key == wanted.decision_id)
        place = connection.execute(query).scalar()
        return (0, -1) if place is None or place >= before else (place, place)
    high = min(before, read_reach(connection)) - 1
    if wanted.first_day is None and wanted.last_day is None:
        return 0, high
    query = select(func.min(decision_days.c.first), func.max(decision_days.c.last))
    first, last = connection.execute(query.where(*_within(decision_days.c.day, wanted))).one()
    return (0, -1) if first is None else (first, min(high, last))


def _within(day: Column[str], wanted: Wanted) -> list[ColumnElement[bool]]:
    """The conditions that a day is one of those wanted; days as text sort as days do."""
    bounds = []
    if wanted.first_day is not None:
        bounds.append(day >= wanted.first_day.isoformat())
    if wanted.last_day is not None:
        bounds.append(day <= wanted.last_day.isoformat())
    return bounds


def _numbered(connection: Connection, groups: Sequence[Sequence[Term]]) -> list[list[int]] | None:
    """The numbers of the terms of each group; None if no decision has any of a group."""
    groups = groups or [[EVERY_DECISION]]
    numbers = _known_numbers(connection, [term for group in groups for term in group])
    numbered = [[numbers[term] for term in group if term in numbers] for group in groups]
    return numbered if all(numbered) else None


def _candidates(
    connection: Connection, groups: Sequence[Sequence[int]], wanted: Wanted, low: int, high: int
) -> Iterator[int]:
    """Yield the places that have a term of each group and are about the request, the newest first."""
    newest, oldest = high // BLOCK, low // BLOCK
    for last in range(newest, oldest - 1, -WINDOW):
        first = max(oldest, last - WINDOW + 1)
        blocks = _blocks(connection, {number for group in groups for number in group}, first, last)
        requested = _requested(connection, wanted, first, last)
        for block in range(last, first - 1, -1):
            bits = requested.get(block, 0) if requested is not None else (1 << BLOCK) - 1
            for group in groups:
                found = 0
                for number in group:
                    found |= blocks.get((number, block), 0)
                bits &= found
            start = block * BLOCK
            bits &= (1 << max(0, min(BLOCK, high + 1 - start))) - 1
            bits >>= (skipped := max(0, low - start))
            yield from (start + skipped + bit for bit in _descending(bits))


def _blocks(
    connection: Connection, numbers: Iterable[int], first: int, last: int
) -> Mapping[tuple[int, int], int]:
    columns = decision_places.c
    query = select(columns.term, columns.block, columns.places)
    query = query.where(columns.term.in_(sorted(numbers)), columns.block.between(first, last))
    return {(row.term, row.block): _to_bits(as_bytes(row.places)) for row in connection.execute(query)}


def _requested(connection: Connection, wanted: Wanted, first: int, last: int) -> Mapping[int, int] | None:
    """The places about the request in each block; None where it does not matter what a decision is about."""
    if wanted.request_id is None:
        return None
    columns = decision_rows.c
    query = select(columns.sequence).where(
        columns.request_id == wanted.request_id,
        columns.sequence.between(first * BLOCK, (last + 1) * BLOCK - 1),
    )
    content: dict[int, bytearray] = defaultdict(lambda: bytearray(BLOCK // 8))
    for place in connection.execute(query).scalars():
        block, bit = divmod(place, BLOCK)
        content[block][bit >> 3] |= 1 << (bit & 7)
    return {block: _to_bits(bytes(bits)) for block, bits in content.items()}


def _on_days(connection: Connection, places: Sequence[int], wanted: Wanted) -> list[int]:
    """Those of the places whose day is wanted: near midnight, entries are not in the order of their days."""
    if wanted.first_day is None and wanted.last_day is None:
        return [*places]
    columns = decision_rows.c
    query = select(columns.sequence).where(columns.sequence.in_(places), *_within(columns.day, wanted))
    return [*connection.execute(query.order_by(columns.sequence.desc())).scalars()]


def _descending(bits: int) -> Iterator[int]:
    """Yield the bits that are set, the highest first."""
    content = _to_bytes(bits)
    for at in range(len(content) - 1, -1, -1):
        if value := content[at]:
            yield from (8 * at + bit for bit in range(7, -1, -1) if value >> bit & 1)


def _to_bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _to_bits(content: bytes) -> int:
    return int.from_bytes(content, "little")


def values_of(connection: Connection, sort: TermSort, begin: str = "") -> list[str]:
    """Return the values of a sort that some decision has and that begin so, in their order."""
    columns = decision_terms.c
    query = select(columns.value).where(
        columns.sort == sort, columns.value.startswith(begin, autoescape=True)
    )
    return sorted(connection.execute(query).scalars())


def count_days(connection: Connection, first: dt.date, last: dt.date) -> Mapping[dt.date, Mapping[str, int]]:
    """Return how many decisions there were with each outcome, by day; days without any are left out."""
    columns = decision_days.c
    query = select(columns.day, columns.outcome, columns.decisions)
    query = query.where(columns.day.between(first.isoformat(), last.isoformat())).order_by(columns.day)
    days: dict[dt.date, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(query):
        days[dt.date.fromisoformat(row.day)][row.outcome] = row.decisions
    return days


def last_day(connection: Connection) -> dt.date | None:
    """Return the last day on which there was a decision."""
    found: str | None = connection.execute(select(func.max(decision_days.c.day))).scalar()
    return None if found is None else dt.date.fromisoformat(found)
