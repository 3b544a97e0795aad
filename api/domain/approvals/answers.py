"""What is answered about proposals."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from api.domain.approvals.counting import CountedApproval
from api.domain.approvals.history import ApprovalHistory, RecordedEvidence
from api.domain.approvals.proposal_view import ProposalState, ProposalView
from api.domain.approvals.statements import ProposalStatement, ProposalSubject, ProposalWithdrawal, Rejection
from api.parsing.answers import JsonAnswer
from engine import Approval


class ShownEvidence(StrEnum):
    """What an officer was shown: the newest evidence, one from before it, one computed elsewhere, or none."""

    NEWEST = "newest"
    EARLIER = "earlier"
    ELSEWHERE = "elsewhere"
    NONE = "none"


class ApprovalAnswer(JsonAnswer):
    """An approval, whether it counts, and until when; `evidence` is the digest of what the officer was shown."""

    officer: str
    decides: bool
    approved_at: dt.datetime
    until: dt.datetime
    evidence: str | None
    shown: ShownEvidence
    signed: bool
    entry: int
    counts: bool
    why_not: str | None = None


class EvidenceSummary(JsonAnswer):
    """The newest evidence: its digest, its steps, why it is stale if it is, why the change may loosen something."""

    digest: str
    computed_at: dt.datetime
    passed: tuple[str, ...]
    failed: str | None
    stale: tuple[str, ...]
    loosens: tuple[str, ...]


class EvidenceUnderWay(JsonAnswer):
    """How far the computation of evidence is at the process that was called; `fault` says why there is none."""

    step: str | None
    done: int
    of: int
    fault: str | None


class ProposalEnd(JsonAnswer):
    """Who ended a proposal, and why."""

    officer: str
    at: dt.datetime
    reason: str | None = None


class ProposalAnswer(JsonAnswer):
    """A proposal as it stands. `lacking` says what it takes to come into force, `needs_deciding` why more."""

    proposal_id: str
    subject: ProposalSubject
    content: str
    base: str
    wish: str
    author: str
    proposed_at: dt.datetime
    holds_from: dt.date | None
    state: ProposalState
    evidence: EvidenceSummary | None
    approvals: tuple[ApprovalAnswer, ...]
    needs_deciding: tuple[str, ...]
    lacking: tuple[str, ...]
    entry: int
    active_since: dt.datetime | None = None
    ended: ProposalEnd | None = None
    evidence_under_way: EvidenceUnderWay | None = None


class ProposalsAnswer(JsonAnswer):
    """A page of proposals, the newest first; `next` is the last of them where there are more behind it."""

    proposals: tuple[ProposalAnswer, ...]
    next: str | None


class InForceAnswer(JsonAnswer):
    """What is in force by the ledger, and how it came to be."""

    revision: str
    approval: Approval
    since: dt.datetime
    floor: str
    approvers: str
    confirm_until: dt.datetime | None


class OfficerAnswer(JsonAnswer):
    """An officer, and whether what the officer approves counts."""

    officer: str
    decides: bool
    has_left: bool


class RestoredAnswer(JsonAnswer):
    """The ledger was restored from a backup taken at a time, with so many entries; `mark` is what is confirmed."""

    taken_at: dt.datetime
    entries: int
    mark: str


class OfficersAnswer(JsonAnswer):
    """The officers who may approve, how many have to, and what is in force.

    `too_few` says why nothing could be approved any more. `restored` is set while a restored ledger waits.
    """

    needed: int
    officers: tuple[OfficerAnswer, ...]
    too_few: str | None
    in_force: InForceAnswer
    restored: RestoredAnswer | None


class RecordedAnswer(JsonAnswer):
    """A statement was recorded, at this place of the log; what is in force after it."""

    entry: int
    in_force: InForceAnswer


def describe_proposal(history: ApprovalHistory, view: ProposalView) -> ProposalAnswer:
    """Return a proposal in words."""
    proposal, evidence = view.proposal, view.evidence
    summary = None
    if evidence:
        summary = EvidenceSummary(
            digest=evidence.digest,
            computed_at=evidence.at,
            passed=evidence.passed,
            failed=evidence.failed,
            stale=view.stale,
            loosens=evidence.loosens,
        )
    activation = history.activation_of(view.proposal_id)
    return ProposalAnswer(
        proposal_id=view.proposal_id,
        subject=proposal.subject,
        content=proposal.content,
        base=proposal.base,
        wish=proposal.wish,
        author=proposal.officer,
        proposed_at=view.recorded.at,
        holds_from=proposal.holds_from,
        state=view.state,
        evidence=summary,
        approvals=tuple(
            _describe_approval(one, evidence, _is_known(history, view.proposal_id, one.stated.evidence))
            for one in view.approvals
        ),
        needs_deciding=view.needs_deciding,
        lacking=view.lacking if view.state.is_open else (),
        entry=view.recorded.sequence,
        active_since=activation.at if activation else None,
        ended=_end_of(history, proposal),
    )


def _describe_approval(one: CountedApproval, newest: RecordedEvidence | None, known: bool) -> ApprovalAnswer:
    return ApprovalAnswer(
        officer=one.stated.officer,
        decides=one.decides,
        approved_at=one.recorded.at,
        until=one.until,
        evidence=one.stated.evidence,
        shown=_shown(one.stated.evidence, newest, known),
        signed=bool(one.recorded.note),
        entry=one.recorded.sequence,
        counts=one.why_not is None,
        why_not=one.why_not,
    )


def _shown(evidence: str | None, newest: RecordedEvidence | None, known: bool) -> ShownEvidence:
    if evidence is None:
        return ShownEvidence.NONE
    if newest is not None and evidence == newest.digest:
        return ShownEvidence.NEWEST
    return ShownEvidence.EARLIER if known else ShownEvidence.ELSEWHERE


def _is_known(history: ApprovalHistory, proposal_id: str, evidence: str | None) -> bool:
    return evidence is not None and history.evidence_named(proposal_id, evidence) is not None


def _end_of(history: ApprovalHistory, proposal: ProposalStatement) -> ProposalEnd | None:
    for one in history.about(proposal.digest):
        match one.stated:
            case Rejection():
                return ProposalEnd(officer=one.stated.officer, at=one.at, reason=one.stated.reason)
            case ProposalWithdrawal():
                return ProposalEnd(officer=one.stated.officer, at=one.at)
            case _:
                pass
    return None


def describe_in_force(history: ApprovalHistory) -> InForceAnswer:
    """Return what is in force."""
    in_force = history.in_force
    return InForceAnswer(
        revision=in_force.revision,
        approval=in_force.approval,
        since=in_force.policies_since,
        floor=in_force.floor_digest,
        approvers=in_force.approvers_digest,
        confirm_until=in_force.confirm_until,
    )
