"""A proposal as it stands: its state, which approvals count, and what keeps it from coming into force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.domain.approvals.counting import CountedApproval, count_approvals
from api.domain.approvals.evidence import ProposalEvidence, StepResult
from api.domain.approvals.history import (
    APPROVERS,
    ApprovalHistory,
    RecordedEvidence,
    RecordedStatement,
    StateInForce,
    approvers_in,
)
from api.domain.approvals.statements import (
    ProposalStatement,
    ProposalSubject,
    ProposalWithdrawal,
    Rejection,
)


class ProposalState(StrEnum):
    """How far a proposal has come; the last four are ends."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    PROVED = "proved"
    TESTED = "tested"
    COMPARED = "compared"
    APPROVED = "approved"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"

    @property
    def is_open(self) -> bool:
        """Whether something can still become of the proposal."""
        match self:
            case (
                ProposalState.DRAFTED
                | ProposalState.CHECKED
                | ProposalState.PROVED
                | ProposalState.TESTED
                | ProposalState.COMPARED
                | ProposalState.APPROVED
            ):
                return True
            case (
                ProposalState.ACTIVE
                | ProposalState.SUPERSEDED
                | ProposalState.WITHDRAWN
                | ProposalState.REJECTED
            ):
                return False


STEPS = (ProposalState.CHECKED, ProposalState.PROVED, ProposalState.TESTED, ProposalState.COMPARED)
"""The steps of the evidence, in their order."""
NEEDED_STEPS = frozenset({ProposalState.CHECKED, ProposalState.PROVED})
"""Without these, no approval brings policies into force."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as it stands at a moment. `lacking` says what it takes to come into force, a sentence each."""

    recorded: RecordedStatement
    proposal: ProposalStatement
    state: ProposalState
    evidence: RecordedEvidence | None
    stale: tuple[str, ...]
    approvals: tuple[CountedApproval, ...]
    needs_deciding: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def proposal_id(self) -> str:
        """The digest of the proposal's text."""
        return self.proposal.digest

    @property
    def counted(self) -> list[CountedApproval]:
        """The approvals that count."""
        return [one for one in self.approvals if one.why_not is None]


@dataclass(frozen=True, slots=True)
class ViewMoment:
    """When something is looked at: the time, the day at the place of the policies, the engine that would decide."""

    at: dt.datetime
    today: dt.date
    engine: str


def step_results(evidence: ProposalEvidence) -> tuple[tuple[str, ...], str | None]:
    """Return the steps that evidence passed, and the first that it did not; having no scenarios passes none."""
    results = (evidence.checked, evidence.proved, evidence.tested, evidence.compared)
    steps = [*zip(STEPS, results, strict=True)]
    passed = tuple(step.value for step, result in steps if result is StepResult.PASSED)
    neither = (StepResult.PASSED, StepResult.NO_SCENARIOS)
    return passed, next((step.value for step, result in steps if result not in neither), None)


def view_proposal(history: ApprovalHistory, recorded: RecordedStatement, moment: ViewMoment) -> ProposalView:
    """Return a proposal as it stands at a moment, by everything in `history`."""
    assert isinstance(recorded.stated, ProposalStatement)
    proposal, in_force = recorded.stated, history.in_force
    evidence = history.evidence_of(proposal.digest)
    approvals = count_approvals(history, recorded, moment.at)
    stale = tuple(_stale(proposal, evidence, in_force, moment))
    deciding = tuple(_needs_deciding(proposal, evidence))
    lacking = (
        *_lacking_evidence(proposal, evidence, stale),
        *_lacking_approvals([one for one in approvals if one.why_not is None], bool(deciding), in_force),
        *_lacking_officers(history, recorded),
    )
    state = _end_of(history, recorded, proposal) or (
        _reached(evidence) if lacking else ProposalState.APPROVED
    )
    if proposal.holds_from and moment.today < proposal.holds_from:
        lacking = (*lacking, f"it shall hold from {proposal.holds_from}, and today is {moment.today}")
    return ProposalView(recorded, proposal, state, evidence, stale, approvals, deciding, lacking)


def view_proposals(history: ApprovalHistory, moment: ViewMoment) -> list[ProposalView]:
    """Return every proposal as it stands, the newest first."""
    return [view_proposal(history, one, moment) for one in reversed([*history.proposals.values()])]


