"""Requests for access about a denial (AuthZEN Access Request and Approval Profile, draft 00)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from api.domain.authzen.access_requests import AccessRequestAnswer, AccessRequestCall
from api.http.authentication.authenticate import Admitted, context_of
from api.http.idempotency import read_key
from api.http.openapi import KEY_SCHEMA, answer, body, parameter, problems, reference
from api.http.request_body import read_query
from api.http.routes.authzen.addresses import base_of
from api.http.routes.authzen.evaluations import EXAMPLE, read_content, read_question_in, written
from api.services.authzen.access_requests import request_access, show_request
from api.storage.stored_responses import IdempotentCall

router = APIRouter(prefix="/access/v1", tags=["authzen"])

PATH = "/access/v1/requests"
_OPENED: dict[int | str, dict[str, Any]] = {
    202: {"description": "The case is open", "model": AccessRequestAnswer}
}
_EXAMPLE = {
    **EXAMPLE,
    "denial": {
        "evaluation_id": "01a22992-356b-7feb-a638-f33f42f60713",
        "expires_at": "2026-11-30T23:09:37.515801+00:00",
    },
}


@router.post(
    "/requests",
    status_code=202,
    summary="Ask about a denial",
    openapi_extra=body(reference("AccessRequestCall"), _EXAMPLE)
    | {"parameters": [parameter("Idempotency-Key", "header", KEY_SCHEMA)]},
    responses=_OPENED | problems(400, 404, 409, 410, 413, 503),
)
async def post_request(request: Request, caller: Admitted) -> Response:
    """Open the case of the question that was denied; without a key of its own, a denial opens one case."""
    content = await read_content(request, AccessRequestCall)
    query = await read_question_in(request, content, AccessRequestCall)
    key = read_key(request) or f"authzen-{query.denial.evaluation_id}"
    call = IdempotentCall(caller, request.url.path, content, key)
    base = base_of(request)
    found = await request_access(context_of(request), call, query, lambda case_id: f"{base}{PATH}/{case_id}")
    return written(found, 202, {"Location": found.task.status_endpoint})


@router.get(
    "/requests/{case_id}",
    summary="Read how a request stands",
    responses=answer("How it stands", AccessRequestAnswer) | problems(400, 404, 503),
)
async def get_request(request: Request, case_id: str, caller: Admitted) -> Response:
    """Return how the case of a request is decided now."""
    read_query(request, set())
    address = f"{base_of(request)}{PATH}/{case_id}"
    return written(await show_request(context_of(request), case_id, caller, address))
