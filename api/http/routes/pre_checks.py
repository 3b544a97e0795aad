"""May this item go to this mission by this route now? One request, or a list."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.authentication.authenticate import Admitted, service_of
from api.http.openapi import EXAMPLE_REQUEST, answer, body, parameter, problems, reference
from api.http.request_body import read_body, read_query
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.services.explained import ExplainedDecision
from engine import Decision

router = APIRouter(prefix="/v1", tags=["pre-checks"])

_EXPLAIN = {
    **parameter("explain", "query", {"type": "string", "enum": ["full"]}),
    "description": "`full` adds the member `explanation` to the answer; what is recorded stays the same",
}


@router.post(
    "/pre-check",
    summary="Decide one request",
    openapi_extra=body(reference("Request"), EXAMPLE_REQUEST) | {"parameters": [_EXPLAIN]},
    responses=answer("The decision; a refusal is a decision too", Decision | ExplainedDecision)
    | problems(400, 413, 503),
)
async def pre_check(request: Request, caller: Admitted) -> Response:
    """Answer once the decision is recorded."""
    service = service_of(request)
    explained = _is_explained(read_query(request, {"explain"}))
    received = await read_body(request.scope, request.receive, service.settings.max_body_bytes)
    decided = service.explain_one if explained else service.decide_one
    return Response(await decided(received, caller), media_type="application/json")


def _is_explained(asked: dict[str, str]) -> bool:
    if asked.get("explain", "full") != "full":
        raise ProblemError(
            make_problem(ProblemKind.INVALID_REQUEST, "The parameter `explain` is `full`, or left out.")
        )
    return bool(asked)


@router.post(
    "/pre-checks",
    summary="Decide a list of requests",
    openapi_extra=body({"type": "array", "items": reference("Request")}, [EXAMPLE_REQUEST]),
    responses=answer("A decision or a problem for each request, in order", list[Decision | Problem])
    | problems(400, 413, 503),
)
async def pre_checks(request: Request, caller: Admitted) -> Response:
    """Answer once every decision of the list is recorded; a malformed entry does not stop the others."""
    service = service_of(request)
    read_query(request, set())
    received = await read_body(request.scope, request.receive, service.settings.max_list_bytes)
    return Response(await service.decide_many(received, caller), media_type="application/json")
