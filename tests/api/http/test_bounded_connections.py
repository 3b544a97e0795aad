"""What a caller can cost the service by a connection alone: time, headers, half-sent calls, many connections.

Covers: api.http.connection_limits
"""

from __future__ import annotations

import json
import re
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from api.app import create_app
from api.doors.running_server import running_app, running_server
from api.http.connection_limits import (
    FEWEST_CONNECTIONS,
    MOST_CONNECTIONS,
    SPARE,
    USUAL_SECONDS,
    ConnectionGate,
    ConnectionLimits,
    Wait,
    usual_connections,
)
from api.http.openapi import EXAMPLE_REQUEST
from api.server import ServerFault, run_server
from api.settings import Settings
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).parents[3]
BODY = json.dumps(EXAMPLE_REQUEST).encode()
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
PRE_CHECK = b"POST /v1/pre-check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = PRE_CHECK + b"Transfer-Encoding: chunked\r\n\r\n"
HALF_BODIES = {
    "pre-check": PRE_CHECK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY[:20],
    "list": b"POST /v1/pre-checks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 90\r\n\r\n[",
    "chunks": CHUNKED + b"5\r\n{    \r\n",
    "chunk header": CHUNKED + b"5",
}


def usual(folder: Path) -> Settings:
    return Settings(policies=ROOT / "policies", database=str(folder / "log.db"), insecure_no_auth=True)


