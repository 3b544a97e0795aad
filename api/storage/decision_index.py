"""The index of decisions: for each term, the entries of the log that have it, as bits in blocks of the log.

It is derived from the log batch by batch, whenever there is time; `api.storage.decision_lookup` searches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    insert,
    select,
    update,
)

from api.domain.decision_terms import IndexedDecision, SearchTerm, index_decision
from api.ledger.deduplication import TextRestorer, as_bytes
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.stored_entries import rows_between
from api.storage.console_tables import (
    decision_days,
    decision_index,
    decision_places,
    decision_rows,
    decision_terms,
)

BLOCK = 16_384
"""So many entries of the log make a block: its bits are 2 kB a term."""
_ID = 1


@dataclass(frozen=True, slots=True)
class IndexBatch:
    """Entries of the log from `start` up to before `end`, with the decisions among them."""

    start: int
    end: int
    decisions: Sequence[IndexedDecision]


def read_reach(connection: Connection) -> int:
    """Return the first entry of the log that the index does not hold yet."""
    found = connection.execute(select(decision_index.c.reach).where(decision_index.c.id == _ID)).scalar()
    return found or 0


def read_batch(connection: Connection, start: int, most: int) -> IndexBatch:
    """Return what the index is to hold of at most `most` entries of the log."""
    restorer, end = TextRestorer(connection), start
    decisions = list[IndexedDecision]()
    rows = [*rows_between(connection, start, limit=most)]
    restorer.read_ahead(row.entry for row in rows if row.kind == EntryKind.DECISION)
    for row in rows:
        end = row.sequence + 1
        is_decision = row.kind == EntryKind.DECISION
        if is_decision and (found := _decision(row.sequence, restorer.restore(row.entry))):
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
    new: dict[tuple[SearchTerm, int], int] = defaultdict(int)
    for one in decisions:
        block, bit = divmod(one.sequence, BLOCK)
        for term in one.terms:
            new[term, block] |= 1 << bit
    numbers = _numbers(connection, {term for term, _ in new})
    columns = decision_places.c
    blocks = {block for _, block in new}
    query = select(columns.term, columns.block, columns.places)
    query = query.where(columns.term.in_(sorted(numbers.values())), columns.block.in_(sorted(blocks)))
    stored = {(row.term, row.block): as_bytes(row.places) for row in connection.execute(query)}
    fresh, changed = list[dict[str, object]](), list[dict[str, object]]()
    for (term, block), bits in new.items():
        key = numbers[term], block
        content = to_bytes(bits | to_bits(stored.get(key, b"")))
        (changed if key in stored else fresh).append({"t": key[0], "b": block, "places": content})
    if fresh:
        rows = [{"term": row["t"], "block": row["b"], "places": row["places"]} for row in fresh]
        connection.execute(insert(decision_places), rows)
    if changed:
        change = update(decision_places).where(
            columns.term == bindparam("t"), columns.block == bindparam("b")
        )
        connection.execute(change.values(places=bindparam("places")), changed)


def _numbers(connection: Connection, terms: Iterable[SearchTerm]) -> dict[SearchTerm, int]:
    """The numbers of terms; one that is new is given the next."""
    terms = sorted(terms)
    numbers = known_numbers(connection, terms)
    new = [term for term in terms if term not in numbers]
    if new:
        last = connection.execute(select(func.max(decision_terms.c.number))).scalar() or 0
        numbers |= {term: last + place for place, term in enumerate(new, 1)}
        rows = [{"number": numbers[term], "sort": term.sort.value, "value": term.value} for term in new]
        connection.execute(insert(decision_terms), rows)
    return numbers


def known_numbers(connection: Connection, terms: Sequence[SearchTerm]) -> dict[SearchTerm, int]:
    """Return the numbers of those of the terms that some decision has."""
    columns, found = decision_terms.c, dict[SearchTerm, int]()
    for sort in {term.sort for term in terms}:
        values = [term.value for term in terms if term.sort is sort]
        query = select(columns.number, columns.value).where(columns.sort == sort, columns.value.in_(values))
        found |= {SearchTerm(sort, row.value): row.number for row in connection.execute(query)}
    return found


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


def to_bytes(bits: int) -> bytes:
    """Return the bits of a block as they are stored."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def to_bits(content: bytes) -> int:
    """Return the bits of a block that are stored so."""
    return int.from_bytes(content, "little")
