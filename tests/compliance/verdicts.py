"""Promises joined with runs: whether each scenario was kept, at each door, and the totals that add up.

Nothing here knows of pytest; a run comes in as what was seen of it, and a promise without a run is NOT RUN.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from api.promises import Key, Promise

ONLY_DOOR = "default"
DOOR_TAG = "@door:"


class Verdict(StrEnum):
    """What became of a promise, the gravest first; only PASSED keeps it."""

    MISMATCH = "MISMATCH"
    FAILED = "FAILED"
    UNDEFINED = "UNDEFINED"
    XFAIL = "XFAIL"
    SKIPPED = "SKIPPED"
    NOT_RUN = "NOT RUN"
    PASSED = "PASSED"


_GRAVITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of some verdicts; NOT RUN if there is none."""
    return min(verdicts, key=_GRAVITY.__getitem__, default=Verdict.NOT_RUN)


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step that was begun, and how it ended."""

    line: int
    kind: str
    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario run through one door, as the test run saw it; `path` is relative to the project."""

    path: str
    line: int
    cells: tuple[str, ...]
    door: str
    verdict: Verdict
    steps: tuple[StepRun, ...]
    message: str = ""

    def to_json(self) -> str:
        """Write the run as one line of JSON, for the way from a worker to the session."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a run that `to_json` wrote."""
        raw = json.loads(text)
        steps = tuple(StepRun(**{**step, "verdict": Verdict(step["verdict"])}) for step in raw["steps"])
        return cls(
            **{**raw, "cells": tuple(raw["cells"]), "verdict": Verdict(raw["verdict"]), "steps": steps}
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether one promise was kept at one door, with a verdict for each promised step."""

    door: str
    verdict: Verdict
    steps: tuple[Verdict, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Account:
    """One promise with what became of it at each door of the session."""

    promise: Promise
    doors: tuple[Kept, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of all doors."""
        return gravest(kept.verdict for kept in self.doors)

    def verdict_at(self, door: str) -> Verdict:
        """The verdict of one door."""
        return gravest(kept.verdict for kept in self.doors if kept.door == door)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Every promise with its account, and the runs that nobody promised."""

    doors: tuple[str, ...]
    accounts: tuple[Account, ...]
    unpromised: tuple[Run, ...]

    def totals(self, door: str | None = None) -> dict[str, int]:
        """How many scenarios were promised, and how many got each verdict, at one door or over all."""
        verdicts = [
            account.verdict_at(door) if door else account.verdict
            for account in self.accounts
            if door is None or any(kept.door == door for kept in account.doors)
        ]
        counts = Counter(verdicts)
        return {"promised": len(verdicts), **{verdict.value: counts[verdict] for verdict in Verdict}}


def reckon(promises: Iterable[Promise], runs: Sequence[tuple[Key, Run]], doors: Sequence[str]) -> Reckoning:
    """Give every promise its account at each of its doors: those its tags name, or else all.

    A door seen in a run counts as well as an expected one.
    """
    all_doors = tuple(dict.fromkeys([*doors, *(run.door for _, run in runs)])) or (ONLY_DOOR,)
    by_key: dict[tuple[Key, str], list[Run]] = {}
    for key, run in runs:
        by_key.setdefault((key, run.door), []).append(run)
    accounts = tuple(
        Account(
            promise,
            tuple(
                _keep(promise, door, by_key.pop((promise.key, door), []))
                for door in _doors_of(promise, all_doors)
            ),
        )
        for promise in promises
    )
    return Reckoning(all_doors, accounts, tuple(run for left in by_key.values() for run in left))


def _doors_of(promise: Promise, all_doors: tuple[str, ...]) -> tuple[str, ...]:
    named = [tag.removeprefix(DOOR_TAG) for tag in promise.tags if tag.startswith(DOOR_TAG)]
    return tuple(named) or all_doors


def _keep(promise: Promise, door: str, runs: list[Run]) -> Kept:
    verdicts = [(_verdict(promise, run), run) for run in runs]
    if not verdicts:
        return Kept(door, Verdict.NOT_RUN, (Verdict.NOT_RUN,) * len(promise.steps), "")
    verdict, run = min(verdicts, key=lambda pair: _GRAVITY[pair[0]])
    begun = tuple(step.verdict for step in run.steps)[: len(promise.steps)]
    steps = begun + (Verdict.NOT_RUN,) * (len(promise.steps) - len(begun))
    message = "the steps run are not the steps promised" if verdict is Verdict.MISMATCH else run.message
    return Kept(door, verdict, steps, message)


def _verdict(promise: Promise, run: Run) -> Verdict:
    """The run's own verdict, unless its steps are not those promised, and all of them if it passed."""
    ran = [(step.line, step.kind, step.text) for step in run.steps]
    promised = [(step.line, step.kind.value, step.text) for step in promise.steps]
    matches = ran == (promised if run.verdict is Verdict.PASSED else promised[: len(ran)])
    return run.verdict if matches else Verdict.MISMATCH