class Caller:
    """A connection of its own."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect((parts.hostname or "", parts.port or 0))

    def send(self, *parts: bytes) -> None:
        self.socket.sendall(b"".join(parts))

    def send_for_ever(self, part: bytes) -> None:
        while True:
            self.send(part)

    def rest(self) -> bytes:
        """Everything until the server ends the connection."""
        received = []
        while part := self.socket.recv(65536):
            received.append(part)
        return b"".join(received)

    def until(self, text: bytes) -> bytes:
        received = b""
        while text not in received:
            part = self.socket.recv(65536)
            assert part, received
            received += part
        return received


@contextmanager
def calling(address: str) -> Iterator[Caller]:
    caller = Caller(address)
    with caller.socket:
        yield caller


def answers_in(received: bytes) -> list[tuple[int, dict[str, Any]]]:
    """Status and JSON body of each answer."""
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None, head
        size = int(length[1])
        if b"problem" in rest[:size]:
            assert b"content-type: application/problem+json" in head
        found.append((int(head[9:12]), json.loads(rest[:size])))
        received = rest[size:]
    return found


def problem_in(received: bytes) -> tuple[int, str]:
    ((status, body),) = answers_in(received)
    return status, body["type"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(usual(tmp_path_factory.mktemp("shared"))) as address:
        yield address


# -- faults of the form


MALFORMED = {
    "no HTTP": b"hello\r\n\r\n",
    "another version": b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET /healthz HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "a header with a control character": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    "an address that is none": b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
    "a chunk of no size": CHUNKED + b"size\r\n",
    "a bad chunk behind a good one": CHUNKED + b"1\r\n{\r\nsize\r\n",
    "two lengths": PRE_CHECK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{",
    "a length and chunks": PRE_CHECK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "no host of a pre-check": PRE_CHECK.replace(b"Host: x\r\n", b"") + b"Content-Length: 1\r\n\r\n{",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "two hosts of HTTP/1.0": b"GET /healthz HTTP/1.0\r\nHost: x\r\nhost: y\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_call_that_is_no_http_is_a_problem(shared: str, name: str) -> None:
    with calling(shared) as caller:
        caller.send(MALFORMED[name])
        assert problem_in(caller.rest()) == (400, "/problems/malformed-call")


def test_http_1_0_needs_no_host(shared: str) -> None:
    with calling(shared) as caller:
        caller.send(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert answers_in(caller.rest()) == [(200, {"status": "alive"})]


@pytest.mark.parametrize("fault", [b"nonsense\r\n\r\n", CHUNKED + b"size\r\n"])
def test_calls_before_the_malformed_one_are_answered_first(shared: str, fault: bytes) -> None:
    sound = PRE_CHECK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    listed = HALF_BODIES["list"].replace(b"90", b"2") + b"]"
    with calling(shared) as caller:
        caller.send(HEALTH, listed, sound, fault, HEALTH)
        assert [status for status, _ in answers_in(caller.rest())] == [200, 200, 200, 400]


@pytest.mark.parametrize("offer", [b"h2c", b"websocket"])
def test_an_upgrade_is_not_taken_up_and_http_goes_on(shared: str, offer: bytes) -> None:
    upgrade = HEALTH[:-2] + b"Connection: Upgrade\r\nUpgrade: " + offer + b"\r\n\r\n"
    with calling(shared) as caller:
        caller.send(upgrade, HEALTH.replace(b"Host", b"Connection: close\r\nHost"))
        assert [status for status, _ in answers_in(caller.rest())] == [200, 200]


# -- large headers


def endless(line: bytes) -> Iterator[bytes]:
    """More than any limit."""
    return iter([line] * (64 * 1024**2 // len(line)))


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (HEALTH[:-2], b"A: " + b"x" * 8000 + b"\r\n"),
        (HEALTH[:-2] + b"A: ", b"x" * 65536),
        (b"", b"G" * 65536),
        (b"GET /", b"x" * 65536),
        (CHUNKED + b"1\r\n \r\n0\r\n", b"A: " + b"x" * 8000 + b"\r\n"),
        (CHUNKED + b"1\r\n \r\n0\r\nA: ", b"x" * 65536),
        (CHUNKED + b"1;", b"x" * 65536),
    ],
    ids=["headers", "header", "method", "address", "trailers", "trailer", "chunk extension"],
)
def test_endless_lines_are_refused_long_before_they_end(shared: str, start: bytes, line: bytes) -> None:
    sent = 0
    with calling(shared) as caller:
        caller.send(start)
        caller.socket.setblocking(False)
        for part in endless(line):
            try:
                answer = caller.socket.recv(65536)
                break
            except BlockingIOError:
                caller.socket.setblocking(True)
                caller.send(part)
                caller.socket.setblocking(False)
                sent += len(part)
        else:
            raise AssertionError("64 MB of lines were taken")
        caller.socket.setblocking(True)
        status, _ = problem_in(answer)
        assert status in (400, 431)
    assert sent < 64 * 1024**2


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEALTH[:-2] + b"A: b\r\n" * 99 + b"\r\n", 200),
        (HEALTH[:-2] + b"A: b\r\n" * 100 + b"\r\n", 431),
        (HEALTH[:-2] + b"A: " + b"x" * 32000 + b"\r\n\r\n", 200),
        (HEALTH[:-2] + b"A: " + b"x" * 32800 + b"\r\n\r\n", 431),
        (HEALTH[:-2] + (b"A: " + b"x" * 1000 + b"\r\n") * 33 + b"\r\n", 431),
    ],
)
def test_headers_are_bounded_in_bytes_and_lines(shared: str, head: bytes, status: int) -> None:
    with calling(shared) as caller:
        caller.send(head)
        ((found, _),) = answers_in(caller.until(b"}"))
    assert found == status


def test_many_calls_in_one_packet_are_no_long_header(shared: str) -> None:
    with calling(shared) as caller:
        caller.send(HEALTH * 2000, HEALTH[:10])
        caller.send(HEALTH[10:-2], b"Connection: close\r\n\r\n")
        assert len(answers_in(caller.rest())) == 2001


# -- slow callers


def limits_of(wait: Wait, seconds: float = 0.1) -> ConnectionLimits:
    """Patience for everything but one thing."""
    patient = dict.fromkeys(USUAL_SECONDS, PATIENCE_SECONDS * 2.0)
    return ConnectionLimits(seconds={**patient, Wait.LEAVING: seconds, wait: seconds})


def test_who_says_nothing_is_closed(tmp_path: Path) -> None:
    with running_server(usual(tmp_path), limits=limits_of(Wait.FIRST_BYTE)) as address:
        for sent in (b"", b"\r\n"):
            with calling(address) as caller:
                caller.send(sent)
                assert caller.rest() == b""


def test_half_a_head_is_waited_for_and_no_longer(tmp_path: Path) -> None:
    with running_server(usual(tmp_path), limits=limits_of(Wait.HEADERS)) as address:
        for before in (b"", HEALTH):
            with calling(address) as caller:
                caller.send(before, HEALTH[:-2])
                *_, (status, problem) = answers_in(caller.rest())
                assert (status, problem["type"]) == (408, "/problems/too-slow")
                assert "within 0.1 seconds" in problem["detail"]


@pytest.mark.parametrize("name", HALF_BODIES)
def test_half_a_body_is_waited_for_and_no_longer(tmp_path: Path, name: str) -> None:
    with running_server(usual(tmp_path), limits=limits_of(Wait.BODY)) as address, calling(address) as caller:
        caller.send(HALF_BODIES[name])
        assert problem_in(caller.rest()) == (408, "/problems/too-slow")


def test_a_body_that_is_not_wanted_is_not_read_for_long(tmp_path: Path) -> None:
    with (
        running_server(usual(tmp_path), limits=limits_of(Wait.LEAVING)) as address,
        calling(address) as caller,
    ):
        caller.send(PRE_CHECK, b"Content-Length: 999999999\r\n\r\n")
        assert problem_in(caller.rest()) == (413, "/problems/too-large")


def test_who_does_not_read_the_answers_is_left(tmp_path: Path) -> None:
    with (
        running_server(usual(tmp_path), limits=limits_of(Wait.READING)) as address,
        calling(address) as caller,
        pytest.raises(ConnectionError),
    ):
        caller.send_for_ever(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100)


# -- many connections


def test_connections_beyond_the_limit_are_turned_away_with_a_word(tmp_path: Path) -> None:
    few = ConnectionLimits(connections=3)
    with (
        capture_logs() as lines,
        running_server(usual(tmp_path), limits=few) as address,
        ExitStack() as stack,
    ):
        inside = [stack.enter_context(calling(address)) for _ in range(3)]
        for caller in inside:
            caller.send(HEALTH)
            caller.until(b"alive")
        for _ in range(SPARE + 5):
            outside = stack.enter_context(calling(address))
            assert problem_in(outside.rest()) == (503, "/problems/not-taken")
        inside[0].send(HEALTH)
        inside[0].until(b"alive")
        assert [line["event"] for line in lines].count("connection_limit_reached") == 1
        for caller in inside:
            caller.socket.close()
        wait_until(lambda: is_answered(address))


def is_answered(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_a_full_house_is_reported_once_until_there_is_room_again() -> None:
    with capture_logs() as lines:
        gate = ConnectionGate(4)
        assert [gate.enter() for _ in range(6)] == [True] * 4 + [False] * 2
        assert len(lines) == 1
        gate.leave()
        assert [gate.enter() for _ in range(2)] == [True, False]
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("files", "connections"),
    [
        (resource.RLIM_INFINITY, MOST_CONNECTIONS),
        (10**9, MOST_CONNECTIONS),
        (1024, 896),
        (256, 128),
        (64, FEWEST_CONNECTIONS),
    ],
)
def test_the_usual_limit_leaves_files_for_the_database(
    monkeypatch: pytest.MonkeyPatch, files: int, connections: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert usual_connections() == connections


@pytest.mark.parametrize(("files", "set_to"), [(1024, 897), (143, None)])
def test_a_service_with_too_few_files_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, set_to: int | None
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    with pytest.raises(ServerFault, match=f"and it may open {files}"):
        run_server(usual(tmp_path).model_copy(update={"max_connections": set_to}))


# -- stopping


def test_stopping_waits_for_no_caller(tmp_path: Path) -> None:
    patient = ConnectionLimits(seconds=dict.fromkeys(USUAL_SECONDS, PATIENCE_SECONDS * 10.0))
    app = create_app(usual(tmp_path))
    with ExitStack() as stack:
        with running_app(app, limits=patient) as address:
            silent, half, idle = (stack.enter_context(calling(address)) for _ in range(3))
            half.send(HEALTH[:-2])
            idle.send(HEALTH)
            idle.until(b"alive")
            waiting = [stack.enter_context(calling(address)) for _ in HALF_BODIES]
            for caller, sent in zip(waiting, HALF_BODIES.values(), strict=True):
                caller.send(HEALTH)
                caller.until(b"alive")
                caller.send(sent)
            assert is_answered(address)
        for caller in (silent, half, idle):
            assert caller.rest() == b""
        for caller in waiting:
            assert problem_in(caller.rest()) == (503, "/problems/not-taken")


def test_stopping_waits_so_long_and_no_longer_for_who_does_not_read(tmp_path: Path) -> None:
    patient = ConnectionLimits(seconds=dict.fromkeys(USUAL_SECONDS, PATIENCE_SECONDS * 10.0))
    app = create_app(usual(tmp_path))
    before = set(threading.enumerate())
    with ExitStack() as stack:
        with running_app(app, limits=patient, timeout_graceful_shutdown=1) as address:
            caller = stack.enter_context(calling(address))
            caller.send(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)
            caller.until(b"HTTP/1.1 200 ")
        wait_until(lambda: set(threading.enumerate()) <= before)  # an idle worker ends a moment after its loop
