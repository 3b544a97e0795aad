"""A service that is stopped under load: whoever got an answer finds it in the log, and the process ends with 0.

Covers: api.runtime.drain
"""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.database import Database
from api.ledger.entries import DECISION, EntryKind
from api.ledger.reader import whole_entries
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

CALLERS = 6
LONG_NOTICE = {"CHANNELGATE_STOP_NOTICE_SECONDS": "600"}


@contextmanager
def load_on(url: str) -> Iterator[list[bytes]]:
    """Callers who ask on one connection each until it ends; yields the answers that they have got so far."""
    answers: list[bytes] = []

    def ask() -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            try:
                while (answer := client.post("/v1/pre-check", json=EXAMPLE_REQUEST)).status_code == 200:
                    answers.append(answer.content)
            except httpx.TransportError:
                return

    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(ask) for _ in range(CALLERS)]
        yield answers
        for call in calls:
            call.result()


def entries_of(database: Path) -> tuple[dict[str, bytes], EntryKind]:
    """The answers that the log holds, by their ids, and the kind of its last entry."""
    store = Database(str(database), read_only=True)
    with store.reading() as connection:
        entries = [entry for _, entry in whole_entries(connection)]
    store.dispose()
    decisions = {one.key: one.payloads[DECISION] for one in entries if one.kind is EntryKind.DECISION}
    return decisions, entries[-1].kind


def problem_of(response: httpx.Response) -> tuple[int, str, str]:
    return response.status_code, response.json()["type"], response.headers["Retry-After"]


@contextmanager
def half_read(url: str) -> Iterator[None]:
    """A caller who has begun to read more answers than a connection holds, and goes on at the end of the block."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)
        assert connection.recv(16).startswith(b"HTTP/1.1 200")
        yield


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts services, which are ended at the end of the test if they have not stopped by themselves."""
    processes: list[Running] = []

    def start(more: dict[str, str], *, anew: bool = False) -> Running:
        processes.append(Running({**environment(tmp_path), **more}, anew=anew))
        return processes[-1]

    yield start
    for process in processes:
        if process.is_alive:
            process.end(signal.SIGKILL)


@pytest.mark.parametrize(("workers", "notice"), [("1", "0"), ("2", "0.3")])
def test_every_answer_that_was_given_before_a_stop_is_in_the_log(
    tmp_path: Path, started: Callable[..., Running], workers: str, notice: str
) -> None:
    settings = {"CHANNELGATE_WORKERS": workers, "CHANNELGATE_STOP_NOTICE_SECONDS": notice}
    running = started(settings, anew=workers != "1")
    httpx.get(f"{running.url}/readyz", trust_env=False).raise_for_status()
    with load_on(running.url) as answers:
        wait_until(lambda: len(answers) > 50)
        assert running.end(signal.SIGTERM) == 0
    recorded, last = entries_of(tmp_path / "log.db")
    for answer in answers:
        assert json.loads(answer)["decision_id"] in recorded
    assert last is EntryKind.STOPPED
    assert CliRunner().invoke(app, ["log", "verify", str(tmp_path / "log.db")]).exit_code == 0


def test_whoever_looks_learns_of_a_stop_while_calls_are_still_taken(
    tmp_path: Path, started: Callable[..., Running]
) -> None:
    running = started(LONG_NOTICE)
    with httpx.Client(base_url=running.url, trust_env=False) as client:
        assert client.get("/readyz").status_code == 200
        os.kill(running.pid, signal.SIGTERM)
        wait_until(lambda: client.get("/readyz").status_code != 200)
        assert problem_of(client.get("/readyz")) == (503, "/problems/not-taken", "5")
        for path in ("/healthz", "/v1/pre-check"):
            answer = client.post(path, json=EXAMPLE_REQUEST) if path.startswith("/v1") else client.get(path)
            assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
    assert running.end(signal.SIGINT) == 0
    assert len(entries_of(tmp_path / "log.db")[0]) == 1


def test_a_signal_that_comes_again_does_not_cut_the_notice_short(started: Callable[..., Running]) -> None:
    running = started(LONG_NOTICE)
    with httpx.Client(base_url=running.url, trust_env=False) as client:
        assert client.get("/readyz").status_code == 200
        for _ in range(3):
            os.kill(running.pid, signal.SIGTERM)
            wait_until(lambda: client.get("/readyz").status_code == 503)
        assert client.post("/v1/pre-check", json=EXAMPLE_REQUEST).status_code == 200
    assert running.end(signal.SIGINT) == 0
    assert sum(json.loads(line)["event"] == "stopping" for line in running.lines) == 2


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_that_is_stopped_at_the_keyboard_ends_with_0(
    started: Callable[..., Running], workers: str
) -> None:
    running = started({"CHANNELGATE_WORKERS": workers}, anew=workers != "1")
    httpx.get(f"{running.url}/readyz", trust_env=False).raise_for_status()
    assert running.end(signal.SIGINT) == 0
    assert "Traceback" not in "".join(running.lines)


def test_a_port_of_several_workers_is_closed_while_they_still_answer(
    started: Callable[..., Running],
) -> None:
    running = started({"CHANNELGATE_WORKERS": "2", "CHANNELGATE_STOP_SECONDS": "600"}, anew=True)
    httpx.get(f"{running.url}/readyz", trust_env=False).raise_for_status()

    def is_closed() -> bool:
        try:
            httpx.get(f"{running.url}/healthz", trust_env=False)
        except httpx.ConnectError:
            return True
        except httpx.TransportError:
            return False
        return False

    with half_read(running.url):
        os.kill(running.pid, signal.SIGTERM)
        wait_until(is_closed)
    assert running.end(signal.SIGTERM) == 0


def test_a_caller_who_does_not_read_is_waited_for_as_long_as_is_set(started: Callable[..., Running]) -> None:
    running = started({"CHANNELGATE_STOP_SECONDS": "1"})
    httpx.get(f"{running.url}/readyz", trust_env=False).raise_for_status()
    with half_read(running.url):
        assert running.end(signal.SIGTERM) == 0
