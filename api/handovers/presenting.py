"""Handovers, transfers, clearances and what does not agree, as answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.domain.handovers.clearance import Clearance
from api.domain.handovers.handover import Ground, Handover, HandoverStatement, Transfer
from api.domain.reconciliation import Reconciliation
from api.handovers.answers import (
    FoundClearance,
    FoundHandover,
    GroundAnswer,
    HandoverAnswer,
    ReconciliationAnswer,
    TransferAnswer,
)
from api.services.register_views import due_answer


def handover_content(
    found: Mapping[str, Any], stated: HandoverStatement, decision: Mapping[str, Any]
) -> dict[str, Any]:
    """Return, as plain data, what is kept and told of a handover: what was found, what was stated, the decision."""
    body = stated.model_dump(exclude_none=True, exclude={*found, "clearance"})
    present = {name: value for name, value in found.items() if value is not None}
    return HandoverAnswer(**present, **body, decision=decision).to_plain_data()


def handover_data(handover: Handover, transfer: Transfer | None) -> dict[str, Any]:
    """Return what is told of a handover as it was recorded, with its transfer if that has been recorded."""
    told = {"transfer": transfer_answer(transfer).to_plain_data()} if transfer else {}
    return {**handover.content, **told}


def transfer_answer(transfer: Transfer) -> TransferAnswer:
    """Return a transfer; a reference that was erased is null."""
    return TransferAnswer(**transfer_members(transfer))


def transfer_members(transfer: Transfer) -> dict[str, Any]:
    """Return the members that a transfer has in every answer."""
    return {
        "recorded_on": transfer.recorded_on,
        "reference": transfer.reference or None,
        "recorded_at": transfer.recorded_at,
        "recorded_by": transfer.recorded_by,
    }


def ground_answer(ground: Ground) -> GroundAnswer:
    """Return a ground with its clause."""
    return GroundAnswer(code=ground.code, detail=ground.detail, clause=ground.clause)


def reconciliation_answer(found: Reconciliation) -> ReconciliationAnswer:
    """Return what does not agree."""
    return ReconciliationAnswer(
        as_of=found.day,
        findings=found.findings,
        breaches=tuple(map(_handover, found.breaches)),
        without_pre_check=tuple(map(_handover, found.not_asked)),
        expired_unused=tuple(map(_clearance, found.expired)),
        overdue=tuple(map(due_answer, found.overdue)),
        before_instruction=tuple(map(_handover, found.to_be_listed)),
        valid_unused=tuple(map(_clearance, found.still_valid)),
    )


def _handover(handover: Handover) -> FoundHandover:
    return FoundHandover(
        handover_id=handover.handover_id,
        status=handover.status,
        department=handover.department or None,
        request_id=handover.request_id or None,
        handed_over_on=handover.handed_over_on,
        recorded_by=handover.recorded_by,
        grounds=handover.content["grounds"],
    )


def _clearance(clearance: Clearance) -> FoundClearance:
    return FoundClearance(
        clearance_id=clearance.clearance_id,
        decision_id=clearance.decision_id,
        department=clearance.department or None,
        lines=tuple(item.line for item in clearance.items),
        valid_until=clearance.valid_until,
    )
