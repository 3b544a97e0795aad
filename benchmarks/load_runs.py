"""The load of the benchmark over HTTP: how much is measured, and servers taking turns under it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from benchmarks.contenders import Contenders
from benchmarks.disk import measure_syncs
from benchmarks.http_requests import Json, write_bodies
from benchmarks.mixes import CALLS_A_DAY, SHARES, Mix, read_sample
from benchmarks.processes import CannotMeasure, Run, Server, put_load, put_script
from benchmarks.results import (
    GOAL_CONNECTIONS,
    BenchmarkReport,
    Measurement,
)
from benchmarks.sameness import compare_answers


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
    shares: Sequence[float] = SHARES
    times_at: Sequence[int] = (4, 16, 64)


QUICK = Extent(
    2,
    1,
    1,
    1,
    connections=(1, 64),
    lines=(1, 10),
    entries=10_000,
    rules=(20, 200),
    shares=(1.0, 0.0),
    times_at=(4,),
)


@dataclass(frozen=True)
class ServerLoad:
    """A server under so much load: the bodies of a file in turn, or a mix; `at` is its place in a series.

    With `strict`, a sample of its answers is compared with those of that server, which answers the strict way. With
    `syncs`, the disk is measured around each run.
    """

    server: Server
    bodies: Path | Mix
    connections: int = GOAL_CONNECTIONS
    at: float = 0
    strict: Server | None = None
    syncs: bool = False


class Bench:
    """One run of the benchmark, which writes into one folder."""

    def __init__(self, extent: Extent, folder: Path, contenders: Contenders, report: BenchmarkReport) -> None:
        self.extent = extent
        self.folder = folder
        self.contenders = contenders
        self.report = report
        self._prefixes = (f"{secrets.token_hex(3)}{number:04x}-" for number in count())
        self._sent: Counter[tuple[str, Path]] = Counter()

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
            print(f"  {measurement.at:9,g}  {ratio:22} {measurement.shown()}", flush=True)

    def next_prefix(self) -> str:
        """What the ids of the requests of a run begin with; no two runs have the same."""
        return next(self._prefixes)

    def bodies(self, name: str, requests: Sequence[Json]) -> Path:
        return write_bodies(self.folder / f"{name}.jsonl", requests)

    def _load(self, case: ServerLoad, seconds: int) -> Run:
        before = measure_syncs(self.folder, case.connections) if case.syncs else None
        if isinstance(case.bodies, Mix):
            run = self._load_mix(case, case.bodies, seconds)
        else:
            run = put_load(case.server, case.bodies, case.connections, seconds, self.next_prefix())
        if before is None:
            return run
        after = measure_syncs(self.folder, case.connections)
        return replace(run, sync_p50=max(before.p50, after.p50), sync_p99=max(before.p99, after.p99))

    def _load_mix(self, case: ServerLoad, mix: Mix, seconds: int) -> Run:
        """Go on in the plan where the last run on this server ended, so that what is new is new."""
        place, sample = (case.server.name, mix.plan.file), self.folder / "sample.tsv"
        start = -(-self._sent[place] // CALLS_A_DAY) * CALLS_A_DAY
        run = put_script(
            case.server,
            case.connections,
            seconds,
            "mix.lua",
            mix.plan.file,
            mix.share,
            self.next_prefix(),
            start,
            sample,
        )
        self._sent[place] = start + run.sent
        if self._sent[place] > mix.plan.calls:
            raise CannotMeasure(
                f"{case.server.name} met {mix.plan.file.name} twice; measure for fewer seconds"
            )
        if case.strict is not None and not run.failed:
            compared = compare_answers(case.server, case.strict, read_sample(sample))
            self.report.compared[case.server.name] = self.report.compared.get(case.server.name, 0) + compared
        return run
