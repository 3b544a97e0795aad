"""May this subject do this to that resource? One question, or a list (AuthZEN Authorization API 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.domain.authzen.answers import EvaluationAnswer, EvaluationsAnswer
from api.domain.authzen.call_models import EvaluationCall, EvaluationsCall
from api.http.authentication.authenticate import Admitted
from api.http.openapi import answer, body, problems, reference
from api.http.request_body import read_body, read_query
from api.parsing.answers import JsonAnswer
from api.parsing.problems import Problem
from api.parsing.requests import check_value, read_open_model
from api.runtime.offload import offload_long
from api.services.authzen.evaluations import Evaluations, require_authzen
from api.services.pre_checks import PreChecks

router = APIRouter(prefix="/access/v1", tags=["authzen"])

StatedCall = TypeVar("StatedCall", bound=BaseModel)

EXAMPLE = {
    "subject": {
        "type": "mission",
        "id": "expert group on rolling mills",
        "properties": {"countries": ["KP"]},
    },
    "action": {"name": "hand_over", "properties": {"by": "receiving_department", "to": "mission"}},
    "resource": {"type": "item", "id": "1", "properties": {"kind": "drawing", "legacy_list": "none"}},
    "context": {"request_id": "desk-7/0042", "as_of": "1965-03-02", "trigger": "ad_hoc_request"},
}


@router.post(
    "/evaluation",
    summary="Answer one question",
    openapi_extra=body(reference("EvaluationCall"), EXAMPLE),
    responses=answer("The decision; a refusal is one too", EvaluationAnswer) | problems(400, 404, 413, 503),
)
async def evaluation(request: Request, caller: Admitted) -> Response:
    """Answer once the decision is recorded."""
    call = await read_question(request, EvaluationCall)
    return written(await Evaluations(pre_checks_of(request)).evaluate(call, caller))


@router.post(
    "/evaluations",
    summary="Answer a list of questions",
    openapi_extra=body(
        reference("EvaluationsCall"), {**EXAMPLE, "evaluations": [{"resource": {"type": "item", "id": "2"}}]}
    ),
    responses=answer("The decisions, in order", EvaluationsAnswer | EvaluationAnswer)
    | problems(400, 404, 413, 503),
)
async def evaluations(request: Request, caller: Admitted) -> Response:
    """Answer once the decisions are recorded; without a list, as one question is answered."""
    evaluated = Evaluations(pre_checks_of(request))
    call = await read_question(request, EvaluationsCall)
    if call.evaluations:
        return written(EvaluationsAnswer(evaluations=tuple(await evaluated.evaluate_all(call, caller))))
    one = check_value(dict(call.defaults), EvaluationCall)
    if isinstance(one, Problem):
        evaluated.pre_checks.refuse(one)
    return written(await evaluated.evaluate(one, caller))


def pre_checks_of(request: Request) -> PreChecks:
    """Return what decides the questions of an application."""
    pre_checks: PreChecks = request.app.state.pre_checks
    return pre_checks


async def read_question(request: Request, model: type[StatedCall]) -> StatedCall:
    """Return what a call states, if the policies in force read calls of AuthZEN at all. Raises `ProblemError`."""
    return await read_question_in(request, await read_content(request, model), model)


async def read_content(request: Request, model: type[BaseModel]) -> bytes:
    """Return the body of a call, if the policies in force read calls of AuthZEN at all. Raises `ProblemError`."""
    context = pre_checks_of(request).context
    require_authzen(context.policies.current.policies)
    read_query(request, set())
    settings = context.settings
    most = settings.max_list_bytes if model is EvaluationsCall else settings.max_body_bytes
    return await read_body(request.scope, request.receive, most)


async def read_question_in(request: Request, content: bytes, model: type[StatedCall]) -> StatedCall:
    """Return what the body of a call states. Raises `ProblemError`."""
    read = await offload_long(len(content), read_open_model, content, model)
    if isinstance(read, Problem):
        pre_checks_of(request).refuse(read)
    return read


def written(answered: JsonAnswer, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer in JSON."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    return Response(answered.to_bytes(), status, media_type="application/json", headers=sent)
