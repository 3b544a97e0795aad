"""Handovers, transfers, clearances and what does not agree, as answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.domain.handovers.answers import GroundAnswer, HandoverAnswer, TransferAnswer, WithdrawalAnswer
from api.domain.handovers.corrections import Correction
from api.domain.handovers.handover import Ground, HandoverStatement, RecordedHandover, Transfer


def handover_content(
    found: Mapping[str, Any], stated: HandoverStatement, decision: Mapping[str, Any]
) -> dict[str, Any]:
    """Return, as plain data, what is stored and reported of a handover: findings, statement, decision."""
    body = stated.model_dump(exclude_none=True, exclude={*found, "clearance"})
    present = {name: value for name, value in found.items() if value is not None}
    return HandoverAnswer(**present, **body, decision=decision).to_plain_data()


def handover_data(
    handover: RecordedHandover,
    transfer: Transfer | None,
    correction: Correction | None,
    withdrawal: WithdrawalAnswer | None,
) -> dict[str, Any]:
    """Return the answer about a recorded handover, with its transfer and its correction, if these are there."""
    with_transfer = {"transfer": transfer_answer(transfer).to_plain_data()} if transfer else {}
    later = correction.superseded_by if correction else None
    with_correction = {"superseded_by": later} if later else {}
    with_withdrawal = {"withdrawn": withdrawal.to_plain_data()} if withdrawal else {}
    return {**handover.content, **with_correction, **with_withdrawal, **with_transfer}


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
