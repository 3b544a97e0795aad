"""The commands of officers on a proposal: approve it, take that back, reject it, withdraw it, bring it into force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from api.domain.approvals.call_models import NewApproval, NewReason, NewStatement
from api.domain.approvals.proposal_view import ProposalState
from api.domain.approvals.statements import (
    Activation,
    ApprovalStatement,
    ApprovalWithdrawal,
    ProposalWithdrawal,
    Rejection,
)
from api.ledger.entries import Entry
from api.parsing.problems import FieldError, Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model
from api.services.context import Context
from api.services.proposals.activation import activate
from api.services.proposals.commands import Bench, not_now, record_command
from api.storage.stored_responses import IdempotentCall, StoredResponse

B = TypeVar("B", bound=NewStatement)


async def approve_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record an approval. Raises `ProblemError`."""
    body = read_body(call, NewApproval)

    def command(bench: Bench) -> tuple[Sequence[Entry], StoredResponse]:
        view = bench.open_proposal(proposal_id)
        proposal = view.proposal
        stated = bench.speaker.state(
            bench.history,
            ApprovalStatement,
            proposal=proposal_id,
            content=proposal.content,
            base=proposal.base,
            **({} if body.note else {"evidence": body.evidence}),
        )
        if stated.officer == proposal.officer:
            raise not_now("The author does not approve what is proposed.")
        if any(one.officer == stated.officer for one in view.counted):
            raise not_now("The officer has approved it, and counts once.")
        if body.evidence and (view.evidence is None or view.evidence.digest != body.evidence):
            raise not_now("This is not the newest evidence; look at it again.")
        entry = bench.entry_of(stated)
        return bench.recorded([entry], proposal_id)

    return await record_command(context, call, body.note, command)


async def withdraw_approval(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record that an officer takes an approval back, while the proposal is not in force. Raises `ProblemError`."""
    body = read_body(call, NewStatement)

    def command(bench: Bench) -> tuple[Sequence[Entry], StoredResponse]:
        view = bench.open_proposal(proposal_id)
        stated = bench.speaker.state(bench.history, ApprovalWithdrawal, proposal=proposal_id)
        if all(one.officer != stated.officer for one in view.counted):
            raise not_now("The officer has no approval that counts.")
        return bench.recorded([bench.entry_of(stated)], proposal_id)

    return await record_command(context, call, body.note, command)


async def reject_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record a rejection, after which nothing can become of the proposal. Raises `ProblemError`."""
    body = read_body(call, NewReason)

    def command(bench: Bench) -> tuple[Sequence[Entry], StoredResponse]:
        bench.open_proposal(proposal_id)
        stated = bench.speaker.state(bench.history, Rejection, proposal=proposal_id, **stated_reason(body))
        return bench.recorded([bench.entry_of(stated)], proposal_id)

    return await record_command(context, call, body.note, command)


async def withdraw_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record that the author takes a proposal back. Raises `ProblemError`."""
    body = read_body(call, NewStatement)

    def command(bench: Bench) -> tuple[Sequence[Entry], StoredResponse]:
        view = bench.open_proposal(proposal_id)
        stated = bench.speaker.state(bench.history, ProposalWithdrawal, proposal=proposal_id)
        if stated.officer != view.proposal.officer:
            raise not_now("Only its author withdraws a proposal; others reject it.")
        return bench.recorded([bench.entry_of(stated)], proposal_id)

    return await record_command(context, call, body.note, command)


async def activate_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Bring an approved proposal into force, at every process at once. Raises `ProblemError`."""
    body = read_body(call, NewStatement)

    def command(bench: Bench) -> tuple[Sequence[Entry], StoredResponse]:
        view = bench.open_proposal(proposal_id)
        stated = bench.speaker.state(bench.history, Activation, proposal=proposal_id)
        if view.state is not ProposalState.APPROVED or view.lacking:
            raise not_now("The proposal cannot come into force yet.", view.lacking)
        entry = bench.entry_of(stated)
        return bench.recorded([entry, activate(bench.history, view, bench.moment)], proposal_id)

    return await record_command(context, call, body.note, command)


def read_body(call: IdempotentCall, model: type[B]) -> B:
    """Return the body of a call. Raises `ProblemError`."""
    stated = read_model(call.body, model)
    if isinstance(stated, Problem):
        raise ProblemError(stated)
    return stated


def stated_reason(body: NewReason) -> dict[str, str]:
    """Return the member `reason` of a statement that nobody signed. Raises `ProblemError` where it is missing."""
    if body.note is not None:
        return {}
    if body.reason is None:
        fault = FieldError(pointer="/reason", detail="say why")
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=[fault]))
    return {"reason": " ".join(body.reason.split())}
