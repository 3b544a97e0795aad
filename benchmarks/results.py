"""What the benchmark over HTTP finds: runs, their medians with spread, ratios between neighbours, goals, the file."""

import datetime as dt
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.processes import Run

CHANNELGATE, NO_AUTH, BARE = "channelgate", "channelgate no-auth", "bare"
CERBOS, CERBOS_AUDIT, OPA = "cerbos", "cerbos audit", "opa"
STRICT, COUNTED = "channelgate strict", "channelgate counted"
GOAL_CONNECTIONS = 64


@dataclass(frozen=True)
class Spread:
    """The median of repeated measurements, with the least and the greatest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))

    def shown(self, digits: int) -> str:
        return f"{self.median:,.{digits}f} ({self.least:,.{digits}f} to {self.most:,.{digits}f})"


@dataclass(frozen=True)
class Measurement:
    """The runs of one server under one load; `at` is the place in a series, such as the number of lines."""

    part: str
    server: str
    at: float
    connections: int
    runs: list[Run] = field(default_factory=list)

    @property
    def per_second(self) -> Spread:
        return Spread.of([run.per_second for run in self.runs])

    @property
    def p50(self) -> Spread:
        return Spread.of([run.p50 for run in self.runs])

    @property
    def p99(self) -> Spread:
        return Spread.of([run.p99 for run in self.runs])

    @property
    def processor_us(self) -> Spread:
        """Of the server, for a call."""
        return Spread.of([run.processor_us for run in self.runs])

    @property
    def met(self) -> Spread:
        """The share of calls whose shape was sent before."""
        return Spread.of([run.met for run in self.runs])

    @property
    def sync_p50(self) -> Spread:
        return Spread.of([run.sync_p50 for run in self.runs])

    @property
    def sync_p99(self) -> Spread:
        return Spread.of([run.sync_p99 for run in self.runs])

    @property
    def failed(self) -> int:
        return sum(run.failed for run in self.runs)

    def ratio_to(self, other: "Measurement") -> Spread:
        """The ratios of runs of the same repeat, so that what disturbed both counts less."""
        pairs = zip(self.runs, other.runs, strict=True)
        return Spread.of([run.per_second / beside.per_second for run, beside in pairs])

    def cost_to(self, other: "Measurement") -> Spread:
        """As `ratio_to`, of processor time for a call."""
        pairs = zip(self.runs, other.runs, strict=True)
        return Spread.of([run.processor_us / (beside.processor_us or 1) for run, beside in pairs])

    def shown(self) -> str:
        rate, p50, p99 = self.per_second.shown(0), self.p50.shown(1), self.p99.shown(1)
        failed = f"  {self.failed} FAILED: no figure" if self.failed else ""
        return f"{rate:28} a second  p50 {p50:22} p99 {p99} ms{failed}"


@dataclass(frozen=True)
class Goal:
    """What is to be reached, and whether it was; neither yes nor no where it was not measured."""

    name: str
    found: Spread | None
    met: bool | None
    unit: str = ""

    def shown(self) -> str:
        word = {True: "met", False: "MISSED", None: "not measured"}[self.met]
        found = f"{self.found.shown(2)} {self.unit}" if self.found else ""
        return f"  {self.name:60} {word:13} {found}".rstrip()


def at_least(name: str, own: Measurement, other: Measurement | None, times: float) -> Goal:
    """That the rate is at least so many times that of another server; the median of the ratios decides."""
    if other is None or other.failed:
        return Goal(name, None, None)
    ratio = own.ratio_to(other)
    return Goal(name, ratio, ratio.median >= times and not own.failed)


def assess_peers(found: Mapping[str, Measurement]) -> list[Goal]:
    """Hold the servers, measured side by side with the connections of the goals, against those of the peers."""
    own = found[CHANNELGATE]
    return [
        at_least("at least 15 times Cerbos, audit log on", own, found.get(CERBOS_AUDIT), 15),
        at_least("at least 4 times Open Policy Agent, log off", own, found.get(OPA), 4),
    ]


SHARE_GOALS = {1.0: 0.6, 0.7: 0.4, 0.0: 0.2}
"""Of a bare answer, by the share of known shapes."""


def assess_share(share: float, own: Measurement, bare: Measurement) -> list[Goal]:
    wanted = SHARE_GOALS.get(share)
    if wanted is None:
        return []
    return [at_least(f"at least {wanted} of a bare answer, {share:g} of known shape", own, bare, wanted)]


TIME_GOALS = {64: 5, 16: 3, 4: 2}
"""Milliseconds within which 99 of 100 answers come, by connections."""
SYNC_BOUND = 1.0
"""Milliseconds of the disk's p99 up to which the goals of times hold."""


def assess_times(own: Measurement) -> list[Goal]:
    wanted = TIME_GOALS.get(own.connections)
    if wanted is None:
        return []
    name = f"99 of 100 answers within {wanted} ms, {own.connections} connections"
    if own.sync_p99.median >= SYNC_BOUND:
        return [Goal(f"{name} (the disk is slower)", own.p99, None, "ms")]
    return [Goal(name, own.p99, own.p99.median <= wanted and not own.failed, "ms")]


@dataclass
class BenchmarkReport:
    """Everything found, as it goes into the file."""

    machine: dict[str, str]
    versions: Mapping[str, str]
    extent: Mapping[str, Any]
    measurements: list[Measurement] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    """How many answers of a server were compared with those of the strict way."""
    shape_uses: dict[str, float] = field(default_factory=dict)
    """What the service counted of the shapes of an office's requests, by the labels of its metric."""

    def add_goals(self, goals: Sequence[Goal]) -> None:
        self.goals += goals
        for goal in goals:
            print(goal.shown(), flush=True)

    def skip(self, what: str, why: str) -> None:
        self.skipped[what] = why
        print(f"\n{what}: not measured. {why}", flush=True)

    def to_json(self) -> str:
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        return json.dumps({"benchmark": "over_http", "form": 1, "at": at, **asdict(self)}, indent=1) + "\n"
