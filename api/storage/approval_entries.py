"""The entries of the log that may be about approvals; whether any is, without what it takes to understand them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.ledger.deduplication import TextRestorer, as_bytes
from api.ledger.entries import Entry, EntryKind
from api.ledger.tables import log_entries

BY, CAUSE, APPROVALS, ENGINE, DAY = "by", "cause", "approvals", "engine", "day"
"""The members of the entry of policies that came into force by approvals: why, by which statement (its digest), the
places of the approvals that counted, and the engine and the day that they were counted with.
"""

STATED = frozenset({EntryKind.APPROVALS_FOUNDED, EntryKind.PROPOSAL, EntryKind.OFFICER_STATEMENT})
"""The kinds of entries that hold a statement of an officer."""
_KINDS = STATED | {EntryKind.PROPOSAL_EVIDENCE, EntryKind.POLICIES}


def approval_entries(connection: Connection, after: int = -1) -> list[tuple[int, Entry]]:
    """Return the entries behind a place that may be about approvals, each with its place.

    Raises ValueError for an altered log.
    """
    query = (
        select(log_entries.c.sequence, log_entries.c.entry)
        .where(log_entries.c.kind.in_(sorted(_KINDS)), log_entries.c.sequence > after)
        .order_by(log_entries.c.sequence)
    )
    rows = connection.execute(query).all()
    if not rows:
        return []
    restorer = TextRestorer(connection)
    return [(sequence, Entry.from_bytes(restorer.restore(as_bytes(stored)))) for sequence, stored in rows]


def mentions_approvals(connection: Connection) -> bool:
    """Whether any entry is about approvals. Raises ValueError for an altered log."""
    return any(
        entry.kind is not EntryKind.POLICIES or BY in entry.members
        for _, entry in approval_entries(connection)
    )
