"""The pages printed from the registers, as HTML that needs nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from api.domain.dues.find_dues import DueRecords
from api.files.pages.drafts import NothingToPrint
from api.files.pages.printing import Origin, PageKind, PageRequest, print_page
from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import NAME_SCHEMA, SESSION_SCHEMA, parameter, problems
from api.http.register_schemas import register_problems
from api.http.request_body import read_query
from api.ledger.reader import newest_entry
from api.parsing.fields import COUNTRY_SCHEMA
from api.parsing.parameters import country_parameter, name_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.register_event_queries import invalid_query, read_session
from api.services.required_registers import require_registers
from api.storage.due_records import load_due_records

if TYPE_CHECKING:
    from sqlalchemy import Connection

router = APIRouter(prefix="/v1/registers/pages", tags=["registers"])

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}}
}
_PROBLEMS = register_problems(400, 503) | {
    409: {**problems(409)[409], "description": "There is nothing to print"}
}
_COUNTRY = parameter("country", "query", COUNTRY_SCHEMA)
_SESSION = parameter("session", "query", SESSION_SCHEMA, required=True)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


@router.get(
    "/confirmation-list",
    summary="Print the list for confirmation",
    openapi_extra={"parameters": [parameter("list_id", "query", NAME_SCHEMA), _COUNTRY]},
    responses=_PAGE | _PROBLEMS,
    response_class=Response,
)
async def get_confirmation_list(request: Request, caller: Admitted) -> Response:
    """Return the pending items that wait for an answer, with places to tick."""
    query = read_query(request, frozenset({"list_id", "country"}))
    page_request = PageRequest(
        PageKind.CONFIRMATION_LIST,
        list_id=name_parameter(query, "list_id"),
        country=country_parameter(query, "country"),
    )
    return await _print(request, page_request)


@router.get(
    "/agenda",
    summary="Print the agenda of a session",
    openapi_extra={"parameters": [_SESSION, _COUNTRY]},
    responses=_PAGE | _PROBLEMS,
    response_class=Response,
)
async def get_agenda(request: Request, caller: Admitted) -> Response:
    """Return what must be put to a session: lists, agreed projects, what is separate, open confirmations."""
    return await _print(request, _of_session(request, PageKind.AGENDA))


@router.get(
    "/memorandum",
    summary="Print the draft of a memorandum",
    openapi_extra={"parameters": [_SESSION, _COUNTRY]},
    responses=_PAGE | _PROBLEMS,
    response_class=Response,
)
async def get_memorandum(request: Request, caller: Admitted) -> Response:
    """Return the memorandum about the lists that a closed session left out."""
    return await _print(request, _of_session(request, PageKind.MEMORANDUM))


def _of_session(request: Request, kind: PageKind) -> PageRequest:
    query = read_query(request, frozenset({"session", "country"}))
    if "session" not in query:
        raise invalid_query("Name the session, such as `?session=8`.")
    return PageRequest(
        kind, session=read_session(query["session"]), country=country_parameter(query, "country")
    )


async def _print(request: Request, page_request: PageRequest) -> Response:
    context = context_of(request)
    policies = context.policies.current.policies
    require_registers(policies)

    def query(connection: Connection) -> tuple[DueRecords, int | None]:
        return load_due_records(connection), newest_entry(connection)

    records, entry = await context.store.read(query)
    origin = Origin(records, entry, policies, context.clock())
    try:
        page = await asyncio.to_thread(print_page, page_request, origin)
    except NothingToPrint as reason:
        raise ProblemError(make_problem(ProblemKind.NOTHING_TO_PRINT, str(reason))) from reason
    return Response(page, media_type="text/html", headers=_HEADERS)
