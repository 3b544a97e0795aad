"""The steps in their order, from the work folder to the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from api.domain.approvals.evidence import (
    CheckEvidence,
    ComparisonEvidence,
    EvidenceProgress,
    EvidenceStep,
    LooseningEvidence,
    LooseningReason,
    NamedChanges,
    ProofEvidence,
    ProposalEvidence,
    ReplayEvidence,
    ScenarioEvidence,
    StepResult,
    TranslationEvidence,
)
from api.proposal_evidence.changes import (
    changed_clauses,
    changed_invariants,
    changed_readings,
    count_translations,
)
from api.proposal_evidence.check import check_proposed
from api.proposal_evidence.comparison import compare_sets, describe_comparison, replay_decisions
from api.proposal_evidence.loosening import (
    loosened_answers,
    loosened_guards,
    not_computed,
    unproved_obligations,
)
from api.proposal_evidence.proof import prove_proposed
from api.proposal_evidence.scenario_run import run_scenarios
from api.proposal_evidence.work_folder import WorkFolder
from api.runtime.engine_fingerprint import fingerprint_engine
from engine import ANSWER_EDITION, PolicyFaults, PolicySet, revision_of

ShowProgress = Callable[[EvidenceProgress], None]


def compute_evidence(path: Path, mutant_seconds: float, report: ShowProgress) -> ProposalEvidence:
    """Return the evidence of the proposal in a work folder; `report` is called as the steps go on.

    Small changes are tried for at most `mutant_seconds`. Raises `JobFailed`.
    """
    computation = _Computation(WorkFolder(path), report)
    computation.run(mutant_seconds)
    return computation.evidence()


class _Computation:
    """The evidence as far as it is computed; what no step has computed counts as not run."""

    def __init__(self, folder: WorkFolder, report: ShowProgress) -> None:
        self._folder = folder
        self._report = report
        # Read first, so that a folder that lacks something ends the job before anything is computed.
        self._base_revision = folder.base_revision
        self._proposed_revision = revision_of(folder.proposed.files)
        self._floor = folder.floor_digest
        self._check = CheckEvidence(result=StepResult.NOT_RUN)
        self._proof = ProofEvidence(result=StepResult.NOT_RUN)
        self._comparison = ComparisonEvidence(result=StepResult.NOT_RUN)
        self._scenarios = ScenarioEvidence(result=StepResult.NOT_RUN)
        self._replay: ReplayEvidence | None = None
        self._clauses = self._readings = self._invariants = NamedChanges()
        self._translations: tuple[TranslationEvidence, ...] = ()
        self._reasons: list[LooseningReason] = []

    def run(self, mutant_seconds: float) -> None:
        """Run the steps; after a failed check none of the others."""
        self._show(EvidenceStep.CHECKED, 0, 1)
        checked = check_proposed(self._folder)
        self._check = checked.evidence
        self._show(EvidenceStep.CHECKED, 1, 1)
        if checked.policies is None:
            return
        self._translations = count_translations(checked.policies)
        self._proof = prove_proposed(checked.policies, lambda done: self._show(EvidenceStep.PROVED, done, 0))
        self._compare(checked.policies)
        self._scenarios = run_scenarios(self._folder, checked.policies, mutant_seconds, self._report)

    def _compare(self, proposed: PolicySet) -> None:
        try:
            base = self._folder.load_base()
        except PolicyFaults as faults:
            because = f"the base has faults: {'; '.join(map(str, faults.diagnostics))}"
            self._comparison = ComparisonEvidence(result=StepResult.FAILED, because=because)
            return
        self._clauses = changed_clauses(base, proposed)
        self._readings = changed_readings(base, proposed)
        self._invariants = changed_invariants(base, proposed)
        self._show(EvidenceStep.COMPARED, 0, 1)
        comparison = compare_sets(base, proposed)
        self._show(EvidenceStep.COMPARED, 1, 1)
        replayed = replay_decisions(
            self._folder, base, proposed, lambda done, of: self._show(EvidenceStep.REPLAYED, done, of)
        )
        self._replay = replayed.evidence if replayed else None
        history = replayed.history if replayed else None
        self._comparison = describe_comparison(base, proposed, comparison, history)
        self._reasons += loosened_answers(comparison, history)
        self._reasons += loosened_guards(comparison, self._invariants, base, proposed)

    def evidence(self) -> ProposalEvidence:
        """Return everything that was computed."""
        reasons = (*self._reasons, *unproved_obligations(self._proof), *not_computed(self._steps()))
        return ProposalEvidence(
            base=self._base_revision,
            proposed=self._proposed_revision,
            floor=self._floor,
            engine=fingerprint_engine(),
            answer_edition=ANSWER_EDITION,
            check=self._check,
            proof=self._proof,
            scenarios=self._scenarios,
            comparison=self._comparison,
            replay=self._replay,
            clauses=self._clauses,
            readings=self._readings,
            invariants=self._invariants,
            translations=self._translations,
            loosens=LooseningEvidence(may_loosen=bool(reasons), reasons=reasons),
        )

    def _steps(self) -> Iterable[tuple[str, StepResult, str | None]]:
        yield "the proof", self._proof.result, None
        yield "the comparison", self._comparison.result, self._comparison.because
        yield "the scenarios", self._scenarios.result, self._scenarios.because
        if self._replay:
            yield "the recorded decisions", self._replay.result, self._replay.because

    def _show(self, step: EvidenceStep, done: int, of: int) -> None:
        self._report(EvidenceProgress(step=step, done=done, of=of))
