"""What a failed call is answered, whichever way it came."""

from __future__ import annotations

import structlog

from api.ledger.databases import StoreUnavailable
from api.problems import Problem, ProblemError, ProblemKind, make_problem

log = structlog.get_logger()


def problem_of(error: BaseException) -> Problem:
    """Return the problem to answer; a failure that is nobody's answer is logged."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, StoreUnavailable):
        log.error("decision_log_unavailable", reason=str(error))
        return not_recorded()
    log.error("call_failed", exc_info=error)
    return make_problem(ProblemKind.INTERNAL, "Hand nothing over; the failure was logged.")


def not_recorded(request_id: str | None = None) -> Problem:
    """Return the problem of a log that cannot be written or read."""
    return make_problem(
        ProblemKind.NOT_RECORDED, "Hand nothing over; ask again in a few seconds.", request_id=request_id
    )
