"""What happens to the registers: events recorded and read, and sessions."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.domain.dues.answers import SessionAnswer
from api.domain.registers.answers import EventAcknowledgement, EventsAnswer
from api.domain.registers.events import STATEMENTS
from api.http.authentication.authenticate import Admitted, context_of
from api.http.idempotency import created, read_call
from api.http.openapi import (
    NAME_SCHEMA,
    RECORDING,
    SESSION_SCHEMA,
    answer,
    body,
    parameter,
    recorded,
    reference,
)
from api.http.register_schemas import register_problems
from api.http.request_body import read_query
from api.parsing.fields import COUNTRY_SCHEMA
from api.services.register_event_queries import EVENTS, SESSIONS, show_events, show_session
from api.services.register_events import record_event

router = APIRouter(prefix="/v1/registers", tags=["registers"])

_STATEMENT = {
    "oneOf": [reference(model.__name__) for model in STATEMENTS.values()],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {kind: reference(model.__name__)["$ref"] for kind, model in STATEMENTS.items()},
    },
}
_EXAMPLE = {
    "kind": "session_closed",
    "session": 8,
    "happened_on": "1965-10-20",
    "reference": "minutes of the session",
}


@router.post(
    "/events",
    status_code=201,
    summary="Record an event of the registers",
    openapi_extra=body(_STATEMENT, _EXAMPLE) | {"parameters": RECORDING},
    responses=recorded("The event is recorded", EventAcknowledgement) | register_problems(400, 409, 413, 503),
)
async def post_register_event(request: Request, caller: Admitted) -> Response:
    """Record what happened to lists, items or a session, with the paper that shows it."""
    call = await read_call(request, caller)
    return created(call, await record_event(context_of(request), call))


@router.get(
    "/events",
    summary="Read the events of the registers",
    openapi_extra={
        "parameters": [
            parameter("session", "query", SESSION_SCHEMA),
            parameter("list_id", "query", NAME_SCHEMA),
            parameter("item_no", "query", NAME_SCHEMA),
        ]
    },
    responses=answer("The events in the order they happened", EventsAnswer) | register_problems(400, 503),
)
async def get_register_events(request: Request, caller: Admitted) -> Response:
    """Return every event, or those of a session, of the items of a list, or of an item."""
    return _json(await show_events(context_of(request), read_query(request, EVENTS)))


@router.get(
    "/sessions/{number}",
    summary="Read a session",
    openapi_extra={"parameters": [parameter("country", "query", COUNTRY_SCHEMA)]},
    responses=answer("The session as it stands today", SessionAnswer) | register_problems(400, 503),
)
async def get_session(request: Request, number: str, caller: Admitted) -> Response:
    """Return when a session opened and closed, its resolutions, what it was asked, and what is in none of them."""
    return _json(await show_session(context_of(request), number, read_query(request, SESSIONS)))


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
