"""What starting costs, beside Python itself and beside one import of pydantic, in the same run.

`serve` counts until /healthz answers, on a database that is there already. Processor time is what the process used;
on a quiet machine it is nearly all the time that passed. Run it as `python benchmarks/start_up.py [REPEATS]`.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).parents[1]
CLI = "from api.cli.main import main; main()"
SERVE = "serve, until it answers"
BASE = "import pydantic"
RUNS = {
    "pass": ("pass",),
    BASE: (BASE,),
    "check --help": (CLI, "check", "--help"),
    "--help": (CLI, "--help"),
    "check": (CLI, "check", "examples/hold.json"),
    SERVE: (CLI, "serve", "--insecure-no-auth", "--port", "0"),
}


class Taken(NamedTuple):
    passed: float
    processor: float


def start(run: tuple[str, ...], database: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", *run],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CHANNELGATE_DATABASE": database},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def until_done(run: tuple[str, ...], database: str) -> Taken:
    began = time.perf_counter()
    process = start(run, database)
    _, status, used = os.wait4(process.pid, 0)
    taken = Taken(time.perf_counter() - began, used.ru_utime + used.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stderr
    assert process.returncode == 0, process.stderr.read()
    process.stderr.close()
    return taken


def until_alive(run: tuple[str, ...], database: str) -> Taken:
    began = time.perf_counter()
    with start(run, database) as process:
        assert process.stderr
        event = next(event for event in map(json.loads, process.stderr) if event["event"] == "listening")
        urllib.request.urlopen(f"http://127.0.0.1:{event['port']}/healthz").read()
        passed = time.perf_counter() - began
        used = psutil.Process(process.pid).cpu_times()
        process.terminate()
        process.stderr.read()
    return Taken(passed, used.user + used.system)


def spread(values: list[float], form: str) -> str:
    middle, least, most = (
        format(value, form) for value in (statistics.median(values), min(values), max(values))
    )
    return f"{middle} ({least} to {most})"


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats + 1):
            rounds.append(
                {
                    name: (until_alive if name == SERVE else until_done)(run, f"{folder}/log.db")
                    for name, run in RUNS.items()
                }
            )
    del rounds[0]  # it made the database, and the files of compiled code
    print(f"Python {platform.python_version()} on {platform.machine()}; medians of {repeats} (least to most)")
    print(f"{'':24}{f'times `{BASE}`':24}{'ms of processor':24}ms passed")
    for name in RUNS:
        ratios = [taken[name].processor / taken[BASE].processor for taken in rounds]
        processor = [1000 * taken[name].processor for taken in rounds]
        passed = [1000 * taken[name].passed for taken in rounds]
        print(f"{name:24}{spread(ratios, '.1f'):24}{spread(processor, '.0f'):24}{spread(passed, '.0f')}")


if __name__ == "__main__":
    main()
