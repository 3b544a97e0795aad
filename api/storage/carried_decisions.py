"""The decisions that a log is continued with, since records rest on them, and the tables made from decisions."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import Connection, select

from api.ledger.stored_entries import find_decision_row
from api.storage.console_tables import (
    decision_days,
    decision_index,
    decision_places,
    decision_rows,
    decision_terms,
)
from api.storage.decisions import first_decisions
from api.storage.tables import clearances, handovers, urgencies

REBUILT = frozenset(
    table.name for table in (decision_index, decision_rows, decision_terms, decision_places, decision_days)
)
"""The index of decisions: it is made anew from those that are there."""


def decisions_in_use(connection: Connection) -> Set[int]:
    """Return the places of the decisions of clearances, of urgent requests, and of the handovers recorded so far.

    A handover counts as pre-checked by the first decision about its request.
    """
    cleared = connection.execute(select(clearances.c.decision_id).distinct()).scalars().all()
    decided = (find_decision_row(connection, decision_id) for decision_id in cleared)
    found = {row.sequence for row in decided if row is not None}
    found |= set(connection.execute(select(urgencies.c.sequence)).scalars())
    query = select(handovers.c.request_id).where(handovers.c.request_id.is_not(None)).distinct()
    requests = set(connection.execute(query).scalars())
    firsts = first_decisions(connection, requests) if requests else {}
    return found | set(firsts.values())
