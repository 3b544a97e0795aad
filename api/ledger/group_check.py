"""The check of groups of decisions beside that of their bytes: each is found by its ids, and no id is there twice.

A row of `log_entries` is unique by the id of its decision. Of a group nothing holds that while it is written: ids are
74 random bits beside their time, and this check finds a second one. It reads the groups in the order of their ids, so
that only those are held that can have an id of the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from api.ledger.decision_groups import MOST_MILLISECONDS, id_bytes, milliseconds_between, read_head, unpack
from api.ledger.deduplication import as_bytes, own_bytes
from api.ledger.entries import EntryKind
from api.ledger.stored_entries import has_groups
from api.ledger.tables import decision_groups, log_entries

BATCH = 32
_OTHER = re.compile(rb'\{"kind":"(?!decision")')


def find_group_faults(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with groups whose bytes are those that were recorded."""
    if not has_groups(connection):
        return
    check = _GroupCheck(connection)
    query = select(decision_groups).order_by(decision_groups.c.lowest_id, decision_groups.c.first)
    with connection.execute(query, execution_options={"yield_per": BATCH}) as groups:
        for group in groups:
            ids = dict[str, int]()
            entries = unpack(group.first, group.last, group.leaves, group.content)
            for sequence, stored, _ in entries:
                if head := read_head(stored):
                    ids[head[0]] = sequence
                elif _OTHER.match(own_bytes(stored)):
                    yield f"entry {sequence}: it stands among decisions, and is none; it was moved there"
            if len(ids) == len(entries):
                ends = as_bytes(group.lowest_id), as_bytes(group.highest_id)
                yield from check.compare(group.first, ends, ids)


@dataclass(slots=True)
class _GroupCheck:
    """The groups read so far whose ids the next one can have: the highest id of each, and the places by id."""

    connection: Connection
    _open: list[tuple[bytes, Mapping[str, int]]] = field(default_factory=list)

    def compare(self, first: int, ends: tuple[bytes, bytes], ids: Mapping[str, int]) -> Iterator[str]:
        """Yield what is wrong with the ids of a group, which is the next by its lowest one."""
        plain = [id_bytes(decision_id) or b"" for decision_id in ids]
        found = min(plain), max(plain)
        if b"" in plain or milliseconds_between(*found) > MOST_MILLISECONDS:
            yield f"decision_groups (first {first}): no group has such ids; the row was altered"
        for name, stored, expected in zip(("lowest_id", "highest_id"), ends, found, strict=True):
            if stored != expected:
                yield (
                    f"decision_groups (first {first}): `{name}` is not that of its entries; the row was altered"
                )
        self._open = [one for one in self._open if one[0] >= found[0]]
        for before in (*(places for _, places in self._open), self._rows_with(ids)):
            for decision_id in sorted(before.keys() & ids.keys()):
                yield f"entry {ids[decision_id]}: it has the id of entry {before[decision_id]}; one is a copy"
        self._open.append((found[1], ids))

    def _rows_with(self, ids: Mapping[str, int]) -> Mapping[str, int]:
        columns = log_entries.c
        query = select(columns.key, columns.sequence)
        query = query.where(columns.kind == EntryKind.DECISION, columns.key.in_(list(ids)))
        return {row.key: row.sequence for row in self.connection.execute(query)}
