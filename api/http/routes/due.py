"""Dues: who has to do what, by when, under which clause."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.domain.dues.answers import DuesAnswer
from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import DAY_SCHEMA, NAME_SCHEMA, answer, parameter, problems
from api.http.request_body import read_query
from api.services.register_event_queries import DUES, show_dues

router = APIRouter(prefix="/v1", tags=["due"])


@router.get(
    "/due",
    summary="Read what falls due",
    openapi_extra={
        "parameters": [parameter("as_of", "query", DAY_SCHEMA), parameter("owner", "query", NAME_SCHEMA)]
    },
    responses=answer("What is owed, overdue entries first", DuesAnswer) | problems(400, 503),
)
async def get_due(request: Request, caller: Admitted) -> Response:
    """Return what is owed as of a day, or today; by one party alone if asked. A department sees its own cases."""
    content = await show_dues(context_of(request), caller, read_query(request, DUES))
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
