"""The first decisions in the log about each request."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.domain.reconciliation import FirstDecisions
from api.ledger.deduplication import TextRestorer
from api.ledger.entries import Entry, EntryKind
from api.ledger.tables import log_entries


def first_decisions(connection: Connection) -> FirstDecisions:
    """Return the place of the first decision about each request of each department."""
    query = select(log_entries.c.sequence, log_entries.c.entry)
    query = query.where(log_entries.c.kind == EntryKind.DECISION).order_by(log_entries.c.sequence)
    first: dict[tuple[str | None, str | None], int] = {}
    restorer = TextRestorer(connection)
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        members = Entry.from_bytes(restorer.restore(bytes(row.entry))).members
        first.setdefault((members["department"], members["request_id"]), row.sequence)
    return first
