"""Failures as problem answers, for the routes and the fast path alike."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from api.ledger.database import StoreUnavailable
from api.parsing.problems import (
    MEDIA_TYPE,
    Problem,
    ProblemError,
    ProblemKind,
    make_problem,
    not_recorded_problem,
)
from api.runtime.loggers import get_logger

RETRY_AFTER_SECONDS = "5"
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": RETRY_AFTER_SECONDS}}

log = get_logger()


def problem_of(error: BaseException) -> Problem:
    """Return the problem to answer; an unexpected failure is logged."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, StoreUnavailable):
        log.error("decision_log_unavailable", reason=str(error))
        return not_recorded_problem()
    log.error("call_failed", exc_info=error)
    return make_problem(ProblemKind.INTERNAL, "Hand nothing over; the failure was logged.")


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the HTTP answer for a problem; a 503 says when to try again, a 401 what to send."""
    added = _HEADERS.get(problem.status, {})
    return Response(problem.to_json(), problem.status, {**added, **(headers or {})}, MEDIA_TYPE)
