"""Expected scenarios joined with runs: a verdict for each at each door, and totals that add up.

Nothing here knows of pytest; a run comes in as what was seen of it, and a scenario without a run is NOT RUN.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from api.evidence.feature_files import ExpectedScenario, ScenarioKey

ONLY_DOOR = "default"
DOOR_TAG = "@door:"


class ScenarioVerdict(StrEnum):
    """What became of an expected scenario, the gravest first."""

    MISMATCH = "MISMATCH"
    FAILED = "FAILED"
    UNDEFINED = "UNDEFINED"
    XFAIL = "XFAIL"
    SKIPPED = "SKIPPED"
    NOT_RUN = "NOT RUN"
    PASSED = "PASSED"


_GRAVITY = {verdict: rank for rank, verdict in enumerate(ScenarioVerdict)}


def gravest(verdicts: Iterable[ScenarioVerdict]) -> ScenarioVerdict:
    """The gravest of some verdicts; NOT RUN if there is none."""
    return min(verdicts, key=_GRAVITY.__getitem__, default=ScenarioVerdict.NOT_RUN)


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step that was begun, and how it ended."""

    line: int
    kind: str
    text: str
    verdict: ScenarioVerdict


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario run through one door, as the test run saw it; `path` is relative to the project."""

    path: str
    line: int
    cells: tuple[str, ...]
    door: str
    verdict: ScenarioVerdict
    steps: tuple[StepRun, ...]
    message: str = ""
    seconds: float = 0.0

    def to_json(self) -> str:
        """Write the run as one line of JSON, for the way from a worker to the session."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a run that `to_json` wrote."""
        raw = json.loads(text)
        steps = tuple(
            StepRun(**{**step, "verdict": ScenarioVerdict(step["verdict"])}) for step in raw["steps"]
        )
        return cls(
            **{
                **raw,
                "cells": tuple(raw["cells"]),
                "verdict": ScenarioVerdict(raw["verdict"]),
                "steps": steps,
            }
        )


@dataclass(frozen=True, slots=True)
class DoorResult:
    """What became of one scenario at one door, with a verdict for each of its steps."""

    door: str
    verdict: ScenarioVerdict
    steps: tuple[ScenarioVerdict, ...]
    message: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One expected scenario with what became of it at each door of the session."""

    scenario: ExpectedScenario
    doors: tuple[DoorResult, ...]

    @property
    def verdict(self) -> ScenarioVerdict:
        """The gravest verdict of all doors."""
        return gravest(at.verdict for at in self.doors)

    def verdict_at(self, door: str) -> ScenarioVerdict:
        """The verdict of one door."""
        return gravest(at.verdict for at in self.doors if at.door == door)


@dataclass(frozen=True, slots=True)
class Results:
    """Every expected scenario with its result, and the runs that no file accounts for."""

    doors: tuple[str, ...]
    scenarios: tuple[ScenarioResult, ...]
    unexpected: tuple[Run, ...]

    def totals(self, door: str | None = None) -> dict[str, int]:
        """How many scenarios were expected, and how many got each verdict, at one door or over all."""
        verdicts = [
            result.verdict_at(door) if door else result.verdict
            for result in self.scenarios
            if door is None or any(at.door == door for at in result.doors)
        ]
        counts = Counter(verdicts)
        return {"promised": len(verdicts), **{verdict.value: counts[verdict] for verdict in ScenarioVerdict}}


def match_runs(
    scenarios: Iterable[ExpectedScenario], runs: Sequence[tuple[ScenarioKey, Run]], doors: Sequence[str]
) -> Results:
    """Give every scenario its result at each of its doors: those its tags name, or else all.

    A door seen in a run counts as well as an expected one.
    """
    all_doors = tuple(dict.fromkeys([*doors, *(run.door for _, run in runs)])) or (ONLY_DOOR,)
    by_key: dict[tuple[ScenarioKey, str], list[Run]] = {}
    for key, run in runs:
        by_key.setdefault((key, run.door), []).append(run)
    results = tuple(
        ScenarioResult(
            scenario,
            tuple(
                _door_result(scenario, door, by_key.pop((scenario.key, door), []))
                for door in _doors_of(scenario, all_doors)
            ),
        )
        for scenario in scenarios
    )
    return Results(all_doors, results, tuple(run for left in by_key.values() for run in left))


def _doors_of(scenario: ExpectedScenario, all_doors: tuple[str, ...]) -> tuple[str, ...]:
    named = [tag.removeprefix(DOOR_TAG) for tag in scenario.tags if tag.startswith(DOOR_TAG)]
    return tuple(named) or all_doors


def _door_result(scenario: ExpectedScenario, door: str, runs: list[Run]) -> DoorResult:
    verdicts = [(_verdict(scenario, run), run) for run in runs]
    if not verdicts:
        return DoorResult(door, ScenarioVerdict.NOT_RUN, (ScenarioVerdict.NOT_RUN,) * len(scenario.steps), "")
    verdict, run = min(verdicts, key=lambda pair: _GRAVITY[pair[0]])
    begun = tuple(step.verdict for step in run.steps)[: len(scenario.steps)]
    steps = begun + (ScenarioVerdict.NOT_RUN,) * (len(scenario.steps) - len(begun))
    message = (
        "the steps run are not the steps promised" if verdict is ScenarioVerdict.MISMATCH else run.message
    )
    return DoorResult(door, verdict, steps, message, sum(run.seconds for run in runs))


def _verdict(scenario: ExpectedScenario, run: Run) -> ScenarioVerdict:
    """The run's own verdict, unless its steps are not those of the file, and all of them if it passed."""
    ran = [(step.line, step.kind, step.text) for step in run.steps]
    written = [(step.line, step.kind.value, step.text) for step in scenario.steps]
    matches = ran == (written if run.verdict is ScenarioVerdict.PASSED else written[: len(ran)])
    return run.verdict if matches else ScenarioVerdict.MISMATCH
