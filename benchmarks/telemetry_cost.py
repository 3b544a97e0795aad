"""What telemetry costs a pre-check on the fast path: processor time a call, beside the same service without it.

`python -m benchmarks.telemetry_cost [--rounds N] [--calls N] [--before TREE]`. No socket and no second process: 64
connections of the service's own protocol, with a transport that takes what is written; the log is written to disk.
Each case is a process of its own, and they take turns in short rounds, so that what else the machine does meets all
of them alike. `--before` adds the service of another source tree.
"""

import argparse
import asyncio
import json
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

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 64
WARM_UP = 20 * CONNECTIONS
WITHOUT, METRICS, WORKER, STATED = "without", "metrics", "metrics of a worker", "metrics, id and trace stated"
BEFORE, BEFORE_STATED = "before", "before, id and trace stated"
CASES = (WITHOUT, METRICS, WORKER, STATED)
STATED_HEADERS = (
    "X-Request-ID: 5f0c2d1e-7b1a-4d3b-9c58-2f6d1a9be001\r\n"
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
)


class Transport:
    """Takes what is written, and reports each answer."""

    def __init__(self, answered: Any) -> None:
        self._answered = answered

    def get_extra_info(self, _: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 "):  # the route, which takes the first calls, writes a body by itself
            assert data.startswith(b"HTTP/1.1 200"), data
            self._answered()

    def nothing(self) -> None:
        """Take note of nothing."""

    pause_reading = resume_reading = write_eof = close = abort = nothing


class Load:
    """So many calls from so many connections, each of which waits for the others' answers."""

    def __init__(self, app: Any, headers: str) -> None:
        from uvicorn.server import ServerState

        from api.http.openapi import EXAMPLE_REQUEST
        from api.server import server_config

        config, self._state = server_config(app), ServerState()
        config.load()
        self._protocols = []
        for _ in range(CONNECTIONS):
            protocol: Any = config.http_protocol_class(config, self._state, {})  # type: ignore[call-arg, operator]
            protocol.connection_made(Transport(self._count))
            self._protocols.append(protocol)
        body = json.dumps(EXAMPLE_REQUEST)
        head = f"POST /v1/pre-check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}"
        self._call = f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        self._due = 0
        self._done = asyncio.Event()

    def _count(self) -> None:
        self._due -= 1
        if not self._due:
            self._done.set()

    async def put(self, calls: int) -> None:
        for _ in range(calls // CONNECTIONS):
            self._due = CONNECTIONS
            self._done.clear()
            for protocol in self._protocols:
                protocol.data_received(self._call)
            await self._done.wait()

    def end(self) -> None:
        for protocol in self._protocols:
            protocol.connection_lost(None)


async def run(case: str, folder: Path, calls: int) -> None:
    """For each line that arrives, put a round of calls, and print the microseconds of processor time a call."""
    from api.app import create_app
    from api.settings import Settings

    more: dict[str, Any] = {} if case in (WITHOUT, BEFORE, BEFORE_STATED) else {"metrics_port": 0}
    settings = Settings(
        policies=Path("policies"),
        database=str(folder / "log.db"),
        insecure_no_auth=True,
        accept_unproved=True,
        console=False,
        workers=2 if case == WORKER else 1,
        **more,
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        load = Load(app, STATED_HEADERS if case in (STATED, BEFORE_STATED) else "")
        await load.put(WARM_UP)
        while sys.stdin.readline():
            began = time.process_time()
            await load.put(calls)
            print((time.process_time() - began) / calls * 1e6, flush=True)
        load.end()


class Contender:
    """A case in its own process, which takes its turn when it is called."""

    def __init__(self, case: str, tree: Path, folder: Path, calls: int) -> None:
        values = {"PROMETHEUS_MULTIPROC_DIR": str(folder)} if case == WORKER else {}
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--run", case, str(folder), str(calls)],
            env={**os.environ, "PYTHONPATH": str(tree), **values},
            cwd=tree,
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
    parser.add_argument("--before", type=Path, metavar="TREE", help="the sources of another version")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", default=ROOT / "out", help="a folder on a real disk"
    )
    parser.add_argument("--run", nargs=3, metavar=("CASE", "DIR", "CALLS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        case, folder, calls = options.run
        asyncio.run(run(case, Path(folder), int(calls)))
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
            contenders[case] = Contender(case, tree, folder, options.calls)
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
