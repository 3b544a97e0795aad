"""The two runs of the scenarios: as tests, and against mutants; each in a process of its own."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.evidence.scenarios.scenario_part import ScenarioPart

SETTINGS = Path(__file__).parent / "pytest.ini"
POLL_SECONDS = 0.25
PATIENCE_SECONDS = 20
"""For how long a run that was interrupted may write what it found."""
NOT_PASSED_ON = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONOPTIMIZE")
"""Environment variables that would change what a run does, or switch assertions off."""


class RunFailed(Exception):
    """A run that ended without its result; `output` is what it printed last, `remedy` what helps."""

    def __init__(self, output: str, remedy: str) -> None:
        super().__init__(output)
        self.output = output
        self.remedy = remedy


class NothingFound(Exception):
    """Runs that were interrupted before they had found anything."""


@dataclass(frozen=True, slots=True)
class RunsProgress:
    """How many scenarios have been run and changes tried, and of how many; of 0 as long as that is not known."""

    run: int
    scenarios: int
    tried: int
    changes: int


@dataclass(frozen=True, slots=True)
class RunsResult:
    """The compliance record and the events of the run against mutants: those so far, if the runs were interrupted.

    `cut_short`: the run against mutants was ended when its time had passed.
    """

    evidence: dict[str, Any]
    events: list[dict[str, Any]]
    interrupted: bool
    cut_short: bool


class Runs:
    """Runs pytest on a folder of feature files, about a policy folder, with the given plugins and no others.

    The folder needs no Python; a `conftest.py` inside it is loaded, for example with further steps. What
    surrounds it is not: neither settings of pytest nor a conftest of another project.
    """

    def __init__(
        self,
        features: Path,
        policies: Path,
        scratch: Path,
        plugins: Sequence[str],
        settings: Mapping[str, str],
        *,
        mutants: bool,
        mutant_seconds: float = math.inf,
        part: ScenarioPart | None = None,
    ) -> None:
        """Start the runs, of a part if there is one; `settings` are environment variables that the doors read.

        The run against mutants is ended after `mutant_seconds`, with what it found by then.
        """
        self._mutants_until = time.monotonic() + mutant_seconds
        self._cut_short = False
        self.features = features
        self.plugins = plugins
        self.settings = settings
        self.record = scratch / "record.json"
        self.events = scratch / "mutants.jsonl"
        self.progress = scratch / "progress.txt"
        shared = ["--policies", str(policies)]
        if part:
            part.write(scratch / "part.json")
            shared += ["--part", str(scratch / "part.json")]
        recorded = ["--compliance-record", str(self.record), "--progress", str(self.progress)]
        recorded += ["--scenario-workers", str(os.cpu_count() or 1), "--capture=sys"]
        self._tests = self._start([*recorded, *shared], scratch / "tests.txt")
        self._mutants = (
            self._start(["--policy-mutants", str(self.events), *shared], scratch / "mutants.txt")
            if mutants
            else None
        )

    def wait(self, show: Callable[[RunsProgress], None]) -> RunsResult:
        """Return what the runs have found; `show` is called with how far they are.

        Interrupted, they are ended, and return what they found by then. Raises `RunFailed`, and `NothingFound` where
        that is nothing.
        """
        interrupted = False
        try:
            while any(run and run.poll() is None for run in (self._tests, self._mutants)):
                show(self._progress())
                self._end_mutants_in_time()
                time.sleep(POLL_SECONDS)
            show(self._progress())
        except KeyboardInterrupt:
            interrupted = True
            # Interrupted itself, the run of the scenarios still writes its record.
            self._signal(self._tests, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._tests.wait(PATIENCE_SECONDS)
        finally:
            for run in (self._tests, self._mutants):
                if run:
                    self._signal(run, signal.SIGTERM)
                    run.wait()
        try:
            return self._result(interrupted=interrupted)
        except (RunFailed, ValueError) as error:
            if interrupted:  # before it had written its record, or in the midst of that
                raise NothingFound from error
            raise

    def _end_mutants_in_time(self) -> None:
        if self._mutants and self._mutants.poll() is None and time.monotonic() >= self._mutants_until:
            self._signal(self._mutants, signal.SIGTERM)
            self._mutants.wait()
            self._cut_short = True

    def _signal(self, run: subprocess.Popen[bytes], what: signal.Signals) -> None:
        """Send a signal to a run and the processes it has made, which are a session of their own."""
        if run.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, what)

    def _result(self, *, interrupted: bool) -> RunsResult:
        if not self.record.exists():
            raise self._failed("tests.txt")
        evidence: dict[str, Any] = json.loads(self.record.read_text(encoding="utf-8"))
        events = self._read()
        # Faulty feature files stop both runs; that is a finding, and reported as one.
        if not self._mutants or evidence["findings"]:
            return RunsResult(evidence, [], interrupted, self._cut_short)
        cut_short = self._cut_short and not _ended(events)
        if not interrupted and not cut_short and not _ended(events):
            raise self._failed("mutants.txt")
        return RunsResult(evidence, events, interrupted, cut_short)

    def _progress(self) -> RunsProgress:
        run, _, scenarios = (self.progress.read_text() if self.progress.exists() else "").partition(" ")
        tried, changes = self._tried()
        return RunsProgress(int(run or 0), int(scenarios or 0), tried, changes)

    def _tried(self) -> tuple[int, int]:
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
        # -P: modules beside the features, such as a folder `api` of the user, do not shadow the product's.
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-c", str(SETTINGS), "--rootdir", str(root), "--confcutdir", str(self.features)]
        command += [
            "-o",
            f"bdd_features_base_dir={self.features.name}",
            "--basetemp",
            str(output.with_suffix("")),
        ]
        for plugin in ("pytest_bdd.plugin", *self.plugins):
            command += ["-p", plugin]
        surroundings = {key: value for key, value in os.environ.items() if key not in NOT_PASSED_ON}
        with output.open("wb") as out:
            return subprocess.Popen(
                [*command, *options, str(self.features)],
                cwd=root,
                env={**surroundings, **self.settings, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _failed(self, output: str) -> RunFailed:
        printed = (self.record.parent / output).read_text(encoding="utf-8", errors="replace").strip()
        last = "\n".join(printed.split("\n")[-25:])
        return RunFailed(last, "see above")


def _ended(events: Sequence[dict[str, Any]]) -> bool:
    return bool(events) and bool(events[-1]["event"] == "end")
