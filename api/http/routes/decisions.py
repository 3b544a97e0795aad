"""Decisions that were given: the recorded bytes, with what they are about."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.authentication.authenticate import Admitted, context_of
from api.http.languages import ACCEPT_LANGUAGE, read_language, respond, worded
from api.http.openapi import answer, problems
from api.services.answered import AnsweredDecision
from api.services.decision_queries import show_decision

router = APIRouter(prefix="/v1", tags=["decisions"])


@router.get(
    "/decisions/{decision_id}",
    summary="Read a decision again",
    openapi_extra={"parameters": [ACCEPT_LANGUAGE]},
    responses=answer("The decision as it was recorded, and what it is about", AnsweredDecision)
    | problems(404, 503),
)
async def read_decision(request: Request, decision_id: str, caller: Admitted) -> Response:
    """Return the answer. For a department, a decision about another one is not there."""
    context = context_of(request)
    policies = context.policies.current.policies
    language = read_language(request, policies)
    content = await show_decision(context, decision_id, caller)
    return respond(worded(content, policies, language), language)
