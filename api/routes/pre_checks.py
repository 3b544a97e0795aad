"""May this item go to this mission by this route now? One request, or a list."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.access.admitting import Admitted, service_of
from api.bodies import read_body
from api.openapi import EXAMPLE_REQUEST, answer, body, problems, reference

router = APIRouter(prefix="/v1", tags=["pre-checks"])

_ENTRY = {"anyOf": [reference("Decision"), reference("Problem")]}


@router.post(
    "/pre-check",
    summary="Decide one request",
    openapi_extra=body(reference("Request"), EXAMPLE_REQUEST),
    responses=answer("The decision; a refusal is a decision too", reference("Decision"))
    | problems(400, 413, 503),
)
async def pre_check(request: Request, caller: Admitted) -> Response:
    """Answer once the decision is recorded."""
    service = service_of(request)
    received = await read_body(request, service.settings.max_body_bytes)
    return Response(await service.decide_one(received, caller), media_type="application/json")


@router.post(
    "/pre-checks",
    summary="Decide a list of requests",
    openapi_extra=body({"type": "array", "items": reference("Request")}, [EXAMPLE_REQUEST]),
    responses=answer("A decision or a problem for each request, in order", {"type": "array", "items": _ENTRY})
    | problems(400, 413, 503),
)
async def pre_checks(request: Request, caller: Admitted) -> Response:
    """Answer once every decision of the list is recorded; a malformed entry does not stop the others."""
    service = service_of(request)
    received = await read_body(request, service.settings.max_list_bytes)
    return Response(await service.decide_many(received, caller), media_type="application/json")
