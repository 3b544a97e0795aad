"""The two runs of the scenarios: as tests, and against mutants; each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SETTINGS = Path(__file__).parent / "pytest.ini"
POLL_SECONDS = 0.25
NOT_PASSED_ON = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONOPTIMIZE")
"""Environment variables that would change what a run does, or switch assertions off."""


class RunFailed(Exception):
    """A run that ended without its result; `output` is what it printed last, `remedy` what helps."""

    def __init__(self, output: str, remedy: str) -> None:
        super().__init__(output)
        self.output = output
        self.remedy = remedy


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
    ) -> None:
        """Start the runs; `settings` are environment variables that the doors read."""
        self.features = features
        self.plugins = plugins
        self.settings = settings
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
        """Return the compliance record and the events of the run against mutants (none without it).

        `show` is called with how many mutants have been tried, and of how many. Raises Failed.
        """
        try:
            while any(run and run.poll() is None for run in (self._tests, self._mutants)):
                show(*self._progress())
                time.sleep(POLL_SECONDS)
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
        # Faulty feature files stop both runs; that is a finding, and reported as one.
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
            )

    def _failed(self, output: str) -> RunFailed:
        printed = (self.record.parent / output).read_text(encoding="utf-8", errors="replace").strip()
        last = "\n".join(printed.split("\n")[-25:])
        return RunFailed(last, "see above")


def _ended(events: Sequence[dict[str, Any]]) -> bool:
    return bool(events) and bool(events[-1]["event"] == "end")
