"""What is measured of a running service at intervals: the log, the policies, the cases, the counted events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.doors.running_server import running_app
from api.settings import Settings
from tests.support.desks import URGENT
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[3]
HOUR = 3600
CASE = {**URGENT, "department": {**URGENT["department"], "id": "metallurgy"}}


class Measured:
    """A running service, and what is measured of it."""

    def __init__(self, app: Any, client: httpx.Client) -> None:
        self.context = app.state.context
        self.client = client

    def value(self, metric: str, *labels: str) -> float | None:
        """The newest value of a series, None before there is one."""
        text = generate_latest(self.context.metrics.registry).decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == metric and tuple(sample.labels.values()) == labels:
                    return sample.value
        return None

    def wait_for(self, value: float, metric: str, *labels: str) -> None:
        wait_until(lambda: self.value(metric, *labels) == value)


@contextmanager
def started(folder: Path) -> Iterator[Measured]:
    settings = Settings(
        policies=ROOT / "policies",
        database=str(folder / "log.db"),
        insecure_no_auth=True,
        metrics_port=0,
        hold_past="reload=PT1H",
    )
    app = create_app(settings)
    with running_app(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield Measured(app, client)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Measured]:
    with started(tmp_path) as measured:
        yield measured


def test_the_log_is_measured_as_it_grows(service: Measured) -> None:
    began = time.time()
    service.client.post("/v1/pre-check", json=URGENT).raise_for_status()
    entries = int(service.client.get("/v1/log/checkpoint").text.splitlines()[1])
    service.wait_for(entries, "channelgate_log_entries")
    for metric in (
        "channelgate_log_checkpoint_timestamp_seconds",
        "channelgate_signing_key_timestamp_seconds",
    ):
        assert began - HOUR < (service.value(metric) or 0) <= time.time()


def test_the_policies_are_measured(service: Measured) -> None:
    revision = service.client.get("/readyz").json()["policies"]["revision"]
    service.wait_for(int(revision[:12], 16), "channelgate_policies_revision")
    for age in ("set", "proof", "reload"):
        counted_from = service.value("channelgate_policies_timestamp_seconds", age)
        assert time.time() - HOUR < (counted_from or 0) <= time.time()
    assert service.value("channelgate_policies_timestamp_seconds", "unconfirmed") == 0
    assert service.value("channelgate_policies_too_old", "reload") == 0
    assert service.value("channelgate_policies_faults") == 0


def test_a_call_that_is_refused_is_counted_as_the_readiness_has_it(service: Measured) -> None:
    assert service.client.post("/v1/pre-check", json={}).status_code == 400
    service.wait_for(1, "channelgate_events_total", "malformed")
    assert service.client.get("/readyz").json()["counters"]["malformed"] == 1


def test_a_case_past_its_deadline_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.services.measurements.CASES_SECONDS", 0.1)
    with started(tmp_path) as service:
        opened = service.client.post("/v1/cases", json=CASE, headers={"Idempotency-Key": "one"})
        assert opened.status_code == 201, opened.text
        service.wait_for(1, "channelgate_cases_overdue")
        assert service.value("channelgate_cases_waiting") == 1


def test_the_log_cannot_be_read_and_the_rest_is_measured(
    service: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("api.services.measurements.newest_entry", fail)
    assert service.client.post("/v1/pre-check", json={}).status_code == 400
    service.wait_for(1, "channelgate_events_total", "malformed")
