"""Cases: opened and read, and their facts recorded."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.domain.cases.answers import CaseAcknowledgement, CaseAnswer, QueueAnswer
from api.http.authentication.authenticate import Admitted, context_of
from api.http.conditional import read_if_match
from api.http.idempotency import created, read_call
from api.http.openapi import (
    DAY_SCHEMA,
    EXAMPLE_REQUEST,
    NAME_SCHEMA,
    RECORDING,
    TIME_SCHEMA,
    answer,
    body,
    paging_parameters,
    parameter,
    problems,
    recorded,
    reference,
)
from api.http.request_body import read_query
from api.parsing.entity_tags import MAX_TAGS, TAGS_FORM
from api.services.case_openings import open_case
from api.services.case_queries import DEADLINE, QUEUE, TIMES, show_case, show_queue
from api.services.cases import record_facts
from api.services.paging import CASES

router = APIRouter(prefix="/v1", tags=["cases"])

_EXAMPLE_FACTS = {
    "facts": [
        {
            "fact": "item.channel.consultation",
            "line": 1,
            "value": "agreed",
            "happened_on": "1965-03-05",
            "evidence": "note no. 12",
        }
    ]
}


_TAGS = {"type": "string", "pattern": f"^{TAGS_FORM}$", "minLength": 1, "maxLength": MAX_TAGS}
_IF_MATCH = parameter("If-Match", "header", _TAGS, required=True)
_TIMES = [parameter("held_on", "query", DAY_SCHEMA), parameter("known_at", "query", TIME_SCHEMA)]
_SELECTION = [
    parameter("waiting_for", "query", NAME_SCHEMA),
    parameter("sort", "query", {"type": "string", "enum": [DEADLINE]}),
    *paging_parameters(CASES),
]


@router.post(
    "/cases",
    status_code=201,
    summary="Open a case",
    openapi_extra=body({"oneOf": [reference("Request"), reference("CaseStatement")]}, EXAMPLE_REQUEST)
    | {"parameters": RECORDING},
    responses=recorded("The case is open", CaseAcknowledgement) | problems(400, 404, 409, 413, 503),
)
async def post_case(request: Request, caller: Admitted) -> Response:
    """Open a case with the facts of a request, or of that of a decision, which happened on its `as_of`, or today."""
    call = await read_call(request, caller)
    return created(call, await open_case(context_of(request), call))


@router.get(
    "/cases",
    summary="Read the queue of cases",
    openapi_extra={"parameters": _TIMES + _SELECTION},
    responses=answer("The cases the caller may know of", QueueAnswer) | problems(400, 503),
)
async def get_cases(request: Request, caller: Admitted) -> Response:
    """Return the cases, those that wait for one party alone if asked, the nearest deadline first if asked."""
    content = await show_queue(context_of(request), caller, read_query(request, QUEUE))
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/cases/{case_id}",
    summary="Read a case",
    openapi_extra={"parameters": _TIMES},
    responses=answer("The case; its ETag is its version", CaseAnswer) | problems(400, 404, 503),
)
async def get_case(request: Request, case_id: str, caller: Admitted) -> Response:
    """Return facts, decision, open duties and history: of now, or what held and was known at other times."""
    found = await show_case(context_of(request), case_id, caller, read_query(request, TIMES))
    tag = {} if found.version is None else {"ETag": f'"{found.version}"'}
    return Response(
        found.content, media_type="application/json", headers={"Cache-Control": "no-store", **tag}
    )


@router.post(
    "/cases/{case_id}/facts",
    status_code=201,
    summary="Record facts of a case",
    openapi_extra=body(reference("FactStatements"), _EXAMPLE_FACTS) | {"parameters": [*RECORDING, _IF_MATCH]},
    responses=recorded("Every fact is recorded", CaseAcknowledgement)
    | problems(400, 404, 409, 412, 413, 428, 503),
)
async def post_facts(request: Request, case_id: str, caller: Admitted) -> Response:
    """Record facts, all or none, if the case still has the version that the caller has seen."""
    call = await read_call(request, caller)
    return created(call, await record_facts(context_of(request), call, case_id, read_if_match(request)))
