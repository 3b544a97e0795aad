"""The two runs of the scenarios: as tests, and rehearsed against mutants; each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

TOOLS = {"pytest": "pytest", "pytest_bdd": "pytest-bdd"}
PROVER = {"z3": "z3-solver"}
USAGE_ERROR = 4
WAITING = 0.25


class Failed(Exception):
    """A run that ended without what it was to write; `said` is what it printed last, `remedy` what helps."""

    def __init__(self, said: str, remedy: str) -> None:
        super().__init__(said)
        self.said = said
        self.remedy = remedy


def missing_tools(*, mutants: bool) -> list[str]:
    """The packages that a test needs and that are not installed."""
    wanted = {**TOOLS, **(PROVER if mutants else {})}
    return [package for module, package in wanted.items() if importlib.util.find_spec(module) is None]


class Runs:
    """Runs pytest on the features of a project, as its conftest says, about a policy folder."""

    def __init__(self, features: Path, policies: Path, scratch: Path, *, mutants: bool) -> None:
        self.features = features
        self.record = scratch / "record.json"
        self.events = scratch / "mutants.jsonl"
        shared = ["--policies", str(policies)]
        self._tests = self._start(["--compliance-record", str(self.record), *shared], scratch / "tests.txt")
        self._mutants = (
            self._start(["--policy-mutants", str(self.events), *shared], scratch / "mutants.txt")
            if mutants
            else None
        )

    def wait(self, show: Callable[[int, int], None]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the compliance record and the events of the rehearsal (none without mutants).

        `show` is told how many mutants have been tried, and of how many. Raises Failed.
        """
        try:
            while any(run and run.poll() is None for run in (self._tests, self._mutants)):
                show(*self._progress())
                time.sleep(WAITING)
            return self._result()
        finally:
            for run in (self._tests, self._mutants):
                if run and run.poll() is None:
                    run.terminate()
                    run.wait()

    def _result(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        if not self.record.exists():
            raise self._failed("tests.txt")
        evidence: dict[str, Any] = json.loads(self.record.read_text(encoding="utf-8"))
        events = self._read()
        # Faulty feature files stop both runs; that is a finding, and told as one.
        if not self._mutants or evidence["findings"]:
            return evidence, []
        if not _ended(events):
            raise self._failed("mutants.txt")
        return evidence, events

    def _progress(self) -> tuple[int, int]:
        """How many mutants have been tried, and of how many; of 0 as long as that is not known."""
        if not self.events.exists():
            return 0, 0
        first, *rest = self.events.read_text(encoding="utf-8").split("\n")
        total = int(json.loads(first)["mutants"]) if rest else 0
        return min(max(len(rest) - 1, 0), total), total

    def _read(self) -> list[dict[str, Any]]:
        if not self.events.exists():
            return []
        lines = self.events.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def _start(self, options: Sequence[str], output: Path) -> subprocess.Popen[bytes]:
        root = self.features.parent
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(root)]
        surroundings = {key: value for key, value in os.environ.items() if key != "PYTEST_ADDOPTS"}
        with output.open("wb") as out:
            return subprocess.Popen(
                [*command, *options, str(self.features)],
                cwd=root,
                env=surroundings,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def _failed(self, output: str) -> Failed:
        said = (self.record.parent / output).read_text(encoding="utf-8", errors="replace").strip()
        last = "\n".join(said.split("\n")[-25:])
        return Failed(last, f"see above; `python -m pytest {self.features.name}` says more")


def _ended(events: Sequence[dict[str, Any]]) -> bool:
    return bool(events) and bool(events[-1]["event"] == "end")
