"""Memory of `serve` over 100,000 different requests: that it stays flat once every bound is reached.

`python -m benchmarks.memory_use [--out FILE] [--before TREE] [--only KIND] [--requests N] [--work DIR]`. For each
kind of difference a service of its own is started, and started again, so that what a first start stores is there;
RSS and PSS of all its processes are read before the first request and after each step. `benchmarks.plots` draws it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.contenders import Contenders
from benchmarks.grown_policies import write_grown
from benchmarks.machine import describe_machine, describe_versions
from benchmarks.processes import ROOT, CannotMeasure, Server, need_tools
from benchmarks.request_streams import known_shapes, new_facts, new_rules, new_shapes

OWN = "channelgate"
STEPS = (0, 1_000, 5_000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000)
CONNECTIONS = 32
RULES = 2_000
FLAT_FROM, FLAT = 40_000, 1.05
AT_START, AFTER = 0.7, 0.75
"""The goals beside another build: of its memory before the first request, and after 40,000."""


@dataclass(frozen=True)
class Kind:
    """In what the requests differ: their bodies, and whether the policies are grown ones."""

    bodies: Callable[[], Iterator[bytes]]
    grown: bool = False


KINDS: Mapping[str, Kind] = {
    "values": Kind(known_shapes),
    "shapes": Kind(new_shapes),
    "facts": Kind(new_facts),
    "rules": Kind(new_rules, grown=True),
}


@dataclass(frozen=True)
class Point:
    """Memory in bytes after so many requests."""

    requests: int
    rss: int
    pss: int

    def shown(self) -> str:
        return f"{self.requests:,}: {self.rss / 1e6:.0f} ({self.pss / 1e6:.0f})"


@dataclass(frozen=True)
class Series:
    """What was measured of a build with requests of a kind."""

    build: str
    kind: str
    points: Sequence[Point]

    def rss_at(self, requests: int) -> int | None:
        return next((point.rss for point in self.points if point.requests == requests), None)


def measure(server: Server, bodies: Iterator[bytes], most: int) -> Iterator[Point]:
    with ExitStack() as stack:
        stack.enter_context(server.going())
        connections = [
            stack.enter_context(closing(HTTPConnection("127.0.0.1", server.port, timeout=60)))
            for _ in range(CONNECTIONS)
        ]
        done = 0
        for step in STEPS:
            if step <= most:
                _post(server, connections, bodies, step - done)
                done = step
                yield Point(step, *server.memory())


def _post(server: Server, connections: Sequence[HTTPConnection], bodies: Iterator[bytes], count: int) -> None:
    """Post so many requests, one on each connection at a time."""
    headers = {"Content-Type": "application/json", **server.headers}
    while count > 0:
        busy = connections[:count]
        for connection in busy:
            connection.request("POST", server.path, next(bodies), headers)
        for connection in busy:
            response = connection.getresponse()
            content = response.read()
            if response.status != 200:
                raise CannotMeasure(f"{server.name} answered {response.status}: {content[:500]!r}")
        count -= len(busy)


def start(contenders: Contenders, folder: Path, build: str, kind: str) -> AbstractContextManager[Server]:
    """The service of a build for a kind of requests; started again, it goes on with the same log."""
    tree = contenders.before.get(build, ROOT)
    if not KINDS[kind].grown:
        return contenders.channelgate(f"{build} {kind}", tree=tree)
    policies = write_grown(folder / f"grown-{tree.name}", tree, RULES)
    options = ("--accept-unproved",)
    return contenders.channelgate(f"{build} {kind}", *options, key=False, policies=policies, tree=tree)


def show(found: Sequence[Series]) -> None:
    """Print the points of a kind for each build, and what they are beside the goals."""
    print(f"\nrequests that differ in {found[0].kind}: MB resident, and with what is shared divided (PSS)")
    for series in found:
        shown = ", ".join(
            f"{point.requests:,}: {point.rss / 1e6:.0f} ({point.pss / 1e6:.0f})" for point in series.points
        )
        print(f"  {series.build:16} {shown}")
    own, *others = found
    before, last = own.rss_at(FLAT_FROM), own.points[-1]
    if before and last.requests > FLAT_FROM:
        word = "met" if last.rss <= FLAT * before else "MISSED"
        ratio = f"{last.rss / before:.3f} of it after {FLAT_FROM:,}"
        print(f"  flat: after {last.requests:,} {ratio}, at most {FLAT}: {word}")
    for other in others:
        for requests, bound in ((0, AT_START), (FLAT_FROM, AFTER)):
            mine, theirs = own.rss_at(requests), other.rss_at(requests)
            if mine and theirs:
                word = "met" if mine <= bound * theirs else "MISSED"
                print(f"  after {requests:,} {mine / theirs:.2f} of `{other.build}`, at most {bound}: {word}")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--out", type=Path, metavar="FILE", help="write what was found, as JSON")
    parser.add_argument(
        "--before",
        action="append",
        type=Path,
        default=[],
        metavar="TREE",
        help="the sources of another build",
    )
    parser.add_argument("--only", action="append", choices=KINDS, help="this kind alone; may be given again")
    parser.add_argument("--requests", type=int, default=STEPS[-1], metavar="N", help="so many at most")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", default=ROOT / "out", help="a folder on a real disk"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that every server is stopped then too
    try:
        run(options)
    except CannotMeasure as fault:
        print(f"memory_use: {fault}", file=sys.stderr)
        sys.exit(2)


def run(options: argparse.Namespace) -> None:
    need_tools()
    options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work, prefix="memory-") as name:
        folder = Path(name).resolve()
        contenders = Contenders(folder, None, options.before)
        machine, versions = describe_machine(folder), describe_versions(("pydantic-core", "sqlalchemy"))
        for described in (machine, versions):
            print("; ".join(f"{what} {value}" for what, value in described.items()))
        series = []
        for kind in options.only or KINDS:
            found = []
            for build in (OWN, *contenders.before):
                with start(contenders, folder, build, kind):
                    """What a first start works out and keeps is there from now on."""
                with start(contenders, folder, build, kind) as server:
                    points = list(measure(server, KINDS[kind].bodies(), options.requests))
                found.append(Series(build, kind, points))
            show(found)
            series += found
        if options.out:
            found_all = {"machine": machine, "versions": versions, "series": [asdict(one) for one in series]}
            at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            written = {"benchmark": "memory_use", "form": 1, "at": at, **found_all}
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
