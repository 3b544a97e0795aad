"""The metrics of the service for Prometheus: names, labels and units, all in one place.

Every label has a bounded set of values: enumerations, the calls of the table of permissions, classes of status, and
the first `MAX_REVISIONS` revisions that a process decides by. Units are seconds, entries, calls and cases. Times are
exported as the moments they count from, so that an age goes on growing where nothing measures it any more. With
several workers the values lie in files of a folder that they share; there a gauge is not taken back, so 0 stands for
what never was (docs/decisions/0065-metrics-at-an-address-of-their-own.md).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from api.runtime.counters import Counted, Counters, ShapeUse

MAX_REVISIONS = 16
"""So many revisions of policies have a label of their own in one process; those after them share `OTHER`."""
OTHER = "other"
REVISION_DIGITS = 12
"""So many of its hexadecimal digits name a revision; as a number, a gauge holds them exactly."""

REQUEST_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
COMMIT_BUCKETS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
GROUP_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

GaugeMode = Literal["mostrecent", "livesum"]


class Gauged(Enum):
    """What is measured at intervals: name, meaning, the label if there is one, and how workers are put together."""

    LOG_ENTRIES = ("log_entries", "Entries in the decision log.", None, "mostrecent")
    CHECKPOINT = (
        "log_checkpoint_timestamp_seconds",
        "When the newest checkpoint of the log was signed.",
        None,
        "mostrecent",
    )
    SIGNING_KEY = (
        "signing_key_timestamp_seconds",
        "When the key that signs the log was first recorded in it.",
        None,
        "mostrecent",
    )
    ISSUER_KEYS = (
        "issuer_keys_timestamp_seconds",
        "When the keys of the issuer of tokens were last read.",
        None,
        "mostrecent",
    )
    POLICY_AGE = (
        "policies_timestamp_seconds",
        "What an age of the policies counts from; 0 where there is nothing to count from.",
        "age",
        "mostrecent",
    )
    POLICY_TOO_OLD = ("policies_too_old", "1 while an age is past its limit.", "age", "mostrecent")
    POLICY_FAULTS = (
        "policies_faults",
        "Faults that keep a change of the policies from coming into force.",
        None,
        "mostrecent",
    )
    POLICY_REVISION = (
        "policies_revision",
        "The revision in force, its hexadecimal digits as a number.",
        None,
        "mostrecent",
    )
    QUEUE = ("queue_calls", "Calls that wait to be recorded.", None, "livesum")
    CASES = ("cases_waiting", "Cases that wait for a party.", None, "mostrecent")
    CASES_OVERDUE = (
        "cases_overdue",
        "Cases that wait for a party past their deadline.",
        None,
        "mostrecent",
    )

    def __init__(self, suffix: str, meaning: str, label: str | None, mode: GaugeMode) -> None:
        self.metric = f"channelgate_{suffix}"
        self.meaning = meaning
        self.label = label
        self.mode = mode


class _Durations:
    """Calls that are not published yet: how many fell into each bucket, the last of which has no bound."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(REQUEST_BUCKETS) + 1)
        self.seconds = 0.0


class _BatchedHistogram(Histogram):
    """Takes many observations at once; by its public methods the library takes one, at several times the cost."""

    def add(self, buckets: Sequence[int], total: float) -> None:
        """Add so many observations to each bucket, and their sum."""
        for bucket, number in zip(self._buckets, buckets, strict=True):
            if number:
                bucket.inc(number)
        self._sum.inc(total)


class Metrics:
    """The metrics of one process. `process` adds those of the process itself, which several workers cannot share."""

    def __init__(self, *, process: bool = True) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a moment beside every series: nobody reads it
        self.registry = registry = CollectorRegistry()
        if process:
            ProcessCollector(registry=registry)
        self._decisions = Counter(
            "channelgate_decisions",
            "Decisions that were recorded.",
            ("outcome", "revision"),
            registry=registry,
        )
        self._events = Counter(
            "channelgate_events", "What /readyz counts too.", ("event",), registry=registry
        )
        self._shapes = Counter(
            "channelgate_request_shapes",
            "Pre-checks by whether the shape of their request was known.",
            ("use",),
            registry=registry,
        )
        self._requests = _BatchedHistogram(
            "channelgate_request_duration_seconds",
            "From the head of a call to its answer.",
            ("operation", "status"),
            registry=registry,
            buckets=REQUEST_BUCKETS,
        )
        self._commits = Histogram(
            "channelgate_commit_duration_seconds",
            "A transaction that records a group of calls.",
            registry=registry,
            buckets=COMMIT_BUCKETS,
        )
        self._groups = Histogram(
            "channelgate_commit_group_calls",
            "Calls that one transaction records.",
            registry=registry,
            buckets=GROUP_BUCKETS,
        )
        self._gauges: dict[Gauged, Gauge] = {}
        self._revisions: set[str] = set()
        self._decided: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._answered: dict[tuple[str, int], _Durations] = {}
        self._published = dict.fromkeys(Counted, 0)
        self._published_shapes = dict.fromkeys(ShapeUse, 0)
        for event in Counted:
            self._events.labels(event.value)
        for use in ShapeUse:
            self._shapes.labels(use.value)

    def count_decision(self, outcome: str, revision: str) -> None:
        """Count a decision that is recorded; it shows when it is published."""
        self._decided[outcome, revision] += 1

    def observe_request(self, operation: str, status: int, seconds: float, calls: int = 1) -> None:
        """Count answered calls; `operation` is one of a bounded set of names. They show when they are published."""
        durations = self._answered.get((operation, status))
        if durations is None:
            durations = self._answered[operation, status] = _Durations()
        durations.buckets[bisect_left(REQUEST_BUCKETS, seconds)] += calls
        durations.seconds += seconds * calls

    def observe_commit(self, seconds: float, calls: int) -> None:
        """Count a transaction of the log; called by the thread that writes it."""
        self._commits.observe(seconds)
        self._groups.observe(calls)

    def publish(self, counters: Counters) -> None:
        """Bring decisions and calls up to now, and the events to the numbers of the service; on the event loop.

        One addition to a file that workers share costs as much as ten to a number in memory.
        """
        for (outcome, revision), number in self._decided.items():
            self._decisions.labels(outcome, self._label_of(revision)).inc(number)
        self._decided.clear()
        for (operation, status), durations in self._answered.items():
            self._requests.labels(operation, f"{status // 100}xx").add(durations.buckets, durations.seconds)
        self._answered.clear()
        for event, number in counters.by_event():
            if grown := number - self._published[event]:
                self._events.labels(event.value).inc(grown)
                self._published[event] = number
        for use, number in counters.by_shape_use():
            if grown := number - self._published_shapes[use]:
                self._shapes.labels(use.value).inc(grown)
                self._published_shapes[use] = number

    def _label_of(self, revision: str) -> str:
        if len(self._revisions) < MAX_REVISIONS:
            self._revisions.add(revision)
        return revision[:REVISION_DIGITS] if revision in self._revisions else OTHER

    def set(self, gauged: Gauged, value: float, label: str | None = None) -> None:
        """State what was measured; a gauge is there from its first value on."""
        gauge = self._gauges.get(gauged)
        if gauge is None:
            labels = (gauged.label,) if gauged.label else ()
            gauge = self._gauges[gauged] = Gauge(
                gauged.metric, gauged.meaning, labels, registry=self.registry, multiprocess_mode=gauged.mode
            )
        (gauge if label is None else gauge.labels(label)).set(value)
