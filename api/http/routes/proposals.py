"""Proposals of changes: made, read, approved, rejected, withdrawn, brought into force; and the emergencies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from api.domain.approvals.answers import OfficersAnswer, ProposalAnswer, ProposalsAnswer, RecordedAnswer
from api.domain.approvals.call_models import (
    NewApproval,
    NewConfirmation,
    NewProposal,
    NewReason,
    NewReturn,
    NewRevocation,
    NewStatement,
)
from api.domain.approvals.evidence import ProposalEvidence
from api.http.authentication.authenticate import Admitted, context_of
from api.http.idempotency import created, read_call
from api.http.openapi import RECORDING, answer, body, paging_parameters, problems, recorded, reference
from api.http.request_body import read_query
from api.services.context import Context
from api.services.paging import PAGING, PROPOSALS
from api.services.proposals import acts, emergencies, making, queries
from api.services.proposals.evidence import start_evidence
from api.storage.stored_responses import IdempotentCall, StoredResponse

router = APIRouter(prefix="/v1", tags=["proposals"])

_EXAMPLE = {"wish": "A lower limit for samples", "revision": "0" * 64}
_COMPUTING: dict[int | str, dict[str, Any]] = {
    202: {"description": "It is being computed", "model": ProposalAnswer}
}
_STATUSES = (400, 404, 409, 413, 503)


def _taking(model: type[Any], example: object) -> dict[str, Any]:
    return body(reference(model.__name__), example) | {"parameters": RECORDING}


@router.get(
    "/proposals",
    summary="Read the proposals",
    openapi_extra={"parameters": paging_parameters(PROPOSALS)},
    responses=answer("A page of proposals as they stand, the newest first", ProposalsAnswer)
    | problems(400, 404, 503),
)
async def get_proposals(request: Request, caller: Admitted) -> Response:
    """Return proposals with their state, their approvals, and what they lack."""
    return _json(await queries.show_proposals(context_of(request), read_query(request, PAGING)))


@router.get(
    "/proposals/{proposal_id}",
    summary="Read a proposal",
    responses=answer("The proposal as it stands", ProposalAnswer) | problems(400, 404, 503),
)
async def get_proposal(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Return a proposal with its state, its approvals, what it lacks, and how far its evidence is."""
    read_query(request, frozenset())
    return _json(await queries.show_proposal(context_of(request), proposal_id))


