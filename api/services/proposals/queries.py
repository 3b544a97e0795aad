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
from api.domain.approvals.proposal_view import ProposalView
from api.domain.approvals.statements import ProposalSubject
from api.ledger.entries import EVIDENCE, EntryKind
from api.ledger.reader import find_newest
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.proposals.commands import approved_policies, find_proposal, not_now
from api.services.proposals.evidence import start_evidence
from api.services.proposals.views import read_history, view_one, view_page
from api.storage.stored_responses import StoredResponse

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def show_proposals(context: Context, query: Mapping[str, str]) -> bytes:
    """Return a page of proposals as they stand, the newest first. Raises `ProblemError`."""
    page = await view_page(context, query)
    return ProposalsAnswer(
        proposals=tuple(_describe(context, page.history, one) for one in page.views), next=page.next
    ).to_bytes()


async def show_proposal(context: Context, proposal_id: str) -> bytes:
    """Return a proposal as it stands. Raises `ProblemError`."""
    return _describe(context, *await view_one(context, proposal_id)).to_bytes()


async def show_evidence(context: Context, proposal_id: str) -> bytes:
    """Return the newest evidence of a proposal, as it was recorded. Raises `ProblemError`."""
    find_proposal(await read_history(context), proposal_id)

    def read(connection: Connection) -> bytes:
        entry = find_newest(connection, EntryKind.PROPOSAL_EVIDENCE, proposal_id)
        if entry is None:
            detail = "The evidence has not been computed yet."
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, detail))
        return entry.payloads[EVIDENCE]

    return await context.store.read(read)


async def compute_again(context: Context, proposal_id: str) -> bytes:
    """Begin to compute the evidence of a proposal, and return how it stands. Raises `ProblemError`."""
    history, view = await view_one(context, proposal_id)
    if not view.state.is_open:
        raise not_now(f"The proposal is {view.state.value}.")
    if view.proposal.subject is ProposalSubject.APPROVERS:
        raise not_now("Of who approves, there is no evidence to compute.")
    start_evidence(context, proposal_id)
    return _describe(context, history, view).to_bytes()


async def show_approvers(context: Context) -> bytes:
    """Return the officers who may approve, and what is in force. Raises `ProblemError`."""
    history = await read_history(context)
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
