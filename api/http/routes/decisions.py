"""Decisions that were given, byte for byte."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import answer, problems
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.decision_queries import show_decision
from engine import Decision

router = APIRouter(prefix="/v1", tags=["decisions"])


@router.get(
    "/decisions/{decision_id}",
    summary="Read a decision again",
    responses=answer("The decision, exactly as it was given", Decision) | problems(404, 503),
)
async def read_decision(request: Request, decision_id: str, caller: Admitted) -> Response:
    """Return the stored bytes. For a department, a decision about another one is not there."""
    stored = await show_decision(context_of(request), decision_id, caller.department)
    if stored is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No decision has this id."))
    return Response(stored, media_type="application/json")
