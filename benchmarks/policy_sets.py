"""What loading a large policy set and testing the shipped one cost, beside other versions: whole processes, in turns.

`python -m benchmarks.policy_sets [REPEATS] [--before TREE] [--rules N] [--only WHAT]`. `check` loads a set of 10,000
rules: the first time, and with what an earlier run stored of it. `policies test` runs the scenarios and mutants of
the shipped set on two cores, with nothing stored. Processor time includes that of child processes; what passed counts
where work is spread over cores.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.contenders import command_of
from benchmarks.grown_policies import write_grown
from benchmarks.http_requests import grown_requests
from benchmarks.machine import describe_python
from benchmarks.processes import ROOT
from benchmarks.results import Spread

RULES = 10_000
CORES = {0, 1}


class Taken(NamedTuple):
    """Seconds of processor time, and seconds passed."""

    processor: float
    passed: float


class Runs:
    """Commands of a source tree, which store what they store in a folder of their own."""

    def __init__(self, folder: Path, tree: Path, rules: int) -> None:
        self._tree, self._cache, self._out = tree, folder / "cache", folder / "out.json"
        self._policies = write_grown(folder / "grown", tree, rules)
        self._request = folder / "request.json"
        self._request.write_text(json.dumps(grown_requests()[0]))

    def load_first(self) -> Taken:
        shutil.rmtree(self._cache, ignore_errors=True)
        return self.load_stored()

    def load_stored(self) -> Taken:
        return self._run("check", str(self._request), "--policies", str(self._policies))

    def test(self) -> Taken:
        shutil.rmtree(self._cache, ignore_errors=True)
        return self._run("policies", "test", "policies", "--out", str(self._out))

    def _run(self, *arguments: str) -> Taken:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command_of(self._tree), *arguments],
            cwd=self._tree,
            env={**os.environ, "PYTHONPATH": str(self._tree), "CHANNELGATE_CACHE": str(self._cache)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, CORES),
        )
        assert process.stderr
        with process.stderr as errors:
            text = errors.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"policy_sets: {' '.join(arguments)} failed in {self._tree}: {text.decode()[-2000:]}")
        return Taken(used.ru_utime + used.ru_stime, time.perf_counter() - began)


WHAT: Mapping[str, Callable[[Runs], Taken]] = {
    "loading, the first time": Runs.load_first,
    "loading, stored": Runs.load_stored,
    "policies test": Runs.test,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("repeats", nargs="?", type=int, default=5)
    parser.add_argument("--before", type=Path, action="append", default=[], metavar="TREE")
    parser.add_argument("--rules", type=int, default=RULES)
    parser.add_argument("--only", action="append", choices=WHAT, help="this alone; may be given again")
    options = parser.parse_args()
    print(
        f"Python {describe_python()}; {options.rules:,} rules; medians of {options.repeats} (least to most)",
        flush=True,
    )
    trees = [ROOT, *(tree.resolve() for tree in options.before)]
    with tempfile.TemporaryDirectory() as name:
        runs = {}
        for number, tree in enumerate(trees):
            folder = Path(name) / str(number)
            folder.mkdir()
            runs[tree] = Runs(folder, tree, options.rules)
        for what in options.only or WHAT:
            for one in runs.values() if what == "loading, stored" else ():
                one.load_first()
            rounds = [{tree: WHAT[what](runs[tree]) for tree in trees} for _ in range(options.repeats)]
            show(what, rounds)


def show(what: str, rounds: Sequence[Mapping[Path, Taken]]) -> None:
    """Print what each tree took, and the ratio of the first to it in the same round."""
    print(what)
    own = next(iter(rounds[0]))
    for tree in rounds[0]:
        processor = Spread.of([one[tree].processor for one in rounds]).shown(2)
        passed = Spread.of([one[tree].passed for one in rounds]).shown(2)
        print(f"  {tree!s:30} {processor:24} s of processor  {passed:24} s passed", end="")
        if tree != own:
            pairs = [(one[own], one[tree]) for one in rounds]
            ratios = [
                Spread.of([mine.processor / theirs.processor for mine, theirs in pairs]).shown(2),
                Spread.of([mine.passed / theirs.passed for mine, theirs in pairs]).shown(2),
            ]
            print(f"  beside it: {ratios[0]}, passed {ratios[1]}", end="")
        print(flush=True)


if __name__ == "__main__":
    main()
