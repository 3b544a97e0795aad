"""What telemetry costs a pre-check on the fast path: processor time a call, beside the same service without it.

`python -m benchmarks.telemetry_cost [--shapes known|new] [--rounds N] [--calls N] [--before TREE]`. No socket and no
second process: 64 connections of the service's own protocol, with a transport that takes what is written; the log is
written to disk. Requests of a known shape are the cheapest, so that the share of telemetry is largest with them.
Each case is a process of its own, and they take turns in short rounds, so that what else the machine does meets all
of them alike. `--before` adds the service of another source tree.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT
from benchmarks.protocol_load import CONNECTIONS, import_from, serving_load
from benchmarks.request_streams import known_shapes, new_shapes

WARM_UP_ROUNDS = 20
SHAPES = {"known": known_shapes, "new": new_shapes}
WITHOUT, METRICS, WORKER, STATED = "without", "metrics", "metrics of a worker", "metrics, id and trace stated"
BEFORE, BEFORE_STATED = "before", "before, id and trace stated"
CASES = (WITHOUT, METRICS, WORKER, STATED)
STATED_HEADERS = (
    "X-Request-ID: 5f0c2d1e-7b1a-4d3b-9c58-2f6d1a9be001\r\n"
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
)


async def run(case: str, folder: Path, calls: int, shapes: str) -> None:
    """For each line that arrives, put a round of calls, and print the microseconds of processor time a call."""
    more: dict[str, Any] = {} if case in (WITHOUT, BEFORE, BEFORE_STATED) else {"metrics_port": 0}
    if case == WORKER:
        more["workers"] = 2
    headers = STATED_HEADERS if case in (STATED, BEFORE_STATED) else ""
    bodies = SHAPES[shapes]()
    async with serving_load(folder, headers=headers, **more) as load:
        await load.put(load.calls(bodies, WARM_UP_ROUNDS))
        while sys.stdin.readline():
            ready = load.calls(bodies, calls // CONNECTIONS)
            began = time.process_time()
            await load.put(ready)
            print((time.process_time() - began) / len(ready) * 1e6, flush=True)


class Contender:
    """A case in its own process, which takes its turn when it is called."""

    def __init__(self, case: str, tree: Path, folder: Path, options: argparse.Namespace) -> None:
        values = {"PROMETHEUS_MULTIPROC_DIR": str(folder)} if case == WORKER else {}
        arguments = ["--run", case, str(folder), str(tree), "--calls", str(options.calls)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.telemetry_cost", *arguments, "--shapes", options.shapes],
            env={**os.environ, **values},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def take_turn(self) -> float:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        while True:
            line = self._process.stdout.readline()
            assert line, "the process ended"
            if re.fullmatch(r"[\d.]+\n", line):  # others are its log
                return float(line)

    def end(self) -> None:
        self._process.communicate(timeout=60)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--calls", type=int, default=20 * CONNECTIONS, help="in each round")
    parser.add_argument("--shapes", choices=SHAPES, default="known", help="of the requests")
    parser.add_argument("--before", type=Path, metavar="TREE", help="the sources of another version")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", default=ROOT / "out", help="a folder on a real disk"
    )
    parser.add_argument("--run", nargs=3, metavar=("CASE", "DIR", "TREE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        case, folder, tree = options.run
        import_from(Path(tree))
        asyncio.run(run(case, Path(folder), options.calls, options.shapes))
        return
    options.work.mkdir(parents=True, exist_ok=True)
    trees = dict.fromkeys(CASES, ROOT)
    if options.before:
        trees = {**dict.fromkeys((BEFORE, BEFORE_STATED), options.before.resolve()), **trees}
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        contenders = {}
        for number, (case, tree) in enumerate(trees.items()):
            folder = Path(name) / str(number)
            folder.mkdir()
            contenders[case] = Contender(case, tree, folder, options)
        rounds = [
            {case: one.take_turn() for case, one in contenders.items()} for _ in range(options.rounds + 2)
        ][2:]
        for one in contenders.values():
            one.end()
    show(rounds)


def show(rounds: Sequence[Mapping[str, float]]) -> None:
    """Print the median of each case, its least cost, and its ratios to the first in the same round."""
    first = next(iter(rounds[0]))
    print(f"microseconds a call, {len(rounds)} rounds: median, least")
    print(f"ratio to {first}: median of the rounds (their middle half), least to least")
    for case in rounds[0]:
        low, middle, high = statistics.quantiles([costs[case] / costs[first] for costs in rounds], n=4)
        found, base = [costs[case] for costs in rounds], min(costs[first] for costs in rounds)
        print(
            f"  {case:30} {statistics.median(found):8.1f} {min(found):8.1f}"
            f"  {middle:.3f} ({low:.3f} to {high:.3f})  {min(found) / base:.3f}"
        )


if __name__ == "__main__":
    main()
