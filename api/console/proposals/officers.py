"""Which officer a visitor is."""

from __future__ import annotations

from api.console.frame.visits import Visit
from api.domain.approvals.approvers import Officer
from api.domain.approvals.history import ApprovalHistory
from api.parsing.problems import ProblemError
from api.services.proposals.officers import calling_officer


def find_officer(visit: Visit, history: ApprovalHistory) -> Officer | None:
    """Return the officer who visits; None for anybody else, who may look on."""
    try:
        return calling_officer(history, visit.caller)
    except ProblemError:
        return None
