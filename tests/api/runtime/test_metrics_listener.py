"""The address of the metrics: one path, several workers, and those of them that have died."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client import generate_latest

from api.runtime.counters import Counters
from api.runtime.metrics import Metrics
from api.runtime.metrics_listener import READERS, MetricsListener, registry_of_workers
from tests.support.waiting import PATIENCE_SECONDS, wait_until

WORKER = """
from api.runtime.counters import Counters
from api.runtime.metrics import Gauged, Metrics
metrics = Metrics(process=False)
metrics.count_decision("hold", "a" * 64)
metrics.publish(Counters())
metrics.set(Gauged.QUEUE, 5)
metrics.set(Gauged.LOG_ENTRIES, {entries})
metrics.observe_commit(0.001, 3)
"""


@pytest.fixture
def address() -> Iterator[str]:
    metrics = Metrics()
    metrics.count_decision("hold", "a" * 64)
    metrics.publish(Counters())
    with MetricsListener("127.0.0.1", 0, metrics.registry) as listener:
        yield f"http://127.0.0.1:{listener.port}"


def read(address: str, path: str, method: str = "GET") -> httpx.Response:
    with httpx.Client(base_url=address, trust_env=False) as client:
        return client.request(method, path)


def test_the_metrics_are_read_at_their_path(address: str) -> None:
    answer = read(address, "/metrics")
    assert answer.status_code == 200
    assert 'channelgate_decisions_total{outcome="hold"' in answer.text


@pytest.mark.parametrize("path", ["/", "/metrics/", "/readyz"])
def test_there_is_nothing_at_another_path(address: str, path: str) -> None:
    assert read(address, path).status_code == 404


def test_nothing_can_be_sent(address: str) -> None:
    assert read(address, "/metrics", "POST").status_code == 405


def test_a_port_that_is_taken_is_a_failure_of_the_system(address: str) -> None:
    with pytest.raises(OSError, match="in use"):
        MetricsListener("127.0.0.1", int(address.rpartition(":")[2]), Metrics().registry)


def text_of(folder: Path) -> str:
    return generate_latest(registry_of_workers(folder)).decode()


def run_worker(folder: Path, entries: int) -> None:
    subprocess.run(
        [sys.executable, "-c", WORKER.format(entries=entries)],
        env={"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        cwd=Path(__file__).parents[3],
        check=True,
    )


@pytest.fixture
def dead_workers(tmp_path: Path) -> Path:
    """The values of two workers, which have ended."""
    run_worker(tmp_path, 10)
    run_worker(tmp_path, 20)
    return tmp_path


def test_what_workers_counted_is_added_up_and_outlives_them(dead_workers: Path) -> None:
    text = text_of(dead_workers)
    assert 'channelgate_decisions_total{outcome="hold",revision="aaaaaaaaaaaa"} 2.0' in text
    assert "channelgate_commit_group_calls_sum 6.0" in text


def test_of_what_all_workers_see_the_newest_value_counts(dead_workers: Path) -> None:
    assert "channelgate_log_entries 20.0" in text_of(dead_workers)


def test_nothing_waits_in_a_worker_that_has_died(dead_workers: Path) -> None:
    assert "channelgate_queue_calls" not in text_of(dead_workers)


def test_a_number_that_went_to_a_process_of_somebody_else_is_that_of_a_dead_worker(
    dead_workers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(process: int, _: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(process))

    monkeypatch.setattr(os, "kill", refuse)
    text = text_of(dead_workers)
    assert "channelgate_queue_calls" not in text
    assert "channelgate_log_entries 20.0" in text


def test_readers_at_once_all_get_the_metrics_when_workers_have_died(dead_workers: Path) -> None:
    registry = registry_of_workers(dead_workers)
    with ThreadPoolExecutor(8) as readers:
        texts = [*readers.map(lambda _: generate_latest(registry), range(8))]
    assert all(b"channelgate_log_entries 20.0" in text for text in texts)


def test_whoever_sends_nothing_is_one_of_a_few_and_leaves_no_traceback(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    port = int(address.rpartition(":")[2])
    with ExitStack() as silent:
        for _ in range(READERS):
            silent.enter_context(socket.create_connection(("127.0.0.1", port)))
        over = silent.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
        assert over.recv(1) == b""
    for _ in range(3):
        probe = socket.create_connection(("127.0.0.1", port))
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        probe.close()  # as a scanner of ports does
    wait_until(lambda: is_answered(address))
    assert "Traceback" not in capfd.readouterr().err


def is_answered(address: str) -> bool:
    try:
        return read(address, "/metrics").status_code == 200
    except httpx.TransportError:
        return False
