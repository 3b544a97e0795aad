"""Queries on proposals, by the ledger as it is now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.domain.approvals.answers import (
    EvidenceUnderWay,
    OfficerAnswer,
    OfficersAnswer,
    ProposalAnswer,
    ProposalsAnswer,
    RestoredAnswer,
    describe_in_force,
    describe_proposal,
)
from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.proposal_view import ProposalView, view_proposal
from api.domain.approvals.statements import ProposalStatement, ProposalSubject
from api.ledger.entries import EVIDENCE, EntryKind
from api.ledger.reader import find_newest
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.paging import PROPOSALS, read_after, read_limit, wrong_after
from api.services.proposals.commands import approved_policies, find_proposal, moment_at, not_now
from api.services.proposals.evidence import start_evidence
from api.storage.stored_responses import StoredResponse

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def show_proposals(context: Context, query: Mapping[str, str]) -> bytes:
    """Return a page of proposals as they stand, the newest first. Raises `ProblemError`."""
    limit, after = read_limit(query, PROPOSALS), read_after(query)
    history = await _history(context)
    ids = [*reversed([*history.proposals])]
    if after is not None and after not in history.proposals:
        raise wrong_after("the id of a proposal")
    start = 0 if after is None else ids.index(after) + 1
    page = ids[start : start + limit]
    moment = moment_at(context, context.clock())
    return ProposalsAnswer(
        proposals=tuple(
            _describe(context, history, view_proposal(history, history.proposals[one], moment))
            for one in page
        ),
        next=page[-1] if start + limit < len(ids) else None,
    ).to_bytes()


async def show_proposal(context: Context, proposal_id: str) -> bytes:
    """Return a proposal as it stands. Raises `ProblemError`."""
    history = await _history(context)
    moment = moment_at(context, context.clock())
    view = view_proposal(history, find_proposal(history, proposal_id), moment)
    return _describe(context, history, view).to_bytes()


async def show_evidence(context: Context, proposal_id: str) -> bytes:
    """Return the newest evidence of a proposal, as it was recorded. Raises `ProblemError`."""
    find_proposal(await _history(context), proposal_id)

    def read(connection: Connection) -> bytes:
        entry = find_newest(connection, EntryKind.PROPOSAL_EVIDENCE, proposal_id)
        if entry is None:
            detail = "The evidence has not been computed yet."
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, detail))
        return entry.payloads[EVIDENCE]

    return await context.store.read(read)


async def compute_again(context: Context, proposal_id: str) -> bytes:
    """Begin to compute the evidence of a proposal, and return how it stands. Raises `ProblemError`."""
    history = await _history(context)
    proposal = find_proposal(history, proposal_id)
    view = view_proposal(history, proposal, moment_at(context, context.clock()))
    if not view.state.is_open:
        raise not_now(f"The proposal is {view.state.value}.")
    assert isinstance(proposal.stated, ProposalStatement)
    if proposal.stated.subject is ProposalSubject.APPROVERS:
        raise not_now("Of who approves, there is no evidence to compute.")
    start_evidence(context, proposal_id)
    return _describe(context, history, view).to_bytes()


async def show_approvers(context: Context) -> bytes:
    """Return the officers who may approve, and what is in force. Raises `ProblemError`."""
    history = await _history(context)
    approvers = history.in_force.approvers
    return OfficersAnswer(
        needed=approvers.needed,
        officers=tuple(
            OfficerAnswer(officer=one.officer, decides=one.decides, has_left=one.officer in history.revoked)
            for one in approvers.officers
        ),
        too_few=history.too_few_without(),
        in_force=describe_in_force(history),
        restored=RestoredAnswer(taken_at=restored.taken_at, entries=restored.entries, mark=restored.mark)
        if (restored := approved_policies(context).state.restored)
        else None,
    ).to_bytes()


def id_in(response: StoredResponse) -> str:
    """Return the id of the proposal in a response."""
    return str(json.loads(response.answer)["proposal_id"])


async def _history(context: Context) -> ApprovalHistory:
    policies = approved_policies(context)
    await policies.catch_up()
    return policies.history


def _describe(context: Context, history: ApprovalHistory, view: ProposalView) -> ProposalAnswer:
    described = describe_proposal(history, view)
    task = context.evidence.state.get(view.proposal_id)
    if task is None:
        return described
    under_way = EvidenceUnderWay(
        step=task.progress.step.value if task.progress else None,
        done=task.progress.done if task.progress else 0,
        of=task.progress.of if task.progress else 0,
        fault=task.fault,
    )
    return described.model_copy(update={"evidence_under_way": under_way})
