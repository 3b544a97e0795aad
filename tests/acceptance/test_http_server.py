"""The service as a process of its own: over-long bodies on a bare socket, a killed server, the log lines.

Covers: api.cli.serve, api.server
"""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.http.authentication.key_file import add_api_key, new_api_key
from api.http.openapi import EXAMPLE_REQUEST
from api.server import ServerFault, run_server
from api.settings import Settings
from engine import PolicyFaults
from tests.acceptance.test_http import FAULTY
from tests.support.server_process import SHIPPED, Running, environment, server
from tests.support.shipped_roles import AUDITOR
from tests.support.waiting import wait_until

MAX_BODY = 1024**2


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with server(environment(tmp_path_factory.mktemp("shared"))) as running:
        yield running


HEAD = b"POST /v1/pre-check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1),
        HEAD + b"Content-Length: %d\r\n\r\n" % 10**15,
        HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 17,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 100,
    ],
)
def test_an_over_long_body_is_answered_before_it_has_ended(shared: Running, sent: bytes) -> None:
    address = urlsplit(shared.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(sent)
        answer = b""
        while b"}" not in answer:
            answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"content-type: application/problem+json" in answer
    assert b"/problems/too-large" in answer


def test_a_caller_who_hangs_up_in_the_middle_hinders_no_one(shared: Running) -> None:
    address = urlsplit(shared.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
    assert httpx.post(f"{shared.url}/v1/pre-check", json=EXAMPLE_REQUEST, trust_env=False).status_code == 200


def test_nothing_that_was_answered_is_lost_when_the_server_is_killed_twenty_times(tmp_path: Path) -> None:
    answers: list[bytes] = []

    def ask(url: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            try:
                while True:
                    answers.append(client.post("/v1/pre-check", json=EXAMPLE_REQUEST).content)
            except httpx.TransportError:
                return

    for kills in range(1, 21):
        with server(environment(tmp_path)) as running, ThreadPoolExecutor(8) as callers:
            calls = [callers.submit(ask, running.url) for _ in range(8)]
            while len(answers) < 40 * kills:
                assert running.is_alive
            assert running.end(signal.SIGKILL) == -signal.SIGKILL
            for call in calls:
                call.result()
    assert CliRunner().invoke(app, ["log", "verify", str(tmp_path / "log.db")]).exit_code == 0
    with (
        server(environment(tmp_path)) as running,
        httpx.Client(base_url=running.url, trust_env=False) as client,
    ):
        for answer in answers:
            assert client.get(f"/v1/decisions/{json.loads(answer)['decision_id']}").content == answer


def test_workers_share_one_log_and_one_that_dies_is_replaced_without_a_loss(tmp_path: Path) -> None:
    running = Running({**environment(tmp_path), "CHANNELGATE_WORKERS": "2"}, anew=True)
    answers: list[bytes] = []

    def ask(_: int) -> None:
        for _ in range(40):
            try:
                answer = httpx.post(f"{running.url}/v1/pre-check", json=EXAMPLE_REQUEST, trust_env=False)
            except httpx.TransportError:
                continue  # it was under way in the worker that died
            answers.append(answer.content)

    try:
        httpx.get(f"{running.url}/readyz", trust_env=False, timeout=60).raise_for_status()
        with ThreadPoolExecutor(4) as callers:
            calls = [callers.submit(ask, number) for number in range(4)]
            while len(answers) < 20:
                assert running.is_alive
            workers_of(running)[0].kill()
            for call in calls:
                call.result()
        wait_until(lambda: len(workers_of(running)) >= 2)
        httpx.get(f"{running.url}/readyz", trust_env=False, timeout=60).raise_for_status()
        for answer in answers:
            url = f"{running.url}/v1/decisions/{json.loads(answer)['decision_id']}"
            assert httpx.get(url, trust_env=False).content == answer
    finally:
        assert running.end(signal.SIGTERM) == 0
    assert CliRunner().invoke(app, ["log", "verify", str(tmp_path / "log.db")]).exit_code == 0


def workers_of(running: Running) -> list[psutil.Process]:
    return [one for one in psutil.Process(running.pid).children() if "spawn_main" in command_of(one)]


def command_of(process: psutil.Process) -> str:
    """Its command line, empty if it has ended meanwhile (ZombieProcess is a kind of NoSuchProcess)."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_a_server_that_gets_a_signal_to_stop_stops_in_order_and_logs_in_json(tmp_path: Path) -> None:
    with server(environment(tmp_path)) as running:
        assert httpx.get(f"{running.url}/healthz", trust_env=False).json() == {"status": "alive"}
        assert running.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert not (tmp_path / "log.db-wal").exists()
    for line in running.lines:
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_gets_a_signal_to_stop_waits_for_no_half_call(tmp_path: Path, workers: str) -> None:
    running = Running({**environment(tmp_path), "CHANNELGATE_WORKERS": workers}, anew=workers != "1")
    address = urlsplit(running.url)
    httpx.get(f"{running.url}/readyz", trust_env=False, timeout=60).raise_for_status()
    with (
        ThreadPoolExecutor(1) as stopping,
        socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as connection,
    ):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        ended = stopping.submit(running.end, signal.SIGTERM)
        try:
            wait_until(ended.done)
        finally:
            if not ended.done():
                os.kill(running.pid, signal.SIGKILL)
        assert ended.result() in (0, -signal.SIGTERM)


def test_a_server_with_few_files_answers_whoever_comes_and_goes_on(tmp_path: Path) -> None:
    running = Running(environment(tmp_path), anew=True, files=256)
    address = urlsplit(running.url)
    try:
        with ExitStack() as stack:
            for _ in range(300):
                connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=60)
                stack.enter_context(connection)
            assert connection.recv(65536).startswith(b"HTTP/1.1 503 ")
            connections = [line for line in running.lines if "connection_limit_reached" in line]
            assert len(connections) == 1
        wait_until(lambda: is_answered(running.url))
        assert (
            httpx.post(f"{running.url}/v1/pre-check", json=EXAMPLE_REQUEST, trust_env=False).status_code
            == 200
        )
    finally:
        assert running.end(signal.SIGTERM) in (0, -signal.SIGTERM)


def is_answered(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_a_server_that_cannot_decide_does_not_start(tmp_path: Path) -> None:
    sound = Settings(policies=SHIPPED, database=tmp_path / "log.db", port=0, insecure_no_auth=True)
    (tmp_path / "korea.yaml").write_bytes(FAULTY)
    with pytest.raises(PolicyFaults, match=r"korea\.yaml"):
        run_server(sound.model_copy(update={"policies": tmp_path}))
    with pytest.raises(ServerFault, match="unable to open database file"):
        run_server(sound.model_copy(update={"database": str(tmp_path / "absent" / "log.db")}))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerFault, match="Address already in use"):
            run_server(sound.model_copy(update={"port": port}))
    add_api_key(tmp_path / "keys.json", new_api_key("desk-7", AUDITOR)[1])
    known = {"insecure_no_auth": False, "api_keys": tmp_path / "keys.json"}
    with pytest.raises(ServerFault, match="cannot listen at no host port 0"):
        run_server(sound.model_copy(update={"host": "no host"} | known))
    with pytest.raises(ServerFault, match="no way to tell who calls"):
        run_server(sound.model_copy(update={"insecure_no_auth": False, "host": "0.0.0.0"}))
