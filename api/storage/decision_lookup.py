"""The search in the index of decisions, for combinations of terms, days and a request.

Terms are combined by `and` of whole blocks. So a combination costs the same whether its terms are rare or frequent,
and whether they meet in many decisions or in none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Column, ColumnElement, Connection, func, select

from api.domain.decision_terms import EVERY_DECISION, SearchTerm, TermSort, searchable
from api.ledger.deduplication import as_bytes
from api.ledger.stored_entries import find_decision_row
from api.storage.console_tables import decision_days, decision_places, decision_rows, decision_terms
from api.storage.decision_index import BLOCK, known_numbers, read_reach, to_bits, to_bytes

WINDOW = 32
"""So many blocks are read at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What decisions are looked for: those that have one term of each group, and all else that is given."""

    groups: Sequence[Sequence[SearchTerm]] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    request_id: str | None = None
    decision_id: str | None = None


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
        row = find_decision_row(connection, wanted.decision_id)
        return (0, -1) if row is None or row.sequence >= before else (row.sequence, row.sequence)
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


def _numbered(connection: Connection, groups: Sequence[Sequence[SearchTerm]]) -> list[list[int]] | None:
    """The numbers of the terms of each group; None if no decision has any of a group."""
    groups = groups or [[EVERY_DECISION]]
    numbers = known_numbers(connection, [term for group in groups for term in group])
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
    return {(row.term, row.block): to_bits(as_bytes(row.places)) for row in connection.execute(query)}


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
    return {block: to_bits(bytes(bits)) for block, bits in content.items()}


def _on_days(connection: Connection, places: Sequence[int], wanted: Wanted) -> list[int]:
    """Those of the places whose day is wanted: near midnight, entries are not in the order of their days."""
    if wanted.first_day is None and wanted.last_day is None:
        return [*places]
    columns = decision_rows.c
    query = select(columns.sequence).where(columns.sequence.in_(places), *_within(columns.day, wanted))
    return [*connection.execute(query.order_by(columns.sequence.desc())).scalars()]


def _descending(bits: int) -> Iterator[int]:
    """Yield the bits that are set, the highest first."""
    content = to_bytes(bits)
    for at in range(len(content) - 1, -1, -1):
        if value := content[at]:
            yield from (8 * at + bit for bit in range(7, -1, -1) if value >> bit & 1)


def values_of(connection: Connection, sort: TermSort, begin: str = "") -> list[str]:
    """Return the values of a sort that some decision has and that begin so, in their order."""
    columns = decision_terms.c
    query = select(columns.value).where(
        columns.sort == sort, columns.value.startswith(begin, autoescape=True)
    )
    return sorted(connection.execute(query).scalars())


def count_decisions(connection: Connection, sort: TermSort) -> Mapping[str, int]:
    """Return how many decisions have each value of a sort."""
    terms, places = decision_terms.c, decision_places.c
    query = select(terms.value, places.places).join_from(
        decision_terms, decision_places, terms.number == places.term
    )
    counted: dict[str, int] = defaultdict(int)
    for row in connection.execute(query.where(terms.sort == sort)):
        counted[row.value] += to_bits(as_bytes(row.places)).bit_count()
    return counted


def places_about(connection: Connection, request_id: str) -> list[int]:
    """Return the places of all decisions in the index that are about a request, the oldest first."""
    columns = decision_rows.c
    query = select(columns.sequence).where(columns.request_id == searchable(request_id))
    return [*connection.execute(query.order_by(columns.sequence)).scalars()]


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
