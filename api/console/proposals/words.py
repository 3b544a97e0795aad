"""How a proposal stands, in the words of the visitor's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from api.console.frame.approval_words import StateWords
from api.console.frame.areas import marked
from api.console.frame.visits import Visit
from api.domain.approvals.answers import ShownEvidence
from api.domain.approvals.evidence import EvidenceStep, LooseningCause, StepResult
from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.needs import ApprovalNeeds, find_needs
from api.domain.approvals.proposal_view import NEEDED_STEPS, ProposalState, ProposalView
from api.domain.approvals.statements import ProposalSubject
from api.services.evidence_tasks import EvidenceTask
from engine import Direction


def state_words(state: ProposalState) -> StateWords:
    """Return the state of a proposal in words of the templates' language."""
    match state:
        case (
            ProposalState.DRAFTED
            | ProposalState.CHECKED
            | ProposalState.PROVED
            | ProposalState.TESTED
            | ProposalState.COMPARED
        ):
            return StateWords(marked("open"), "wait")
        case ProposalState.APPROVED:
            return StateWords(marked("approved"), "good")
        case ProposalState.ACTIVE:
            return StateWords(marked("in force"), "good")
        case ProposalState.SUPERSEDED:
            return StateWords(marked("superseded"), "plain")
        case ProposalState.WITHDRAWN:
            return StateWords(marked("withdrawn"), "plain")
        case ProposalState.REJECTED:
            return StateWords(marked("rejected"), "bad")
        case _:
            assert_never(state)


def subject_words(subject: ProposalSubject) -> str:
    """Return what a proposal changes, in words of the templates' language."""
    match subject:
        case ProposalSubject.POLICIES:
            return marked("the policies")
        case ProposalSubject.FLOOR:
            return marked("the floor")
        case ProposalSubject.APPROVERS:
            return marked("who approves")
        case _:
            assert_never(subject)


def result_words(result: StepResult) -> StateWords:
    """Return what became of a step of the evidence, in words of the templates' language."""
    match result:
        case StepResult.PASSED:
            return StateWords(marked("passed"), "good")
        case StepResult.FAILED:
            return StateWords(marked("not passed"), "bad")
        case StepResult.NOT_RUN:
            return StateWords(marked("not run"), "bad")
        case StepResult.NO_SCENARIOS:
            return StateWords(marked("there are none"), "plain")
        case _:
            assert_never(result)


def direction_words(direction: Direction) -> str:
    """Return the heading over changes that go one way, in words of the templates' language."""
    match direction:
        case Direction.MORE_PERMISSIVE:
            return marked("Looser: what was forbidden no longer is")
        case Direction.LESS_STRICT:
            return marked("Less strict, and still no permission")
        case Direction.STRICTER:
            return marked("Stricter")
        case _:
            assert_never(direction)


def cause_words(cause: LooseningCause) -> str:
    """Return why something may be loosened, in words of the templates' language."""
    match cause:
        case LooseningCause.MORE_PERMISSIVE:
            return marked("A request is answered more permissively")
        case LooseningCause.LESS_GUARDED:
            return marked("Something guards the policies less")
        case LooseningCause.NOT_PROVED:
            return marked("Something is not proved")
        case LooseningCause.INVARIANT_REMOVED:
            return marked("An invariant is gone")
        case LooseningCause.INVARIANT_CHANGED:
            return marked("An invariant says something else")
        case LooseningCause.PROHIBITION_REMOVED:
            return marked("A rule no longer forbids")
        case LooseningCause.DUTY_REMOVED:
            return marked("A duty is gone")
        case LooseningCause.NOT_COMPUTED:
            return marked("Something could not be computed")
        case _:
            assert_never(cause)


def step_words(step: EvidenceStep) -> str:
    """Return the step of the evidence that is under way, in words of the templates' language."""
    match step:
        case EvidenceStep.CHECKED:
            return marked("the check")
        case EvidenceStep.PROVED:
            return marked("the proof")
        case EvidenceStep.COMPARED:
            return marked("the comparison")
        case EvidenceStep.REPLAYED:
            return marked("recorded decisions, taken again")
        case EvidenceStep.TESTED:
            return marked("the scenarios")
        case EvidenceStep.MUTATED:
            return marked("small changes that a scenario should notice")
        case _:
            assert_never(step)


def shown_words(shown: ShownEvidence) -> str:
    """Return which evidence an officer was shown, in words of the templates' language."""
    match shown:
        case ShownEvidence.NEWEST:
            return marked("the newest")
        case ShownEvidence.EARLIER:
            return marked("an earlier one")
        case ShownEvidence.ELSEWHERE:
            return marked("one that was computed elsewhere")
        case ShownEvidence.NONE:
            return marked("none")
        case _:
            assert_never(shown)


def count_words(visit: Visit, needs: ApprovalNeeds) -> str:
    """Return how many approvals there are of how many."""
    return visit.message("%(counted)s of %(needed)s", counted=needs.counted, needed=needs.needed)


def next_steps(
    visit: Visit, history: ApprovalHistory, view: ProposalView, task: EvidenceTask | None
) -> list[str]:
    """Return what has to be done next, and by whom, a sentence each; none of a proposal that has ended."""
    return list(_next_steps(visit, history, view, task)) if view.state.is_open else []


def _next_steps(
    visit: Visit, history: ApprovalHistory, view: ProposalView, task: EvidenceTask | None
) -> Iterator[str]:
    needs = find_needs(history, view)
    has_evidence = view.proposal.subject is not ProposalSubject.APPROVERS
    if has_evidence and task is not None and task.fault is None:
        yield visit.message("The evidence is being computed; nobody has to do anything for that.")
    elif has_evidence and view.evidence is None:
        yield visit.message(
            "An officer asks for the evidence: there is none yet, and nobody can approve without."
        )
    elif view.stale:
        yield visit.message("An officer asks for the evidence anew: it is about what is no longer in force.")
    elif has_evidence and view.evidence and (NEEDED_STEPS - {*view.evidence.passed}):
        yield visit.message(
            "Its author withdraws it and proposes it mended: it has not passed check and proof."
        )
    if needs.counted < needs.needed:
        yield visit.message(
            "Approvals: %(counted)s of %(needed)s are there. These officers may still approve: %(names)s.",
            counted=needs.counted,
            needed=needs.needed,
            names=_names(needs.editing_officers),
        )
    if needs.deciding is False:
        yield visit.message(
            "One officer who decides has to approve as well: %(names)s.",
            names=_names(needs.deciding_officers),
        )
    if view.state is ProposalState.APPROVED:
        if view.lacking and view.proposal.holds_from:
            yield visit.message("It comes into force by itself on %(day)s.", day=view.proposal.holds_from)
        else:
            yield visit.message("Any officer may bring it into force.")


def _names(officers: tuple[str, ...]) -> str:
    return ", ".join(officers) or "–"
