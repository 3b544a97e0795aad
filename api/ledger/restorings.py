"""The mark of a ledger that was restored from a backup: what was recorded after the backup is not in it.

The table is made by restoring alone, and belongs to no revision of the tables; a backup does not have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from api.ledger.tables import LONG

_restorings = Table(
    "restorings",
    MetaData(),
    Column("entries", LONG, primary_key=True, autoincrement=False),
    Column("taken_at", Text, nullable=False),
    Column("mark", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Restoring:
    """A ledger was restored as it was at a time, with so many entries; `mark` is that of no other restoring."""

    entries: int
    taken_at: datetime
    mark: str


def mark_restored(connection: Connection, entries: int, taken_at: str) -> None:
    """Mark a ledger as restored from a backup taken at a time."""
    _restorings.create(connection)
    connection.execute(insert(_restorings), {"entries": entries, "taken_at": taken_at, "mark": token_hex(32)})


def copy_restoring(source: Connection, target: Connection) -> None:
    """Mark the ledger at `target` as restored if the one at `source` is, by the same mark."""
    if inspect(source).has_table(_restorings.name):
        _restorings.create(target)
        target.execute(
            insert(_restorings), [dict(row) for row in source.execute(select(_restorings)).mappings()]
        )


def find_restoring(connection: Connection) -> Restoring | None:
    """Return how the ledger was restored; None for one that never was."""
    if not inspect(connection).has_table(_restorings.name):
        return None
    row = connection.execute(select(_restorings)).one()
    return Restoring(row.entries, datetime.fromisoformat(row.taken_at), row.mark)
