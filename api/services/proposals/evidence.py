"""Evidence of proposals: computed in the background by a process of its own, and recorded when it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from api.domain.approvals.evidence import EvidenceProgress, ProposalEvidence
from api.domain.approvals.history import FLOOR
from api.domain.approvals.statements import Proposal, Subject
from api.ledger.database import StoreUnavailable
from api.ledger.entries import EVIDENCE, Entry, EntryKind
from api.ledger.revisions import find_revision
from api.services.context import Context
from api.services.evidence_runs import EvidenceFailed, EvidenceInputs, EvidenceRuns
from api.services.proposals.making import FEATURES
from api.services.proposals.recording import approved_policies, find_proposal
from api.services.recorded_decisions import collect_decisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

REPLAYED_DECISIONS = 1000
"""So many of the newest recorded decisions are taken again under a proposed set."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EvidenceTask:
    """A computation under way: how far it is. `fault` says why it came to nothing."""

    progress: EvidenceProgress | None = None
    fault: str | None = None


@dataclass(slots=True)
class EvidenceTasks:
    """The computations of one process, by their proposals."""

    runs: EvidenceRuns = field(default_factory=EvidenceRuns)
    state: dict[str, EvidenceTask] = field(default_factory=dict)
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, context: Context, proposal_id: str) -> None:
        """Begin the computation for a proposal, unless it is under way; of other approvers there is none."""
        proposal = find_proposal(approved_policies(context).history, proposal_id).stated
        assert isinstance(proposal, Proposal)
        if proposal_id in self.running or proposal.subject is Subject.APPROVERS:
            return
        self.state[proposal_id] = EvidenceTask()
        task = asyncio.ensure_future(self._compute(context, proposal_id, proposal))
        self.running[proposal_id] = task
        task.add_done_callback(lambda _: self.running.pop(proposal_id, None))

    async def stop(self) -> None:
        """End what is under way; it is computed again when somebody asks for it."""
        for task in (running := [*self.running.values()]):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _compute(self, context: Context, proposal_id: str, proposal: Proposal) -> None:
        def report(progress: EvidenceProgress) -> None:
            self.state[proposal_id] = EvidenceTask(progress)

        try:
            inputs = await context.store.read(lambda connection: _inputs(connection, context, proposal))
            evidence = await self.runs.compute_evidence(inputs, report)
            await context.store.append([_entry(context, proposal_id, evidence)])
            await approved_policies(context).catch_up()
        except (EvidenceFailed, StoreUnavailable) as failure:
            log.error("evidence_not_computed", proposal_id=proposal_id, reason=str(failure))
            self.state[proposal_id] = EvidenceTask(fault=str(failure))
        except Exception:
            log.exception("evidence_failed", proposal_id=proposal_id)
            self.state[proposal_id] = EvidenceTask(fault="it failed; see the log of the service")
        else:
            self.state.pop(proposal_id, None)


def _inputs(connection: Connection, context: Context, proposal: Proposal) -> EvidenceInputs:
    """What the evidence of a proposal is computed of, as of now."""
    history = approved_policies(context).history
    in_force, texts = history.in_force, history.proposals[proposal.digest].texts
    base = _files(connection, in_force.revision)
    of_policies = proposal.subject is Subject.POLICIES
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
