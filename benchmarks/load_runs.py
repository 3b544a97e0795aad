"""The load of the benchmark over HTTP: how much is measured, and servers taking turns under it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.contenders import Contenders
from benchmarks.http_requests import (
    Json,
    write_bodies,
)
from benchmarks.processes import (
    Run,
    Server,
    put_load,
)
from benchmarks.results import (
    GOAL_CONNECTIONS,
    BenchmarkReport,
    Measurement,
)


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    repeats: int = 5
    seconds: int = 4
    growth_repeats: int = 3
    growth_seconds: int = 3
    connections: Sequence[int] = (1, 4, 16, 64, 256)
    lines: Sequence[int] = (1, 3, 10, 50)
    entries: int = 1_000_000
    rules: Sequence[int] = (20, 200, 2_000, 10_000)
    workers: Sequence[int] = (1, 2)


QUICK = Extent(2, 1, 1, 1, connections=(1, 64), lines=(1, 10), entries=10_000, rules=(20, 200))


@dataclass(frozen=True)
class ServerLoad:
    """A server under so much load; `at` is its place in a series."""

    server: Server
    bodies: Path
    connections: int = GOAL_CONNECTIONS
    at: int = 0


class Bench:
    """One run of the benchmark, which writes into one folder."""

    def __init__(self, extent: Extent, folder: Path, contenders: Contenders, report: BenchmarkReport) -> None:
        self.extent = extent
        self.folder = folder
        self.contenders = contenders
        self.report = report
        self._prefixes = (f"{secrets.token_hex(3)}{number:04x}-" for number in count())

    def measure(
        self, part: str, cases: Sequence[ServerLoad], repeats: int, seconds: int
    ) -> list[Measurement]:
        """Warm every case up, then let them take turns."""
        found = [Measurement(part, case.server.name, case.at, case.connections) for case in cases]
        for case in cases:
            self._load(case, seconds=1)
        for _ in range(repeats):
            for case, measurement in zip(cases, found, strict=True):
                measurement.runs.append(self._load(case, seconds))
        self.report.measurements += found
        return found

    def measure_growth(self, part: str, heading: str, cases: Sequence[ServerLoad]) -> None:
        found = self.measure(part, cases, self.extent.growth_repeats, self.extent.growth_seconds)
        print(f"\n{heading}; ratios to the first")
        for measurement in found:
            ratio = measurement.ratio_to(found[0]).shown(2)
            print(f"  {measurement.at:9,}  {ratio:22} {measurement.shown()}", flush=True)

    def bodies(self, name: str, requests: Sequence[Json]) -> Path:
        return write_bodies(self.folder / f"{name}.jsonl", requests)

    def _load(self, case: ServerLoad, seconds: int) -> Run:
        return put_load(case.server, case.bodies, case.connections, seconds, next(self._prefixes))
