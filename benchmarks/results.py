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
    at: int
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
    def failed(self) -> int:
        return sum(run.failed for run in self.runs)

    def ratio_to(self, other: "Measurement") -> Spread:
        """The ratios of runs of the same repeat, so that what disturbed both counts less."""
        pairs = zip(self.runs, other.runs, strict=True)
        return Spread.of([run.per_second / beside.per_second for run, beside in pairs])

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
        return f"  {self.name:45} {word:13} {found}".rstrip()


def assess_goals(found: Mapping[str, Measurement]) -> list[Goal]:
    """Hold the servers, measured side by side with the connections of the goals, against them; medians decide."""
    own = found[CHANNELGATE]
    goals = []
    for times, other, name in (
        (0.4, BARE, "at least 0.4 of a bare answer"),
        (2.5, OPA, "at least 2.5 times Open Policy Agent, log off"),
        (10, CERBOS_AUDIT, "at least 10 times Cerbos, audit log on"),
    ):
        if other in found and not found[other].failed:
            ratio = own.ratio_to(found[other])
            goals.append(Goal(name, ratio, ratio.median >= times and not own.failed))
        else:
            goals.append(Goal(name, None, None))
    within = own.p99.median < 5 and not own.failed
    return [*goals, Goal("99 of 100 answers within 5 ms", own.p99, within, "ms")]


@dataclass
class BenchmarkReport:
    """Everything found, as it goes into the file."""

    machine: dict[str, str]
    versions: Mapping[str, str]
    extent: Mapping[str, Any]
    measurements: list[Measurement] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def skip(self, what: str, why: str) -> None:
        self.skipped[what] = why
        print(f"\n{what}: not measured. {why}", flush=True)

    def to_json(self) -> str:
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        return json.dumps({"benchmark": "over_http", "form": 1, "at": at, **asdict(self)}, indent=1) + "\n"
