"""May this item go to this mission by this route now? One request, or a list."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from api.http.authentication.authenticate import Admitted
from api.http.languages import ACCEPT_LANGUAGE, read_language, respond, worded
from api.http.openapi import EXAMPLE_REQUEST, Responses, body, parameter, problems, reference
from api.http.request_body import read_body, read_query, wait_until_left
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_request, read_requests
from api.runtime.offload import offload_long
from api.services.pre_checks import PreChecks
from engine import PolicySet, Vocabulary

_EXPLAIN = {
    **parameter("explain", "query", {"type": "string", "enum": ["full"]}),
    "description": "`full` adds the member `explanation` to the answer; what is recorded stays the same",
}


async def pre_check(request: Request, caller: Admitted) -> Response:
    """Answer once the decision is recorded."""
    pre_checks = _pre_checks_of(request)
    explained = _is_explained(read_query(request, {"explain"}))
    policies = _policies_of(pre_checks)
    language = read_language(request, policies)
    content = await read_body(request.scope, request.receive, pre_checks.context.settings.max_body_bytes)
    received = await offload_long(len(content), read_request, content, _vocabulary_of(pre_checks))
    if isinstance(received, Problem):
        pre_checks.refuse(received)
    if explained:
        decision = await pre_checks.explain(*received, caller, partial(wait_until_left, request.receive))
    else:
        decision = await pre_checks.decide(*received, caller)
    if decision is None:
        raise ClientDisconnect
    return respond(worded(decision, policies, language), language)


def _pre_checks_of(request: Request) -> PreChecks:
    pre_checks: PreChecks = request.app.state.pre_checks
    return pre_checks


def _policies_of(pre_checks: PreChecks) -> PolicySet:
    return pre_checks.context.policies.current.policies


def _vocabulary_of(pre_checks: PreChecks) -> Vocabulary:
    return _policies_of(pre_checks).vocabulary


def _is_explained(query: dict[str, str]) -> bool:
    if query.get("explain", "full") != "full":
        raise ProblemError(
            make_problem(ProblemKind.INVALID_REQUEST, "The parameter `explain` is `full`, or left out.")
        )
    return bool(query)


async def pre_checks(request: Request, caller: Admitted) -> Response:
    """Answer once every decision of the list is recorded; a malformed entry does not stop the others."""
    pre_checks = _pre_checks_of(request)
    settings = pre_checks.context.settings
    read_query(request, set())
    policies = _policies_of(pre_checks)
    language = read_language(request, policies)
    content = await read_body(request.scope, request.receive, settings.max_list_bytes)
    received = await offload_long(
        len(content), read_requests, content, settings.max_entries, _vocabulary_of(pre_checks)
    )
    if isinstance(received, Problem):
        pre_checks.refuse(received)
    answers = await pre_checks.decide_all(received, caller)
    parts = (
        answer.to_json() if isinstance(answer, Problem) else worded(answer, policies, language)
        for answer in answers
    )
    return respond(b"[" + b",".join(parts) + b"]", language)


_LIST = {"type": "array", "items": {"anyOf": [reference("Request"), {}]}}
"""Whatever an entry is, it spoils no other: one that is no request gets its own problem."""


def routes_of_pre_checks(one: Responses, several: Responses) -> APIRouter:
    """Return the two calls, with what the OpenAPI document says of an answer to one request and to a list."""
    router = APIRouter(prefix="/v1", tags=["pre-checks"])
    router.post(
        "/pre-check",
        summary="Decide one request",
        openapi_extra=body(reference("Request"), EXAMPLE_REQUEST)
        | {"parameters": [_EXPLAIN, ACCEPT_LANGUAGE]},
        responses=one | problems(400, 413, 503),
    )(pre_check)
    router.post(
        "/pre-checks",
        summary="Decide a list of requests",
        openapi_extra=body(_LIST, [EXAMPLE_REQUEST]) | {"parameters": [ACCEPT_LANGUAGE]},
        responses=several | problems(400, 413, 503),
    )(pre_checks)
    return router


router = routes_of_pre_checks({}, {})
"""The calls as they are answered from the start on; their document needs the models of all that is answered."""
