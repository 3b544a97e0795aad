"""The runs whose instructions are counted: `python -m benchmarks.counted_parts FOLDER`, under callgrind.

callgrind collects inside one function of the interpreter, which `benchmarks.instructions` names: that of the operator
`@`, which nothing else here uses. What comes before the first run is not even instrumented, and so ten times faster.
The numbers of calls are written into the folder; the counts are in the files that callgrind leaves, in that order.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

import structlog

from api.domain.identity import anonymous_in
from api.ledger.database import Database
from api.ledger.entries import Entry
from api.ledger.log import Ledger
from api.ledger.log_appender import LogAppender, lock_tree
from api.parsing.requests import Received, read_request
from api.services.pre_checks import PreChecks
from api.services.shape_templates import filled_decision
from api.signing.keys import SigningKey
from benchmarks.in_process import decider, forgetting, random_requests
from benchmarks.instructions import PARTS_FILE
from benchmarks.processes import ROOT
from benchmarks.protocol_load import CONNECTIONS, Load, serving_load
from benchmarks.request_streams import known_shapes, new_shapes
from engine import PolicySet, load_policies
from engine.checking.cache import forget_everything

Job = Callable[[], object]
GROUPS = 4
WARM_UP_ROUNDS = 4
ROUNDS = 2


class Counted(NamedTuple):
    """A job of so many calls, whose instructions are counted."""

    name: str
    calls: int
    job: Job

    def __matmul__(self, _: None) -> None:
        self.job()


@dataclass
class CapturedEntries:
    """Takes the place of the ledger, and stores nothing."""

    entries: list[Entry]

    async def append(self, entries: Sequence[Entry], policies: object, read_sequence: int | None) -> None:
        self.entries += entries


def main() -> None:
    folder = Path(sys.argv[1])
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with asyncio.Runner() as runner, _entered(runner, serving_load(folder, key=True)) as load:
        files = {path.name: path.read_bytes() for path in sorted((ROOT / "policies").glob("*.yaml"))}
        warm, cold = deciding_parts(load_policies(files))
        parts = [
            warm,
            *pre_check_parts(runner, load),
            appending_part(folder, runner.run(capture_entries(load.app))),
            cold,  # it forgets what those before it rest on
            Counted("loading the shipped policies, the first time", 1, lambda: load_policies(files)),
        ]
        for part in reversed(parts):  # what is made once is made before it is counted
            part.job()
        forget_everything()
        start_instrumentation()
        gc.disable()
        for part in parts:
            gc.collect()
            part @ None
    (folder / PARTS_FILE).write_text(json.dumps([(part.name, part.calls) for part in parts]))


@contextmanager
def _entered(runner: asyncio.Runner, context: AbstractAsyncContextManager[Load]) -> Iterator[Load]:
    """Enter and leave a context in the loop of the runner."""
    load = runner.run(_call(context.__aenter__))
    try:
        yield load
    finally:
        runner.run(_call(context.__aexit__, None, None, None))


async def _call(enter: Callable[..., Awaitable[Any]], *arguments: None) -> Any:
    return await enter(*arguments)


def deciding_parts(policies: PolicySet) -> tuple[Counted, Counted]:
    """Deciding in process: facts that were met before, and facts that were not."""
    requests = random_requests(100)
    warm = [decider(policies, request) for request in requests]
    cold = [forgetting(policies, job) for job in warm[:30]]
    return Counted("decide, warm", len(warm), _all(warm)), Counted("decide, cold", len(cold), _all(cold))


def pre_check_parts(runner: asyncio.Runner, load: Load) -> list[Counted]:
    """Pre-checks from bytes to bytes, in the process's main thread; another thread commits."""
    found = []
    for name, bodies in (("known", known_shapes()), ("new", new_shapes())):
        calls = [load.calls(bodies, WARM_UP_ROUNDS), load.calls(bodies, ROUNDS)]
        job = _next_of(runner, load, calls)
        found.append(Counted(f"a pre-check of a {name} shape, bytes to bytes", ROUNDS * CONNECTIONS, job))
    return found


def _next_of(runner: asyncio.Runner, load: Load, calls: list[list[bytes]]) -> Job:
    return lambda: runner.run(load.put(calls.pop(0)))


def appending_part(folder: Path, entries: Sequence[Entry]) -> Counted:
    """Appending a group of entries to the log and signing it, up to the commit, by the thread that commits."""
    database = Database(str(folder / "appended.db"))
    database.prepare()
    key = SigningKey.generate("benchmark")
    appender = LogAppender("benchmark", lambda: key, frozenset, lambda _: None)
    ready = [*map(filled_decision, entries)]
    groups = [ready[first : first + CONNECTIONS] for first in range(0, len(ready), CONNECTIONS)]

    def append() -> None:
        for _ in range(GROUPS):
            group = groups.pop()
            with database.writing_again() as connection:
                appender.append(connection, lock_tree(connection), group)

    name = f"appending a filled-in entry to the log, in groups of {CONNECTIONS}"
    return Counted(name, GROUPS * CONNECTIONS, append)


async def capture_entries(app: Any) -> list[Entry]:
    """The entries of the decisions that are appended, first when trying and then when counting."""
    pre_checks: PreChecks = app.state.pre_checks
    captured = CapturedEntries([])
    at = datetime.now(UTC)  # one for all: ids of more than a second would divide a group
    context = replace(pre_checks.context, store=cast("Ledger", captured), clock=lambda: at)
    recording = PreChecks(context)
    active = pre_checks.context.policies.current.policies
    bodies = known_shapes()
    for _ in range(2 * GROUPS * CONNECTIONS):
        received = read_request(next(bodies), active.vocabulary)
        assert isinstance(received, Received)
        await recording.decide(*received, anonymous_in(active.roles))
    return captured.entries


def start_instrumentation() -> None:
    """Let callgrind count from now on; where there is no callgrind, the runs are tried without."""
    if "CALLGRIND" not in os.environ:
        return
    command = subprocess.Popen(
        ["vgdb", f"--pid={os.getpid()}", "instrumentation", "on"], stdout=subprocess.DEVNULL
    )
    while command.poll() is None:  # callgrind looks for commands while the program runs, not while it waits
        pass
    assert command.returncode == 0, "callgrind takes no commands"


def _all(jobs: Sequence[Job]) -> Job:
    def run() -> None:
        for job in jobs:
            job()

    return run


if __name__ == "__main__":
    main()
