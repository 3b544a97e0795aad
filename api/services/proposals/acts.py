"""The commands of officers on a proposal: approve it, take that back, reject it, withdraw it, bring it into force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from api.domain.approvals.call_models import NewApproval, NewReason, NewStatement
from api.domain.approvals.counting import count_approvals
from api.domain.approvals.proposal_view import ProposalState, ProposalView
from api.domain.approvals.statements import (
    Activation,
    ApprovalStatement,
    ApprovalWithdrawal,
    ProposalSubject,
    ProposalWithdrawal,
    Rejection,
)
from api.ledger.entries import Entry
from api.parsing.problems import Problem, ProblemError
from api.parsing.requests import read_model
from api.services.context import Context
from api.services.proposals.activation import activate, check_usable
from api.services.proposals.commands import CommandInputs, in_one_line, not_now, record_command, wrong_member
from api.storage.stored_responses import IdempotentCall, StoredResponse

B = TypeVar("B", bound=NewStatement)


async def approve_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record an approval, which names the evidence that the officer was shown. Raises `ProblemError`.

    A call without any names the newest; a note names what was shown where it was signed.
    """
    body = read_body(call, NewApproval)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        view = inputs.open_proposal(proposal_id)
        proposal = view.proposal
        stated = inputs.speaker.state(
            inputs.history,
            ApprovalStatement,
            proposal=proposal_id,
            content=proposal.content,
            base=proposal.base,
            **({} if body.note else {"evidence": _shown(view, body.evidence)}),
        )
        entry = inputs.entry_of(stated)
        after = inputs.after([entry])
        counted = count_approvals(after, view.recorded, inputs.moment.at)[-1]
        if any(one.stated.officer == stated.officer for one in view.counted):
            raise not_now("The officer has approved it, and counts once.")
        if counted.why_not:
            raise not_now(f"The approval would not count: {counted.why_not}.")
        return inputs.recorded([entry], proposal_id)

    return await record_command(context, call, body.note, command)


def _shown(view: ProposalView, evidence: str | None) -> str | None:
    """The evidence that a call approves by: the newest, which has to be there. Raises `ProblemError`."""
    if view.proposal.subject is ProposalSubject.APPROVERS:
        return None
    if view.evidence is None:
        raise not_now("Its evidence has not been computed yet, so there is nothing to approve by.")
    if evidence is not None and evidence != view.evidence.digest:
        raise not_now("This is not the newest evidence; look at it again.")
    return view.evidence.digest


async def withdraw_approval(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record that an officer takes an approval back, while the proposal is not in force. Raises `ProblemError`."""
    body = read_body(call, NewStatement)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        view = inputs.open_proposal(proposal_id)
        stated = inputs.speaker.state(inputs.history, ApprovalWithdrawal, proposal=proposal_id)
        if all(one.stated.officer != stated.officer for one in view.counted):
            raise not_now("The officer has no approval that counts.")
        return inputs.recorded([inputs.entry_of(stated)], proposal_id)

    return await record_command(context, call, body.note, command)


async def reject_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record a rejection, after which nothing can become of the proposal. Raises `ProblemError`."""
    body = read_body(call, NewReason)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        inputs.open_proposal(proposal_id)
        stated = inputs.speaker.state(inputs.history, Rejection, proposal=proposal_id, **stated_reason(body))
        return inputs.recorded([inputs.entry_of(stated)], proposal_id)

    return await record_command(context, call, body.note, command)


async def withdraw_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Record that the author takes a proposal back. Raises `ProblemError`."""
    body = read_body(call, NewStatement)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        view = inputs.open_proposal(proposal_id)
        stated = inputs.speaker.state(inputs.history, ProposalWithdrawal, proposal=proposal_id)
        if stated.officer != view.proposal.officer:
            raise not_now("Only its author withdraws a proposal; others reject it.")
        return inputs.recorded([inputs.entry_of(stated)], proposal_id)

    return await record_command(context, call, body.note, command)


async def activate_proposal(context: Context, call: IdempotentCall, proposal_id: str) -> StoredResponse:
    """Bring an approved proposal into force, at every process at once. Raises `ProblemError`."""
    body = read_body(call, NewStatement)
    is_usable = await check_usable(context, proposal_id)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        view = inputs.open_proposal(proposal_id)
        stated = inputs.speaker.state(inputs.history, Activation, proposal=proposal_id)
        if view.state is not ProposalState.APPROVED or view.lacking:
            raise not_now("The proposal cannot come into force yet.", view.lacking)
        if not is_usable:
            raise not_now("What it lacked has come meanwhile; look at it, and call again.")
        entry = inputs.entry_of(stated)
        return inputs.recorded([entry, activate(inputs.history, view, inputs.moment)], proposal_id)

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
        raise wrong_member("/reason", "say why")
    return {"reason": in_one_line(body.reason, "/reason")}
