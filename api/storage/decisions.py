"""The decisions in the log, by what they are about."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.domain.reconciliation import FirstAsked
from api.ledger.deduplication import Unfolding
from api.ledger.entries import Entry, EntryKind
from api.ledger.tables import log_entries


def first_decisions(connection: Connection) -> FirstAsked:
    """Return the place of the first decision about each request of each department."""
    query = select(log_entries.c.sequence, log_entries.c.entry)
    query = query.where(log_entries.c.kind == EntryKind.DECISION).order_by(log_entries.c.sequence)
    first: dict[tuple[str | None, str | None], int] = {}
    unfolding = Unfolding(connection)
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        members = Entry.from_bytes(unfolding.unfold(bytes(row.entry))).members
        first.setdefault((members["department"], members["request_id"]), row.sequence)
    return first
