"""Clearances issued and read; handovers and their transfers recorded and read; what does not agree."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from api.domain.handovers.handover import GroundCode, Status
from api.http.authentication.authenticate import Admitted, context_of
from api.http.idempotency import created, read_call
from api.http.openapi import IDEMPOTENCY_KEY, answer, body, parameter, problems, recorded, reference
from api.http.request_body import read_query
from api.services.clearances import issue_clearance, show_clearance
from api.services.handover_queries import PAGE, show_handover, show_handovers
from api.services.handovers import record_handover, record_transfer
from api.services.reconciliation import DAY, show_reconciliation
from api.storage.stored_responses import Receipt

router = APIRouter(prefix="/v1", tags=["handovers"])

_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_TIME = {"type": "string", "format": "date-time"}
_TEXTS = {"type": "array", "items": _TEXT}
_CLEARANCE = {
    "type": "object",
    "required": ["clearance_id", "decision_id", "state", "lines", "valid_from", "valid_until", "note"],
    "properties": {
        "clearance_id": _TEXT,
        "decision_id": _TEXT,
        "request_id": _TEXT,
        "department": _TEXT,
        "state": {"enum": ["unused", "used", "expired"]},
        "used_by": {"type": "string", "description": "The handover that used it up"},
        "lines": _TEXTS,
        "issued_at": _TIME,
        "issued_by": _TEXT,
        "valid_from": _DAY,
        "valid_until": _DAY,
        "note": {"type": "string", "description": "The clearance itself, signed, to be printed or kept"},
    },
}
_ISSUED = {
    **_CLEARANCE,
    "required": [*_CLEARANCE["required"], "already_issued"],
    "properties": {**_CLEARANCE["properties"], "already_issued": {"type": "boolean"}},  # type: ignore[dict-item]
}
_GROUND = {
    "type": "object",
    "required": ["code", "detail", "clause"],
    "properties": {"code": {"enum": sorted(GroundCode)}, "detail": _TEXT, "clause": _TEXT},
}
_TRANSFER = {
    "type": "object",
    "required": ["recorded_on", "reference", "recorded_at", "recorded_by"],
    "properties": {
        "recorded_on": _DAY,
        "reference": {"type": ["string", "null"], "description": "Null once it was erased"},
        "recorded_at": _TIME,
        "recorded_by": _TEXT,
        "notes": _TEXTS,
    },
}
_HANDOVER: dict[str, Any] = {
    "type": "object",
    "required": ["handover_id", "status", "grounds", "recorded_at", "recorded_late", "decision"],
    "properties": {
        "handover_id": _TEXT,
        "status": {"enum": sorted(Status)},
        "grounds": {"type": "array", "items": _GROUND},
        "notes": _TEXTS,
        "recorded_at": _TIME,
        "recorded_by": _TEXT,
        "recorded_late": {"type": "boolean"},
        "clearance_id": _TEXT,
        "clearance_used_up": {"type": "boolean"},
        "department": _TEXT,
        "request_id": _TEXT,
        "case_id": _TEXT,
        "listed_items": {**_TEXTS, "description": "The pending items of the registers among its lines"},
        "handed_over_on": _DAY,
        "decision": reference("Decision"),
        "transfer": _TRANSFER,
    },
}
_PAGE = {
    "type": "object",
    "required": ["handovers"],
    "properties": {
        "handovers": {"type": "array", "items": _HANDOVER},
        "next": {"type": "string", "description": "The `after` of the next page; absent on the last one"},
    },
}
_LIST = {"type": "array", "items": {"type": "object"}}
_RECONCILIATION = {
    "type": "object",
    "required": ["as_of", "findings"],
    "properties": {
        "as_of": _DAY,
        "findings": {"type": "integer"},
        "breaches": _LIST,
        "without_pre_check": _LIST,
        "expired_unused": _LIST,
        "overdue": _LIST,
        "valid_unused": _LIST,
    },
}
_EXAMPLE_HANDOVER = {
    "clearance": "01935b1c-5f3e-7a44-8a52-3f0d2c1b9e77",
    "department": "metallurgy",
    "countries": ["KP"],
    "handed_over_on": "1965-03-02",
    "by": "committee",
    "to": "counterpart_institution",
    "recipient": "the Trade Attache at the embassy",
    "mode": "hand",
    "items": [
        {
            "line": 1,
            "description": "drawings of a rolling mill",
            "quantity": 1,
            "unit": "set",
            "kind": "drawing",
        }
    ],
    "evidence": "receipt no. 4",
}
_EXAMPLE_TRANSFER = {"recorded_on": "1965-03-20", "reference": "transfer record no. 12"}


@router.post(
    "/clearances",
    status_code=201,
    summary="Issue the clearance of a decision",
    openapi_extra=body(
        reference("ClearanceStatement"), {"decision_id": "01935b1c-2b11-7c3a-9d0e-5a6f7b8c9d0e"}
    )
    | {"parameters": [IDEMPOTENCY_KEY]},
    responses=recorded("The clearance", _ISSUED)
    | answer("The clearance that the decision has already", _ISSUED)
    | problems(400, 404, 409, 413, 503),
)
async def post_clearance(request: Request, caller: Admitted) -> Response:
    """Issue it for the lines that may be handed over: signed, for one handover, within the days of the decision."""
    return _issued(await issue_clearance(context_of(request), await read_call(request, caller)))


@router.get(
    "/clearances/{clearance_id}",
    summary="Read a clearance",
    responses=answer("The clearance, and whether it can still be used", _CLEARANCE) | problems(404, 503),
)
async def get_clearance(request: Request, clearance_id: str, caller: Admitted) -> Response:
    """Return the clearance with its state. For a department, one of another department is not there."""
    return _plain(await show_clearance(context_of(request), clearance_id, caller))


@router.post(
    "/handovers",
    status_code=201,
    summary="Record a handover",
    openapi_extra=body(reference("HandoverStatement"), _EXAMPLE_HANDOVER) | {"parameters": [IDEMPOTENCY_KEY]},
    responses=recorded("The handover is recorded, and this was found", _HANDOVER)
    | problems(400, 409, 413, 503),
)
async def post_handover(request: Request, caller: Admitted) -> Response:
    """Record what was handed over, in order or not, and say which; a clearance is used up by it."""
    return created(await record_handover(context_of(request), await read_call(request, caller)))


@router.get(
    "/handovers",
    summary="Read the handovers",
    openapi_extra={
        "parameters": [
            parameter("status", "query", {"enum": sorted(Status)}),
            parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 200}),
            parameter("after", "query", _TEXT),
        ]
    },
    responses=answer("A page of the handovers the caller may know of", _PAGE) | problems(400, 503),
)
async def get_handovers(request: Request, caller: Admitted) -> Response:
    """Return handovers in the order of their recording, those of one status alone if asked."""
    return _plain(await show_handovers(context_of(request), caller, read_query(request, PAGE)))


@router.get(
    "/handovers/{handover_id}",
    summary="Read a handover",
    responses=answer("The handover", _HANDOVER) | problems(404, 503),
)
async def get_handover(request: Request, handover_id: str, caller: Admitted) -> Response:
    """Return what was recorded and found, and the transfer if there is one."""
    return _plain(await show_handover(context_of(request), handover_id, caller))


@router.post(
    "/handovers/{handover_id}/transfer",
    status_code=201,
    summary="Record the transfer procedure of a handover",
    openapi_extra=body(reference("TransferStatement"), _EXAMPLE_TRANSFER) | {"parameters": [IDEMPOTENCY_KEY]},
    responses=recorded("The transfer is recorded", _TRANSFER) | problems(400, 404, 409, 413, 503),
)
async def post_transfer(request: Request, handover_id: str, caller: Admitted) -> Response:
    """Record, once, that the transfer procedure was completed."""
    call = await read_call(request, caller)
    return created(await record_transfer(context_of(request), call, handover_id))


@router.get(
    "/reconcile",
    summary="Read what does not agree",
    openapi_extra={"parameters": [parameter("as_of", "query", _DAY)]},
    responses=answer("What was found", _RECONCILIATION) | problems(400, 503),
)
async def get_reconcile(request: Request, caller: Admitted) -> Response:
    """Return breaches, handovers nobody had asked about, unused clearances and what is overdue on a day, or today."""
    return _plain(await show_reconciliation(context_of(request), read_query(request, DAY)))


def _issued(receipt: Receipt) -> Response:
    """The answer: 201 for a new clearance, 200 for the one the decision has already."""
    already = json.loads(receipt.answer)["already_issued"]
    return Response(receipt.answer, 200 if already else 201, media_type="application/json")


def _plain(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
