"""What starting costs: processor time and memory, beside one import of pydantic and beside other versions.

`check` and `serve` are measured twice: the first time, with nothing stored of an earlier run, and once the checked
set and its proof are stored. `serve` counts until /healthz answers, on a database that is there already. Processor
time is what the process and its children used; on a quiet machine it is nearly all the time that passed. Memory of
`serve` is what it holds when it answers. Modules are compiled beforehand. Run it as
`python benchmarks/start_up.py [REPEATS] [--before TREE]`; a tree is a copy of the repository at another version, and
nothing is written into it.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.results import Spread  # noqa: E402  it is run as a file

CLI = "try:\n from api.cli.main import main\nexcept ImportError:\n from api.cli import main\nmain()"
"""The command line; of earlier versions too."""
BASE = "import pydantic"
CHECK = ("check", "examples/hold.json")
SERVE = ("serve", "--insecure-no-auth", "--port", "0")
FIRST, STORED = "the first time", "stored"


class Taken(NamedTuple):
    """What a start took: seconds passed, seconds of processor, bytes of memory."""

    passed: float
    processor: float
    memory: int


@dataclass(frozen=True)
class Subject:
    """What is started: a command of a tree, with or without what an earlier run stored."""

    tree: Path
    arguments: tuple[str, ...]
    stored: bool = True

    @property
    def name(self) -> str:
        if self.arguments[0] == "-c":
            return self.arguments[1]
        times = f", {STORED if self.stored else FIRST}" if self.arguments in (CHECK, SERVE) else ""
        return f"{self.arguments[0]}{times}"


class Starts:
    """Starts subjects with a database and a cache for each tree, all in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, tree: Path) -> None:
        """Make the database of a tree: its tables, and no proof."""
        serving = (*SERVE, "--accept-unproved")
        self._until_alive(self._start(tree, serving, self._own(tree) / "empty.db", self._own(tree) / "cache"))

    def take(self, subject: Subject) -> Taken:
        own = self._own(subject.tree)
        database, cache = own / "stored.db", own / "cache"
        if not subject.stored:
            database, cache = own / "first.db", own / "first_cache"
            shutil.rmtree(cache, ignore_errors=True)
        if not (subject.stored and database.exists()):
            for ending in ("", ".key"):
                shutil.copyfile(f"{own / 'empty.db'}{ending}", f"{database}{ending}")
        process = self._start(subject.tree, subject.arguments, database, cache)
        return (self._until_alive if subject.arguments == SERVE else self._until_done)(process)

    def _own(self, tree: Path) -> Path:
        own = self._folder / str(tree).strip("/").replace("/", "+")
        own.mkdir(exist_ok=True)
        return own

    def _start(
        self, tree: Path, arguments: Sequence[str], database: Path, cache: Path
    ) -> subprocess.Popen[bytes]:
        run = arguments if arguments[0] == "-c" else ("-c", CLI, *arguments)
        self._began = time.perf_counter()
        return subprocess.Popen(
            [sys.executable, *run],
            cwd=tree,
            env={
                **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
                "PYTHONPATH": str(tree),
                "PYTHONPYCACHEPREFIX": str(self._folder / "compiled"),
                "CHANNELGATE_DATABASE": str(database),
                "CHANNELGATE_CACHE": str(cache),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def _until_done(self, process: subprocess.Popen[bytes]) -> Taken:
        assert process.stderr
        with process.stderr as errors:
            text = errors.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, text
        passed = time.perf_counter() - self._began
        return Taken(passed, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)

    def _until_alive(self, process: subprocess.Popen[bytes]) -> Taken:
        with process:
            assert process.stderr
            lines = (line for line in process.stderr if line.startswith(b"{"))
            event = next(event for event in map(json.loads, lines) if event["event"] == "listening")
            urllib.request.urlopen(f"http://127.0.0.1:{event['port']}/healthz").read()
            passed = time.perf_counter() - self._began
            seen = psutil.Process(process.pid)
            used, memory = sum(seen.cpu_times()[:4]), seen.memory_info().rss
            process.terminate()
            process.stderr.read()
        return Taken(passed, used, memory)


def subjects_of(tree: Path) -> list[Subject]:
    return [
        Subject(tree, ("--help",)),
        *(Subject(tree, command, stored) for command in (CHECK, SERVE) for stored in (False, True)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repeats", nargs="?", type=int, default=9)
    parser.add_argument("--before", type=Path, action="append", default=[], metavar="TREE")
    options = parser.parse_args()
    trees = [ROOT, *(tree.resolve() for tree in options.before)]
    base = Subject(ROOT, ("-c", BASE))
    subjects = [base, *(subject for tree in trees for subject in subjects_of(tree))]
    rounds: list[dict[Subject, Taken]] = []
    with tempfile.TemporaryDirectory() as folder:
        starts = Starts(Path(folder))
        for tree in trees:
            starts.prepare(tree)
        for _ in range(options.repeats + 1):
            rounds.append({subject: starts.take(subject) for subject in subjects})
    del rounds[0]  # it compiled the modules, and stored what is found later
    optimized = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    print(
        f"Python {platform.python_version()} on {platform.machine()}, built {'with' if optimized else 'without'} PGO;"
    )
    print(f"medians of {options.repeats} interleaved rounds (least to most)")
    for tree in trees:
        print(
            f"\n{tree}\n{'':24}{f'times `{BASE}`':22}{'ms of processor':24}{'ms passed':24}{'MB':20}", end=""
        )
        print("beside it: processor, memory" if tree != ROOT else "")
        for subject in [base] * (tree == ROOT) + subjects_of(tree):
            taken = [one[subject] for one in rounds]
            beside = [one[base] for one in rounds]
            cells = [
                _ratio([one.processor for one in taken], [one.processor for one in beside]).shown(1),
                Spread.of([1000 * one.processor for one in taken]).shown(0),
                Spread.of([1000 * one.passed for one in taken]).shown(0),
                Spread.of([one.memory / 1e6 for one in taken]).shown(0),
            ]
            print(f"{subject.name:24}{cells[0]:22}{cells[1]:24}{cells[2]:24}{cells[3]:20}", end="")
            if tree != ROOT:
                ours = [one[Subject(ROOT, subject.arguments, subject.stored)] for one in rounds]
                for part in ("processor", "memory"):
                    now, before = ([getattr(one, part) for one in these] for these in (ours, taken))
                    print(f"{_ratio(now, before).shown(2)}  ", end="")
            print()


def _ratio(these: Sequence[float], others: Sequence[float]) -> Spread:
    return Spread.of([one / other for one, other in zip(these, others, strict=True)])


if __name__ == "__main__":
    main()
