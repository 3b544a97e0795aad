"""Clearances issued and read; handovers and their transfers recorded and read; what does not agree."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response

from api.domain.handovers.answers import (
    ClearanceAnswer,
    HandoverAnswer,
    HandoverPage,
    IssuedClearance,
    TransferAcknowledgement,
    WithdrawalAcknowledgement,
)
from api.domain.handovers.handover import HandoverStatus
from api.domain.reconciliation_view import ReconciliationAnswer
from api.http.authentication.authenticate import Admitted, context_of
from api.http.idempotency import created, read_call
from api.http.openapi import (
    DAY_SCHEMA,
    RECORDING,
    answer,
    body,
    dry_run_of,
    paging_parameters,
    parameter,
    problems,
    recorded,
    reference,
)
from api.http.request_body import read_query
from api.services.clearances import issue_clearance, show_clearance
from api.services.handover_queries import PAGE, show_handover, show_handovers
from api.services.handover_withdrawals import withdraw_handover
from api.services.handovers import record_handover, record_transfer
from api.services.paging import HANDOVERS
from api.services.reconciliation import DAY, show_reconciliation

router = APIRouter(prefix="/v1", tags=["handovers"])

_EXAMPLE_HANDOVER = {
    "clearance": "01935b1c-5f3e-7a44-8a52-3f0d2c1b9e77",
    "department": "metallurgy",
    "countries": ["KP"],
    "handed_over_on": "1965-03-02",
    "by": "committee",
    "to": "counterpart_institution",
    "recipient": "the receiving secretary",
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
    | {"parameters": RECORDING},
    responses=recorded("The clearance", IssuedClearance)
    | answer(
        "The clearance that the decision has already, or that of a dry run, which is not issued",
        IssuedClearance | dry_run_of(IssuedClearance),
    )
    | problems(400, 404, 409, 413, 503),
)
async def post_clearance(request: Request, caller: Admitted) -> Response:
    """Issue it for the lines that may be handed over: signed, for one handover, within the days of the decision."""
    call = await read_call(request, caller)
    response = await issue_clearance(context_of(request), call)
    if json.loads(response.answer)["already_issued"]:
        return _plain(response.answer.encode())
    return created(call, response)


@router.get(
    "/clearances/{clearance_id}",
    summary="Read a clearance",
    responses=answer("The clearance, and whether it can still be used", ClearanceAnswer) | problems(404, 503),
)
async def get_clearance(request: Request, clearance_id: str, caller: Admitted) -> Response:
    """Return the clearance with its state. For a department, one of another department is not there."""
    return _plain(await show_clearance(context_of(request), clearance_id, caller))


@router.post(
    "/handovers",
    status_code=201,
    summary="Record a handover",
    openapi_extra=body(reference("HandoverStatement"), _EXAMPLE_HANDOVER) | {"parameters": RECORDING},
    responses=recorded("The handover is recorded, and this was found", HandoverAnswer)
    | problems(400, 409, 413, 503),
)
async def post_handover(request: Request, caller: Admitted) -> Response:
    """Record what was handed over, in order or not, and say which; a clearance is used up by it."""
    call = await read_call(request, caller)
    return created(call, await record_handover(context_of(request), call))


@router.get(
    "/handovers",
    summary="Read the handovers",
    openapi_extra={
        "parameters": [
            parameter("status", "query", {"type": "string", "enum": sorted(HandoverStatus)}),
            *paging_parameters(HANDOVERS),
        ]
    },
    responses=answer("A page of the handovers the caller may know of", HandoverPage) | problems(400, 503),
)
async def get_handovers(request: Request, caller: Admitted) -> Response:
    """Return handovers in the order of their recording, those of one status alone if asked."""
    return _plain(await show_handovers(context_of(request), caller, read_query(request, PAGE)))


@router.get(
    "/handovers/{handover_id}",
    summary="Read a handover",
    responses=answer("The handover", HandoverAnswer) | problems(404, 503),
)
async def get_handover(request: Request, handover_id: str, caller: Admitted) -> Response:
    """Return what was recorded and found, and the transfer if there is one."""
    return _plain(await show_handover(context_of(request), handover_id, caller))


@router.post(
    "/handovers/{handover_id}/transfer",
    status_code=201,
    summary="Record the transfer procedure of a handover",
    openapi_extra=body(reference("TransferStatement"), _EXAMPLE_TRANSFER) | {"parameters": RECORDING},
    responses=recorded("The transfer is recorded", TransferAcknowledgement)
    | problems(400, 404, 409, 413, 503),
)
async def post_transfer(request: Request, handover_id: str, caller: Admitted) -> Response:
    """Record, once, that the transfer procedure was completed."""
    call = await read_call(request, caller)
    return created(call, await record_transfer(context_of(request), call, handover_id))


@router.post(
    "/handovers/{handover_id}/withdrawal",
    status_code=201,
    summary="Withdraw a handover that never took place",
    openapi_extra=body(reference("HandoverWithdrawal"), {"reason": "recorded before the day, and called off"})
    | {"parameters": RECORDING},
    responses=recorded("The withdrawal is recorded", WithdrawalAcknowledgement)
    | problems(400, 404, 409, 413, 503),
)
async def post_handover_withdrawal(request: Request, handover_id: str, caller: Admitted) -> Response:
    """Record that it never took place: the record stays and does not count, and its clearance is free again."""
    call = await read_call(request, caller)
    return created(call, await withdraw_handover(context_of(request), call, handover_id))


@router.get(
    "/reconcile",
    summary="Read what does not agree",
    openapi_extra={"parameters": [parameter("as_of", "query", DAY_SCHEMA)]},
    responses=answer("What was found", ReconciliationAnswer) | problems(400, 503),
)
async def get_reconcile(request: Request, caller: Admitted) -> Response:
    """Return breaches, handovers nobody had asked about, unused clearances and what is overdue on a day, or today."""
    return _plain(await show_reconciliation(context_of(request), read_query(request, DAY)))


def _plain(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
