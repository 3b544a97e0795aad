"""The metrics of a service as a process: one, and several workers that are read as one.

Covers: api.runtime.metrics_listener
"""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from api.http.openapi import EXAMPLE_REQUEST
from api.server import ServerFault, run_server
from api.settings import Settings
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
CALLS = 10


def address_of(running: Running) -> str:
    """Where the metrics of a service are."""
    (line,) = (json.loads(line) for line in running.lines if '"metrics_listening"' in line)
    return f"http://{line['host']}:{line['port']}/metrics"


def value(address: str, start: str) -> float:
    """The sum of the series that begin so."""
    text = httpx.get(address, trust_env=False, timeout=60).text
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(start))


@pytest.mark.parametrize("workers", [1, 2], ids=["one process", "two workers"])
def test_all_decisions_are_counted_whoever_took_them(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "of-somebody-else"))
    folder = (
        tmp_path_factory.getbasetemp().parent / f"m{os.getpid()}-{workers}"
    )  # short: a socket will lie in it
    folder.mkdir(mode=0o700)
    settings = {"CHANNELGATE_METRICS_PORT": "0", "CHANNELGATE_WORKERS": str(workers), "TMPDIR": str(folder)}
    running = Running(environment(tmp_path) | settings, anew=True)
    try:
        address = address_of(running)
        for _ in range(CALLS):  # each on a connection of its own, which any worker may accept
            httpx.post(
                f"{running.url}/v1/pre-check", json=EXAMPLE_REQUEST, trust_env=False, timeout=60
            ).raise_for_status()
        wait_until(lambda: value(address, "channelgate_decisions_total") == CALLS)
        wait_until(lambda: value(address, "channelgate_request_duration_seconds_count") == CALLS)
        assert value(address, "channelgate_commit_group_calls_sum") >= CALLS
        assert (value(address, "process_resident_memory_bytes") > 0) == (workers == 1)
    finally:
        running.end(signal.SIGTERM)
    assert os.listdir(folder) == []


def test_a_port_of_the_metrics_that_is_taken_is_named_with_its_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(
            policies=ROOT / "policies",
            database=str(tmp_path / "log.db"),
            insecure_no_auth=True,
            accept_unproved=True,
            port=0,
            metrics_port=taken.getsockname()[1],
        )
        with pytest.raises(ServerFault, match="the metrics cannot be given") as fault:
            run_server(settings)
    assert "--metrics-port" in fault.value.remedy
