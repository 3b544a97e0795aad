"""Which subjects, resources or actions the answer is yes for (AuthZEN Authorization API 1.0)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.domain.authzen.call_models import ActionSearchCall, ResourceSearchCall, SubjectSearchCall
from api.domain.authzen.searches import ActionSearchAnswer, EntitySearchAnswer
from api.http.authentication.authenticate import Admitted
from api.http.openapi import answer, body, problems, reference
from api.http.routes.authzen.evaluations import EXAMPLE, pre_checks_of, read_question, written
from api.services.authzen.searches import Searches

router = APIRouter(prefix="/access/v1/search", tags=["authzen"])

_PROBLEMS = problems(400, 404, 413, 503)
_ACTION_EXAMPLE = {name: part for name, part in EXAMPLE.items() if name != "action"}


@router.post(
    "/subject",
    summary="Find subjects",
    openapi_extra=body(reference("SubjectSearchCall"), EXAMPLE),
    responses=answer("The subjects that may do it", EntitySearchAnswer) | _PROBLEMS,
)
async def find_subjects(request: Request, caller: Admitted) -> Response:
    """Answer once every decision that the page rests on is recorded."""
    call = await read_question(request, SubjectSearchCall)
    return written(await Searches(pre_checks_of(request)).find_subjects(call, caller))


@router.post(
    "/resource",
    summary="Find resources",
    openapi_extra=body(reference("ResourceSearchCall"), EXAMPLE),
    responses=answer("The resources it may be done to", EntitySearchAnswer) | _PROBLEMS,
)
async def find_resources(request: Request, caller: Admitted) -> Response:
    """Answer once every decision that the page rests on is recorded."""
    call = await read_question(request, ResourceSearchCall)
    return written(await Searches(pre_checks_of(request)).find_resources(call, caller))


@router.post(
    "/action",
    summary="Find actions",
    openapi_extra=body(reference("ActionSearchCall"), _ACTION_EXAMPLE),
    responses=answer("The actions that may be done", ActionSearchAnswer) | _PROBLEMS,
)
async def find_actions(request: Request, caller: Admitted) -> Response:
    """Answer once every decision that the page rests on is recorded."""
    call = await read_question(request, ActionSearchCall)
    return written(await Searches(pre_checks_of(request)).find_actions(call, caller))
