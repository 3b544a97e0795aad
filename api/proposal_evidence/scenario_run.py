"""The scenarios of the base, run against the proposed set, and against small changes of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.domain.approvals.evidence import (
    EvidenceProgress,
    EvidenceStep,
    FailedScenario,
    MutantEvidence,
    ScenarioEvidence,
    StepResult,
    SuggestedScenario,
    SurvivingMutant,
)
from api.evidence.scenarios.runs import RunFailed, Runs, RunsProgress, RunsResult
from api.evidence.scenarios.scoring import score
from api.proposal_evidence.work_folder import FLOOR, WorkFolder
from engine import PolicySet

PLUGINS = ("api.evidence.scenarios.plugin", "api.doors.plugin")
"""The pytest plugins of a run, by name, as `policies test` has them."""


def run_scenarios(
    folder: WorkFolder, policies: PolicySet, mutant_seconds: float, report: Callable[[EvidenceProgress], None]
) -> ScenarioEvidence:
    """Run the scenarios, and change the proposed files for at most `mutant_seconds`."""
    features = folder.features
    if features is None:
        return ScenarioEvidence(result=StepResult.NO_SCENARIOS)
    proposed = folder.path / "proposed"
    with tempfile.TemporaryDirectory(dir=folder.path) as scratch:
        runs = Runs(
            features.resolve(),
            proposed.resolve(),
            Path(scratch).resolve(),
            PLUGINS,
            {"CHANNELGATE_FLOOR": str((folder.path / FLOOR).resolve())},
            mutants=True,
            mutant_seconds=mutant_seconds,
        )
        try:
            result = runs.wait(_Reporter(report).show)
        except RunFailed as failed:
            # What pytest prints names the folder, which is another one each time.
            output = failed.output.replace(f"{folder.path.resolve()}/", "")
            because = f"the scenarios could not be run: {output}"
            return ScenarioEvidence(result=StepResult.FAILED, because=because)
    return _evidence(policies, result, proposed)


class _Reporter:
    """Reports what has moved since the last time; the runs are looked at several times a second."""

    def __init__(self, report: Callable[[EvidenceProgress], None]) -> None:
        self._report = report
        self._last: dict[EvidenceStep, EvidenceProgress] = {}

    def show(self, progress: RunsProgress) -> None:
        """Report how far the two runs are."""
        self._show(EvidenceProgress(step=EvidenceStep.TESTED, done=progress.run, of=progress.scenarios))
        self._show(EvidenceProgress(step=EvidenceStep.MUTATED, done=progress.tried, of=progress.changes))

    def _show(self, now: EvidenceProgress) -> None:
        if now.of and self._last.get(now.step) != now:
            self._last[now.step] = now
            self._report(now)


def _evidence(policies: PolicySet, result: RunsResult, proposed: Path) -> ScenarioEvidence:
    record = score(policies, result.evidence, result.events, proposed)
    scenarios, faults = record["scenarios"], record["scenarios"]["findings"]
    failed = tuple(map(_failed, scenarios["failing"]))
    passed = scenarios["promised"] > 0 and not failed and not faults
    return ScenarioEvidence(
        result=StepResult.PASSED if passed else StepResult.FAILED,
        expected=scenarios["promised"],
        passed=scenarios["passed"],
        failed=failed,
        because=_because(faults) if faults else None,
        mutants=None if faults else _mutants(record["mutants"], result),
    )


def _failed(row: Mapping[str, Any]) -> FailedScenario:
    cells = f" ({', '.join(row['cells'])})" if row["cells"] else ""
    return FailedScenario(
        place=row["place"], name=f"{row['name']}{cells}", message=row["message"] or row["verdict"]
    )


def _because(faults: Sequence[Mapping[str, Any]]) -> str:
    listed = "; ".join(f"{one['path']}:{one['line']} {one['fact']}" for one in faults)
    return f"the feature files cannot be run against the proposed set: {listed}"


def _mutants(counted: Mapping[str, Any] | None, result: RunsResult) -> MutantEvidence:
    if counted is None:  # ended before the first change was tried
        return MutantEvidence(made=0, tried=0, caught=0, not_decided=0, cut_short=result.cut_short)
    return MutantEvidence(
        made=result.events[0]["mutants"],
        tried=counted["tried"],
        caught=counted["killed"],
        not_decided=counted["not_decided"],
        survivors=tuple(_survivor(row) for row in counted["all"] if row["fate"] == "survived"),
        cut_short=result.cut_short,
    )


def _survivor(row: Mapping[str, Any]) -> SurvivingMutant:
    place = f"{row['file']}:{row['line']}:{row['column']}"
    found = row.get("proposal")
    return SurvivingMutant(
        place=place,
        subject=row["subject"],
        change=row["said"],
        proposal=SuggestedScenario.model_validate(found) if found else None,
    )