def _end_of(
    history: ApprovalHistory, recorded: RecordedStatement, proposal: ProposalStatement
) -> ProposalState | None:
    """The state of a proposal that has come to an end.

    One whose base was replaced has ended, also if the same comes into force again: nobody looks at it any more.
    """
    for one in history.about(proposal.digest):
        match one.stated:
            case Rejection():
                return ProposalState.REJECTED
            case ProposalWithdrawal():
                return ProposalState.WITHDRAWN
            case _:
                pass
    last = _last_of(history, proposal.subject)
    if activation := history.activation_of(proposal.digest):
        return ProposalState.ACTIVE if last == activation.sequence else ProposalState.SUPERSEDED
    is_based_on_it = proposal.base == history.in_force.digest_of(proposal.subject)
    return None if is_based_on_it and last < recorded.sequence else ProposalState.SUPERSEDED


def _last_of(history: ApprovalHistory, subject: ProposalSubject) -> int:
    """The place of the newest entry that brought what is in force of a subject into force."""
    of_policies = subject is ProposalSubject.POLICIES
    places = [
        one.sequence
        for one in history.activations
        if (
            of_policies
            if (change := history.proposals.get(one.cause)) is None
            else _is_about(change, subject)
        )
    ]
    return places[-1] if places else -1


def _is_about(recorded: RecordedStatement, subject: ProposalSubject) -> bool:
    return isinstance(recorded.stated, ProposalStatement) and recorded.stated.subject is subject


def _reached(evidence: RecordedEvidence | None) -> ProposalState:
    """The last step that was passed without one before it that was not."""
    reached = ProposalState.DRAFTED
    for step in STEPS:
        if evidence is None or step not in evidence.passed:
            break
        reached = step
    return reached


def _stale(
    proposal: ProposalStatement, evidence: RecordedEvidence | None, in_force: StateInForce, moment: ViewMoment
) -> Iterator[str]:
    """Yield why the evidence is not about what would come into force now."""
    if evidence is None:
        return
    if evidence.base != in_force.revision:
        yield "it was computed against other policies than those in force"
    if proposal.subject is not ProposalSubject.FLOOR and evidence.floor != in_force.floor_digest:
        yield "it was computed with another floor than the one in force"
    if proposal.content != _content_of(proposal, evidence):
        yield "it was computed of something else"
    if evidence.engine != moment.engine:
        yield "it was computed by another version of the engine"


def _content_of(proposal: ProposalStatement, evidence: RecordedEvidence) -> str:
    """What evidence is about, of the subject of a proposal."""
    match proposal.subject:
        case ProposalSubject.POLICIES:
            return evidence.proposed
        case ProposalSubject.FLOOR:
            return evidence.floor
        case ProposalSubject.APPROVERS:
            return proposal.content


def _needs_deciding(proposal: ProposalStatement, evidence: RecordedEvidence | None) -> Iterator[str]:
    """Yield why an officer who decides has to approve as well."""
    match proposal.subject:
        case ProposalSubject.FLOOR:
            yield "it changes the floor"
        case ProposalSubject.APPROVERS:
            yield "it changes who approves"
        case ProposalSubject.POLICIES:
            yield from evidence.loosens if evidence else ()


def _lacking_evidence(
    proposal: ProposalStatement, evidence: RecordedEvidence | None, stale: Sequence[str]
) -> Iterator[str]:
    if proposal.subject is ProposalSubject.APPROVERS:
        return
    if evidence is None:
        yield "its evidence has not been computed yet"
        return
    for reason in stale:
        yield f"its evidence is stale: {reason}"
    for step in STEPS:
        if step in NEEDED_STEPS and step not in evidence.passed:
            yield f"it has not been {step}"


def _lacking_officers(history: ApprovalHistory, recorded: RecordedStatement) -> Iterator[str]:
    """Yield why proposed approvers, some of whom have left, could approve nothing any more."""
    if (text := recorded.texts.get(APPROVERS)) and (
        few := approvers_in(text).too_few_without(history.revoked)
    ):
        yield f"officers named there have left: {few}"


def _lacking_approvals(
    counted: Sequence[CountedApproval], deciding: bool, in_force: StateInForce
) -> Iterator[str]:
    editing = sum(not one.decides for one in counted)
    if editing < (needed := in_force.approvers.needed):
        yield f"{editing} of {needed} officers other than its author have approved it"
    if deciding and not any(one.decides for one in counted):
        yield "an officer who decides has to approve it as well"
