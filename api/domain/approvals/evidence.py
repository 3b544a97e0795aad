"""The evidence of a proposed policy change: what was computed of it, for those who decide about it.

It says what it was computed of (`base`, `proposed`, `floor`) and by what (`engine`, `answer_edition`), so that
evidence of another content, or of another version, is recognized as such.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from api.parsing.answers import JsonAnswer
from engine import Outcome

MOST_DECISIONS_SHOWN = 20
"""Of the recorded decisions that are answered otherwise, so many are named."""


class StepResult(StrEnum):
    """What became of a step; only `passed` speaks for the proposal.

    `no_scenarios`: there are none to run. `not_run`: an earlier step failed, or the step could not be begun.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    NO_SCENARIOS = "no_scenarios"


class EvidenceStep(StrEnum):
    """The steps of the computation, in their order."""

    CHECKED = "checked"
    PROVED = "proved"
    COMPARED = "compared"
    REPLAYED = "replayed"
    TESTED = "tested"
    MUTATED = "mutated"


class EvidenceProgress(JsonAnswer):
    """How far a step is: `done` parts of `of`, which is 0 as long as it is not known."""

    step: EvidenceStep
    done: int
    of: int


class EvidenceFinding(JsonAnswer):
    """A fault or remark of the check, in the place where it stands in the proposed files."""

    place: str
    code: str
    message: str
    remedy: str


class CheckEvidence(JsonAnswer):
    """What the check found; with a fault nothing else is computed."""

    result: StepResult
    faults: tuple[EvidenceFinding, ...] = ()
    remarks: tuple[EvidenceFinding, ...] = ()


class UnprovedObligation(JsonAnswer):
    """Something that is not proved, why, and the smallest request that shows it, if there is one."""

    name: str
    because: str | None = None
    request: dict[str, Any] | None = None


class ProofEvidence(JsonAnswer):
    """What was proved over all requests: of the set, of the floor, and of what the base guarantees of itself."""

    result: StepResult
    obligations: int = 0
    unproved: tuple[UnprovedObligation, ...] = ()


class FailedScenario(JsonAnswer):
    """A scenario that does not pass: where it stands, what it is called, and what was found instead."""

    place: str
    name: str
    message: str


class SuggestedScenario(JsonAnswer):
    """A scenario that was run and notices a small change: its title and text, to stand after a line of a file."""

    path: str
    line: int
    title: str
    text: str


class SurvivingMutant(JsonAnswer):
    """A small change of the proposed files that no scenario notices, and one that would, if it was found."""

    place: str
    subject: str
    change: str
    proposal: SuggestedScenario | None = None


class MutantEvidence(JsonAnswer):
    """How many small changes there are, how many were tried, and how many of those a scenario noticed.

    Tried changes that are neither caught nor listed are refused by the check or change no answer. `cut_short`: the
    time limit passed before all were tried, so that survivors may be missing.
    """

    made: int
    tried: int
    caught: int
    not_decided: int
    survivors: tuple[SurvivingMutant, ...] = ()
    cut_short: bool = False


class ScenarioEvidence(JsonAnswer):
    """The scenarios of the base, run against the proposed set; `because` says why they could not be run."""

    result: StepResult
    expected: int = 0
    passed: int = 0
    failed: tuple[FailedScenario, ...] = ()
    because: str | None = None
    mutants: MutantEvidence | None = None


class ComparisonEvidence(JsonAnswer):
    """What is answered otherwise, over all requests.

    `data` is the comparison as `channelgate policies compare --format json` prints it, `markdown` the same to read.
    Failed is one that is not proved to be complete, or that could not be made: `because` says why.
    """

    result: StepResult
    because: str | None = None
    data: dict[str, Any] | None = None
    markdown: str | None = None


class ReplayedDecision(JsonAnswer):
    """A line of a recorded decision that is answered otherwise; the outcome may be the same, with other content."""

    decision_id: str
    line: int | str
    was: Outcome
    becomes: Outcome


class ReplayEvidence(JsonAnswer):
    """Recorded decisions, taken again under both sets: how many, and how many of them are answered otherwise.

    `shown` names the first of their lines. Failed: a decision could not be taken again; `because` says why.
    """

    result: StepResult
    decided: int = 0
    changed: int = 0
    shown: tuple[ReplayedDecision, ...] = ()
    because: str | None = None


class NamedChanges(JsonAnswer):
    """The names of what is new, of what is gone, and of what is put otherwise."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class TranslationEvidence(JsonAnswer):
    """The translations of the proposed set into one language: texts that have none, stale ones, and drafts."""

    language: str
    missing: int
    stale: int
    drafts: int


class LooseningCause(StrEnum):
    """Why a proposal may loosen something."""

    MORE_PERMISSIVE = "more_permissive"
    LESS_GUARDED = "less_guarded"
    NOT_PROVED = "not_proved"
    INVARIANT_REMOVED = "invariant_removed"
    INVARIANT_CHANGED = "invariant_changed"
    PROHIBITION_REMOVED = "prohibition_removed"
    DUTY_REMOVED = "duty_removed"
    NOT_COMPUTED = "not_computed"


class LooseningReason(JsonAnswer):
    """One reason, in words."""

    cause: LooseningCause
    what: str


class LooseningEvidence(JsonAnswer):
    """Whether the proposal may loosen something; what could not be computed counts as if it did."""

    may_loosen: bool
    reasons: tuple[LooseningReason, ...] = ()


class ProposalEvidence(JsonAnswer):
    """Everything computed of a proposal.

    `base` and `proposed` are revisions, `floor` is the SHA-256 of the floor's file. `engine` is the fingerprint of
    the program that computed it.
    """

    base: str
    proposed: str
    floor: str
    engine: str
    answer_edition: int
    check: CheckEvidence
    proof: ProofEvidence
    scenarios: ScenarioEvidence
    comparison: ComparisonEvidence
    replay: ReplayEvidence | None = None
    clauses: NamedChanges = NamedChanges()
    readings: NamedChanges = NamedChanges()
    invariants: NamedChanges = NamedChanges()
    translations: tuple[TranslationEvidence, ...] = ()
    loosens: LooseningEvidence

    @property
    def checked(self) -> StepResult:
        """What became of the check."""
        return self.check.result

    @property
    def proved(self) -> StepResult:
        """What became of the proof."""
        return self.proof.result

    @property
    def tested(self) -> StepResult:
        """What became of the scenarios."""
        return self.scenarios.result

    @property
    def compared(self) -> StepResult:
        """What became of the comparison."""
        return self.comparison.result

    @property
    def sound(self) -> bool:
        """Whether every step has passed, and nothing may be loosened."""
        steps = {self.checked, self.proved, self.tested, self.compared}
        return steps == {StepResult.PASSED} and not self.loosens.may_loosen
