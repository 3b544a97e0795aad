"""Evidence of proposals: computed in the background by a process of its own, and recorded when it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.domain.approvals.evidence import ProposalEvidence
from api.domain.approvals.history import FLOOR
from api.domain.approvals.proposal_view import view_proposal
from api.domain.approvals.statements import ProposalStatement, ProposalSubject
from api.ledger.database import StoreUnavailable
from api.ledger.entries import EVIDENCE, Entry, EntryKind
from api.ledger.revisions import find_revision
from api.services.context import Context
from api.services.evidence_runs import EvidenceInputs
from api.services.evidence_tasks import ReportProgress
from api.services.proposals.commands import approved_policies, find_proposal, moment_at
from api.services.proposals.making import FEATURES
from api.services.recorded_decisions import collect_decisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

REPLAYED_DECISIONS = 1000
"""So many of the newest recorded decisions are taken again under a proposed set."""


def start_evidence(context: Context, proposal_id: str) -> None:
    """Begin to compute the evidence of an open proposal in the background, and record it when it is there.

    Of other approvers there is none.
    """
    history = approved_policies(context).history
    view = view_proposal(history, find_proposal(history, proposal_id), moment_at(context, context.clock()))
    proposal = view.proposal
    if proposal.subject is ProposalSubject.APPROVERS or not view.state.is_open:
        return

    async def compute(report: ReportProgress) -> None:
        inputs = await context.store.read(lambda connection: _inputs(connection, context, proposal))
        evidence = await context.evidence.runs.compute_evidence(inputs, report)
        await context.store.append([_entry(context, proposal_id, evidence)])
        await approved_policies(context).catch_up()

    context.evidence.start(proposal_id, compute)


def _inputs(connection: Connection, context: Context, proposal: ProposalStatement) -> EvidenceInputs:
    """What the evidence of a proposal is computed of, as of now."""
    history = approved_policies(context).history
    in_force, texts = history.in_force, history.proposals[proposal.digest].texts
    base = _files(connection, in_force.revision)
    of_policies = proposal.subject is ProposalSubject.POLICIES
    return EvidenceInputs(
        base=base,
        proposed=_files(connection, proposal.content) if of_policies else base,
        floor=(in_force.floor if of_policies else texts[FLOOR]).encode(),
        features={
            name.removeprefix(FEATURES): text.encode()
            for name, text in texts.items()
            if name.startswith(FEATURES)
        },
        decisions=collect_decisions(connection, context.policies.current.policies, REPLAYED_DECISIONS),
    )


def _files(connection: Connection, revision: str) -> Mapping[str, bytes]:
    found = find_revision(connection, revision)
    if found is None:
        raise StoreUnavailable(f"the ledger has no files of the revision {revision[:12]}")
    return found.read()


def _entry(context: Context, proposal_id: str, evidence: ProposalEvidence) -> Entry:
    members = {"base": evidence.base, "proposed": evidence.proposed, "engine": evidence.engine}
    return Entry(
        EntryKind.PROPOSAL_EVIDENCE, proposal_id, context.clock(), members, {EVIDENCE: evidence.to_bytes()}
    )
