"""What does not agree, as an answer."""

from __future__ import annotations

import datetime as dt

from api.domain.dues.answers import DueAnswer
from api.domain.dues.due_view import due_answer
from api.domain.handovers.answers import GroundAnswer
from api.domain.handovers.clearance import Clearance
from api.domain.handovers.handover import (
    HandoverStatus,
    RecordedHandover,
)
from api.domain.reconciliation import Reconciliation
from api.parsing.answers import JsonAnswer


class FoundHandover(JsonAnswer):
    """A handover that does not agree."""

    handover_id: str
    status: HandoverStatus
    department: str | None = None
    request_id: str | None = None
    handed_over_on: dt.date
    recorded_by: str
    grounds: tuple[GroundAnswer, ...]


class FoundClearance(JsonAnswer):
    """A clearance that nobody has used."""

    clearance_id: str
    decision_id: str
    department: str | None = None
    lines: tuple[str, ...]
    valid_until: dt.date


class ReconciliationAnswer(JsonAnswer):
    """What does not agree on a day; what lies before the instruction and what is still valid are no findings."""

    as_of: dt.date
    findings: int
    breaches: tuple[FoundHandover, ...]
    without_pre_check: tuple[FoundHandover, ...]
    expired_unused: tuple[FoundClearance, ...]
    overdue: tuple[DueAnswer, ...]
    before_instruction: tuple[FoundHandover, ...]
    valid_unused: tuple[FoundClearance, ...]


def reconciliation_answer(found: Reconciliation) -> ReconciliationAnswer:
    """Return what does not agree."""
    return ReconciliationAnswer(
        as_of=found.day,
        findings=found.findings,
        breaches=tuple(map(_handover, found.breaches)),
        without_pre_check=tuple(map(_handover, found.without_pre_check)),
        expired_unused=tuple(map(_clearance, found.expired)),
        overdue=tuple(map(due_answer, found.overdue)),
        before_instruction=tuple(map(_handover, found.to_be_listed)),
        valid_unused=tuple(map(_clearance, found.still_valid)),
    )


def _handover(handover: RecordedHandover) -> FoundHandover:
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
