"""The metrics of one process: what they count, and that no label grows without a bound."""

from __future__ import annotations

import re
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from api.runtime.counters import Counted, Counters
from api.runtime.metrics import MAX_REVISIONS, REQUEST_BUCKETS, Gauged, Metrics


def samples(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a name, by the values of their labels in the order of these."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_decisions_are_counted_by_outcome_and_revision() -> None:
    metrics = Metrics()
    for outcome in ("hold", "hold", "refuse"):
        metrics.count_decision(outcome, "a" * 64)
    metrics.publish(Counters())
    short = "a" * 12
    assert samples(metrics, "channelgate_decisions_total") == {("hold", short): 2, ("refuse", short): 1}


def test_revisions_past_the_bound_share_a_label() -> None:
    metrics = Metrics()
    for number in range(MAX_REVISIONS + 5):
        metrics.count_decision("hold", f"{number:064x}"[::-1])
    metrics.publish(Counters())
    counted = samples(metrics, "channelgate_decisions_total")
    assert len(counted) == MAX_REVISIONS + 1
    assert counted["hold", "other"] == 5


def test_a_call_is_counted_in_the_class_of_its_status() -> None:
    metrics = Metrics()
    for status in (200, 201, 404):
        metrics.observe_request("GET /v1/due", status, 0.0002)
    metrics.publish(Counters())
    counted = samples(metrics, "channelgate_request_duration_seconds_count")
    assert counted == {("GET /v1/due", "2xx"): 2, ("GET /v1/due", "4xx"): 1}


@pytest.mark.parametrize("seconds", [0.0001, 1.0], ids=["fastest", "slowest"])
def test_a_tenth_of_a_millisecond_and_a_second_have_buckets(seconds: float) -> None:
    metrics = Metrics()
    metrics.observe_request("GET /v1/due", 200, seconds)
    metrics.publish(Counters())
    buckets = samples(metrics, "channelgate_request_duration_seconds_bucket")
    assert buckets[str(seconds), "GET /v1/due", "2xx"] == 1


@pytest.mark.parametrize("seconds", [0.0, *REQUEST_BUCKETS, 0.0003, 60.0])
def test_a_time_falls_into_the_bucket_that_the_library_would_choose(seconds: float) -> None:
    metrics, registry = Metrics(), CollectorRegistry()
    metrics.observe_request("a", 200, seconds)
    metrics.publish(Counters())
    expected = Histogram("expected", "One at a time.", registry=registry, buckets=REQUEST_BUCKETS)
    expected.observe(seconds)
    found = samples(metrics, "channelgate_request_duration_seconds_bucket")
    assert [*found.values()] == [
        sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "expected_bucket"
    ]


def test_a_transaction_is_counted_with_its_seconds_and_its_calls() -> None:
    metrics = Metrics()
    metrics.observe_commit(0.002, 64)
    assert samples(metrics, "channelgate_commit_duration_seconds_sum")[()] == 0.002
    assert samples(metrics, "channelgate_commit_group_calls_sum")[()] == 64


def test_every_event_is_there_from_the_start() -> None:
    found = samples(Metrics(), "channelgate_events_total")
    assert found == {(event.value,): 0 for event in Counted}


def test_events_are_brought_up_to_the_counters_of_the_service() -> None:
    metrics, counters = Metrics(), Counters()
    counters.count(Counted.MALFORMED, 2)
    metrics.publish(counters)
    counters.count(Counted.MALFORMED)
    metrics.publish(counters)
    assert samples(metrics, "channelgate_events_total")[Counted.MALFORMED.value,] == 3


@pytest.mark.parametrize("gauged", Gauged, ids=lambda gauged: gauged.metric)
def test_a_gauge_is_there_from_its_first_value_on(gauged: Gauged) -> None:
    metrics: Any = Metrics()
    assert samples(metrics, gauged.metric) == {}
    label = "set" if gauged.label else None
    metrics.set(gauged, 7, label)
    assert samples(metrics, gauged.metric) == {(label,) if label else (): 7}


@pytest.mark.parametrize("gauged", Gauged, ids=lambda gauged: gauged.metric)
def test_a_gauge_is_named_by_base_units(gauged: Gauged) -> None:
    assert not re.search("milli|micro|minutes|hours|kilo|percent|_total$", gauged.metric)
