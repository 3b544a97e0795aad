"""Recorded decisions, read from the log."""

from __future__ import annotations

from api.domain.decision_record import DecisionRecord
from api.ledger.entries import DECISION
from api.ledger.reader import find_decision
from api.services.context import Context


async def show_decision(context: Context, decision_id: str, department: str | None) -> bytes | None:
    """Return a decision exactly as it was answered; with `department`, only if it is about that one.

    Raises StoreUnavailable.
    """
    found = await context.store.read(lambda connection: find_decision(connection, decision_id))
    if found is None:
        return None
    about = DecisionRecord.from_members(found.members).department
    return found.payloads[DECISION] if department in (None, about) else None