@router.get(
    "/proposals/{proposal_id}/evidence",
    summary="Read the evidence of a proposal",
    responses=answer("The newest evidence, whole", ProposalEvidence) | problems(400, 404, 503),
)
async def get_evidence(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Return what was computed last of a proposal."""
    read_query(request, frozenset())
    return _json(await queries.show_evidence(context_of(request), proposal_id))


@router.get(
    "/approvers",
    summary="Read the approvers",
    responses=answer("The officers, and what is in force", OfficersAnswer) | problems(400, 404, 503),
)
async def get_approvers(request: Request, caller: Admitted) -> Response:
    """Return the officers whom the approvers in force name, and what is in force."""
    read_query(request, frozenset())
    return _json(await queries.show_approvers(context_of(request)))


@router.post(
    "/proposals",
    status_code=201,
    summary="Propose a change",
    openapi_extra=_taking(NewProposal, _EXAMPLE),
    responses=recorded("The proposal is recorded", ProposalAnswer) | problems(*_STATUSES),
)
async def post_proposal(request: Request, caller: Admitted) -> Response:
    """Record a proposal; its evidence is computed in the background."""
    call = await read_call(request, caller, context_of(request).settings.max_list_bytes)
    context = context_of(request)
    response = await making.make_proposal(context, call)
    if not call.dry_run:
        start_evidence(context, queries.id_in(response))
    return created(call, response)


@router.post(
    "/proposals/{proposal_id}/evidence",
    status_code=202,
    summary="Compute the evidence of a proposal again",
    responses=_COMPUTING | problems(400, 404, 409, 503),
)
async def post_evidence(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Begin the computation, unless it is under way."""
    read_query(request, frozenset())
    context = context_of(request)
    content = await queries.compute_again(context, proposal_id)
    return Response(content, 202, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post(
    "/proposals/{proposal_id}/approvals",
    status_code=201,
    summary="Approve a proposal",
    openapi_extra=_taking(NewApproval, {"evidence": "0" * 64}),
    responses=recorded("The approval is recorded", ProposalAnswer) | problems(*_STATUSES),
)
async def post_approval(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Record that an officer approves."""
    return await _act(request, caller, proposal_id, acts.approve_proposal)


@router.post(
    "/proposals/{proposal_id}/approvals/withdrawal",
    status_code=201,
    summary="Take an approval back",
    openapi_extra=_taking(NewStatement, {}),
    responses=recorded("It is recorded that the approval is taken back", ProposalAnswer)
    | problems(*_STATUSES),
)
async def post_approval_withdrawal(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Record that an officer takes an approval back, before it is in force."""
    return await _act(request, caller, proposal_id, acts.withdraw_approval)


@router.post(
    "/proposals/{proposal_id}/rejection",
    status_code=201,
    summary="Reject a proposal",
    openapi_extra=_taking(NewReason, {"reason": "the limit is too high"}),
    responses=recorded("The rejection is recorded", ProposalAnswer) | problems(*_STATUSES),
)
async def post_rejection(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Record that an officer rejects a proposal: it comes to an end."""
    return await _act(request, caller, proposal_id, acts.reject_proposal)


@router.post(
    "/proposals/{proposal_id}/withdrawal",
    status_code=201,
    summary="Withdraw a proposal",
    openapi_extra=_taking(NewStatement, {}),
    responses=recorded("The withdrawal is recorded", ProposalAnswer) | problems(*_STATUSES),
)
async def post_proposal_withdrawal(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Record that its author withdraws a proposal."""
    return await _act(request, caller, proposal_id, acts.withdraw_proposal)


@router.post(
    "/proposals/{proposal_id}/activation",
    status_code=201,
    summary="Bring a proposal into force",
    openapi_extra=_taking(NewStatement, {}),
    responses=recorded("It is in force", ProposalAnswer) | problems(*_STATUSES),
)
async def post_activation(request: Request, proposal_id: str, caller: Admitted) -> Response:
    """Bring into force what was approved, at every process at once."""
    return await _act(request, caller, proposal_id, acts.activate_proposal)


@router.post(
    "/policies/return",
    status_code=201,
    summary="Return to earlier policies in an emergency",
    openapi_extra=_taking(
        NewReturn, {"revision": "0" * 64, "reason": "handovers are permitted that may not be"}
    ),
    responses=recorded("The earlier policies are in force", RecordedAnswer) | problems(*_STATUSES),
)
async def post_return(request: Request, caller: Admitted) -> Response:
    """Bring an earlier revision into force at once, until it is confirmed by a proposal."""
    call = await read_call(request, caller)
    return created(call, await emergencies.return_to_earlier(context_of(request), call))


@router.post(
    "/policies/confirmation",
    status_code=201,
    summary="Confirm a ledger that was restored from a backup",
    openapi_extra=_taking(NewConfirmation, {"revision": "0" * 64}),
    responses=recorded("It is confirmed", RecordedAnswer) | problems(*_STATUSES),
)
async def post_confirmation(request: Request, caller: Admitted) -> Response:
    """Confirm what is in force in a restored ledger; until then nothing is permitted."""
    call = await read_call(request, caller)
    return created(call, await emergencies.confirm_restored(context_of(request), call))


@router.post(
    "/approvers/{officer}/revocation",
    status_code=201,
    summary="Record that an officer has left",
    openapi_extra=_taking(NewRevocation, {"reason": "another office"}),
    responses=recorded("It is recorded that the officer has left", RecordedAnswer) | problems(*_STATUSES),
)
async def post_revocation(request: Request, officer: str, caller: Admitted) -> Response:
    """Record that an officer has left; what is pending needs other approvals from now on."""
    call = await read_call(request, caller)
    return created(call, await emergencies.revoke_officer(context_of(request), call, officer))


async def _act(
    request: Request,
    caller: Admitted,
    proposal_id: str,
    act: Callable[[Context, IdempotentCall, str], Awaitable[StoredResponse]],
) -> Response:
    call = await read_call(request, caller)
    return created(call, await act(context_of(request), call, proposal_id))


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
