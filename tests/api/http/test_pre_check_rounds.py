"""Pre-checks of known shapes over real connections: what they answer is what the route answers, whatever is sent.

Covers: api.http.pre_check_calls
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from structlog.testing import capture_logs

from api.app import create_app
from api.doors.running_server import running_app
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.database import Database
from api.ledger.preconditions import NewestKnown
from api.ledger.reader import find_decision
from api.runtime.counters import ShapeUse
from api.services.context import Context
from api.settings import AccessLog, Settings
from tests.api.http.test_fast_path import CALLS, Server, parts_of, received, request, started
from tests.support.desks import serving
from tests.support.shaped import TRACE

ROOT = Path(__file__).parents[3]
BODY = json.dumps(EXAMPLE_REQUEST).encode()
OWN = re.compile(
    rb'"(decision_id|from_decision|evaluated_at)":"[^"]+"|date: [^\r]+|x-request-id: [0-9a-f]{16}-[^\r]+'
)
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Service:
    """A running service of one caller, and its application."""

    def __init__(self, app: FastAPI, url: str) -> None:
        self.context: Context = app.state.context
        self.app = app
        self.url = url
        host, _, port = url.removeprefix("http://").partition(":")
        self.address = host, int(port)

    def uses(self) -> dict[ShapeUse, int]:
        return dict(self.context.counters.by_shape_use())

    def known(self) -> int:
        return self.uses()[ShapeUse.KNOWN]

    def exchange(self, *sent: bytes) -> bytes:
        """What is answered on one connection, without what each answer has of its own."""
        with socket.create_connection(self.address, timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for part in sent:
                connection.sendall(part)
            return OWN.sub(b"*", received(connection))

    def ask(self, connection: socket.socket, sent: bytes) -> bytes:
        """Send one call and read its whole answer."""
        connection.sendall(sent)
        answer = b""
        while True:
            answer += connection.recv(65536)
            head, end, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            if end and length and len(body) >= int(length[1]):
                return answer


def service(folder: Path, stack: ExitStack, **settings: Any) -> Service:
    app = create_app(
        Settings(
            policies=ROOT / "policies",
            database=str(folder / "log.db"),
            insecure_no_auth=True,
            accept_unproved=True,
            console=False,
            **settings,
        )
    )
    return Service(app, stack.enter_context(running_app(app)))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with ExitStack() as stack:
        yield service(tmp_path_factory.mktemp("one"), stack)


def call(
    body: bytes = BODY, *lines: str, start: str = "POST /v1/pre-check HTTP/1.1", length: str | None = None
) -> bytes:
    size = str(len(body)) if length is None else length
    head = [start, "Host: here", "Content-Type: application/json", f"Content-Length: {size}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """The service as it is, and with the server's own protocol, so that every call takes the route."""
    with ExitStack() as stack:
        direct = started(tmp_path_factory.mktemp("direct"), stack)
        routed = started(tmp_path_factory.mktemp("routed"), stack, http="httptools")
        yield direct, routed


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("caller", ["department", "committee", None])
def test_each_answer_is_that_of_the_route_however_often_the_shape_was_met(
    servers: tuple[Server, Server], caller: str | None, name: str
) -> None:
    (body, headers), (direct, routed) = CALLS[name], servers
    expected = parts_of(routed.post(body, caller, **headers))
    trace = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    for more in ({}, {}, {}, trace, {"User-Agent": "another"}):
        assert parts_of(direct.post(body, caller, **headers, **more)) == expected


@pytest.mark.parametrize("wishes", ["zh", "ko, en;q=0.5", "*", "xx", "", ";", "en", "x" * 1001, "\xe9"])
@pytest.mark.parametrize("caller", ["department", "committee", None])
def test_the_words_are_those_of_the_route_in_each_language(
    servers: tuple[Server, Server], caller: str | None, wishes: str
) -> None:
    direct, routed = servers
    headers: dict[str, Any] = {"Accept-Language": wishes.encode("latin-1")}
    for body in (request(), request(mission={"name": "without a country"}), b"{"):
        expected = parts_of(routed.post(body, caller, **headers))
        for _ in range(4):
            assert parts_of(direct.post(body, caller, **headers)) == expected
        assert parts_of(direct.post(body, caller)) == parts_of(routed.post(body, caller))


def test_a_shape_is_learned_from_calls_with_a_language_too(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = service(tmp_path, stack)
        with socket.create_connection(served.address, timeout=30) as connection:
            answers = [served.ask(connection, call(BODY, "Accept-Language: *")) for _ in range(4)]
        assert served.known() == 2
        assert len({OWN.sub(b"*", answer) for answer in answers}) == 1


def test_the_third_call_is_of_a_known_shape(one: Service) -> None:
    before = one.uses()
    with httpx.Client(base_url=one.url, trust_env=False) as client:
        for number in range(5):
            body = {
                **EXAMPLE_REQUEST,
                "request_id": f"no {number}",
                "handover": {"to": "mission", "by": "committee"},
            }
            assert client.post("/v1/pre-check", json=body).json()["request_id"] == f"no {number}"
    after = one.uses()
    grown = {use: after[use] - before[use] for use in ShapeUse}
    assert grown == {ShapeUse.KNOWN: 3, ShapeUse.UNKNOWN: 2, ShapeUse.LEARNED: 1, ShapeUse.UNUSABLE: 0}


def test_the_callers_id_is_repeated_and_a_new_one_is_given_otherwise(one: Service) -> None:
    with socket.create_connection(one.address, timeout=30) as connection:
        ids = []
        for number in range(6):
            lines = [f"X-Request-ID: mine-{number}"] if number % 2 else []
            answer = one.ask(connection, call(BODY, *lines))
            ids += re.findall(rb"\r\nx-request-id: ([^\r]+)", answer)
    assert ids[1::2] == [b"mine-1", b"mine-3", b"mine-5"]
    assert len({*ids}) == 6


def test_the_trace_of_the_caller_is_recorded(tmp_path: Path) -> None:
    traces = {}
    with ExitStack() as stack:
        served = service(tmp_path, stack)
        with socket.create_connection(served.address, timeout=30) as connection:
            for number in range(6):
                lines = [f"traceparent: 00-{number + 1:032x}-b7ad6b7169203331-01"] if number != 4 else []
                answer = served.ask(connection, call(BODY, *lines)).partition(b"\r\n\r\n")[2]
                traces[json.loads(answer)["decision_id"]] = f"{number + 1:032x}" if lines else None
        assert served.known() == 4
        with Database(str(tmp_path / "log.db")).reading() as rows:
            for decision_id, trace in traces.items():
                found = find_decision(rows, decision_id)
                assert found
                assert found.members.get("trace_id") == trace


SENT: dict[str, bytes] = {
    "as it is": call(),
    "another id": call(request(request_id="another")),
    "two in one packet": call() + call(),
    "three, the second malformed": call() + call(b"{") + call(),
    "content-length twice, the same": call(BODY, f"Content-Length: {len(BODY)}"),
    "content-length twice, another": call(BODY, "Content-Length: 1"),
    "transfer-encoding and content-length": call(BODY, "Transfer-Encoding: chunked"),
    "transfer-encoding alone": call(
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY), "Transfer-Encoding: chunked"
    ).replace(b"Content-Length: ", b"Not-Length: "),
    "shorter than announced": call(BODY, length=str(len(BODY) + 5)),
    "longer than announced": call(BODY, length=str(len(BODY) - 5)),
    "a request in the body": call(call(), length=str(len(call()))),
    "a request behind the body": call(BODY + call(), length=str(len(BODY))),
    "length with a plus": call(BODY, length=f"+{len(BODY)}"),
    "length with a space": call(BODY, length=f"{len(BODY)} "),
    "length in hexadecimal": call(BODY, length=hex(len(BODY))),
    "length with zeros": call(BODY, length=f"00{len(BODY)}"),
    "length with a list": call(BODY, length=f"{len(BODY)}, {len(BODY)}"),
    "no length": call(BODY, length=""),
    "a negative length": call(BODY, length="-1"),
    "an enormous length": call(BODY, length="9" * 30),
    "bare line feeds": call().replace(b"\r\n", b"\n"),
    "a bare line feed in the head": call().replace(b"\r\nContent-Type", b"\nContent-Type"),
    "a continued line": call(BODY, " continued"),
    "a null in the head": call(BODY, "X: a\0b"),
    "a space before the colon": call(BODY, "X : a"),
    "no host": call().replace(b"Host: here\r\n", b""),
    "two hosts": call(BODY, "Host: there"),
    "the older version": call(start="POST /v1/pre-check HTTP/1.0"),
    "an unknown version": call(start="POST /v1/pre-check HTTP/3.1"),
    "another method": call(start="PUT /v1/pre-check HTTP/1.1"),
    "a query": call(start="POST /v1/pre-check?explain=full HTTP/1.1"),
    "a language": call(BODY, "Accept-Language: zh"),
    "expect": call(BODY, "Expect: 100-continue"),
    "an upgrade": call(BODY, "Connection: upgrade", "Upgrade: h2c"),
    "to be closed": call(BODY, "Connection: close"),
    "an id twice": call(BODY, "X-Request-ID: a", "X-Request-ID: b"),
    "an id with a space": call(BODY, "X-Request-ID: a b"),
    "compressed": call(BODY, "Content-Encoding: gzip"),
    "line ends before": b"\r\n\r\n" + call(),
    "half a head": call()[:60],
    "nothing": b"",
}


@pytest.mark.parametrize("name", SENT)
def test_a_connection_in_use_answers_like_a_new_one(one: Service, name: str) -> None:
    fresh = one.exchange(SENT[name] + LAST)
    warm = call(BODY, "X-Request-ID: warm")
    for first in ([call(), call(), call()], [warm, warm, warm]):
        with socket.create_connection(one.address, timeout=30) as connection:
            known = one.known()
            for sent in first:
                one.ask(connection, sent)
            assert one.known() >= known
            connection.sendall(SENT[name] + LAST)
            assert OWN.sub(b"*", received(connection)) == fresh


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_call_in_parts_is_one_call(one: Service, size: int) -> None:
    sent = call() + call(request(request_id="second")) + LAST
    whole = one.exchange(sent)
    assert whole.count(b"HTTP/1.1 200") == 3
    assert one.exchange(call(), *(sent[at : at + size] for at in range(0, len(sent), size))).endswith(whole)


class _FoundOnce(NewestKnown):
    """Finds a newer record the first time."""

    times = 0

    def read(self, connection: Connection) -> int:
        self.times += 1
        self._found = 10**6 if self.times == 1 else None
        return super().read(connection)


def test_a_call_behind_newer_records_is_decided_again(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = service(tmp_path, stack)
        store = served.context.store
        with socket.create_connection(served.address, timeout=30) as connection:
            for _ in range(4):
                served.ask(connection, call())
            vars(vars(store)["_transactions"])["_newest"] = _FoundOnce(None)
            answer = served.ask(connection, call(BODY, "X-Request-ID: mine"))
            assert b"HTTP/1.1 200" in answer
            assert b"x-request-id: mine" in answer
            assert served.ask(connection, call()).startswith(b"HTTP/1.1 200")
        assert store.newest_record == 10**6
        assert served.context.counters.numbers()["decisions"] == 6


def test_a_call_of_a_known_head_may_be_left_to_the_route(one: Service) -> None:
    """Its records are read where waiting is possible; what arrives behind it on the connection is not disturbed."""
    item = {"kind": "drawing", "line": 77}
    fresh = one.exchange(call(request(items=[item])) + call() + LAST)
    with socket.create_connection(one.address, timeout=30) as connection:
        for _ in range(4):
            one.ask(connection, call())
        newest = one.context.store.newest_record
        one.context.store.newest_record = one.context.index.read_sequence + 1
        connection.sendall(call(request(items=[item])))
        connection.sendall(call()[:40])
        connection.sendall(call()[40:] + LAST)
        assert OWN.sub(b"*", received(connection)) == fresh
        one.context.store.newest_record = newest


def test_a_call_that_cannot_be_recorded_is_answered_so(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = service(tmp_path, stack)
        for _ in range(3):
            served.exchange(call() + LAST)
        known = served.known()
        vars(served.context.store)["_open"] = False
        answer = served.exchange(call() + LAST)
        vars(served.context.store)["_open"] = True
        assert served.known() == known + 1
        assert b"HTTP/1.1 503" in answer
        assert str(EXAMPLE_REQUEST["request_id"]).encode() in answer
        assert served.context.counters.numbers()["not_recorded"] == 1


def test_a_fault_of_the_shapes_is_logged_and_the_call_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("api.services.shape_cache.ShapeRound.answer", fail)
    with ExitStack() as stack, capture_logs() as logs:
        served = service(tmp_path, stack)
        assert b"HTTP/1.1 200" in served.exchange(call() + LAST)
        assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["shape_failed"]


def test_each_call_is_logged_where_calls_are(tmp_path: Path) -> None:
    with ExitStack() as stack, capture_logs() as logs:
        served = service(tmp_path, stack, access_log=AccessLog.JSON)
        with socket.create_connection(served.address, timeout=30) as connection:
            for number in range(5):
                served.ask(connection, call(BODY, f"X-Request-ID: no-{number}"))
        assert served.known() == 3
        answered = [entry for entry in logs if entry["event"] == "answered"]
    assert [(entry["operation"], entry["status"]) for entry in answered] == [("POST /v1/pre-check", 200)] * 5


def test_a_stop_that_was_announced_closes_connections_in_use(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = service(tmp_path, stack)
        with socket.create_connection(served.address, timeout=30) as connection:
            for _ in range(4):
                assert b"connection: close" not in served.ask(connection, call())
            served.context.drain.begin()
            assert b"connection: close" in served.ask(connection, call())


def test_with_the_shapes_turned_off_every_call_is_worked_out(tmp_path: Path) -> None:
    with ExitStack() as stack:
        served = service(tmp_path, stack, request_shapes=0)
        for _ in range(4):
            served.exchange(call() + LAST)
        assert served.known() == 0


def test_a_fact_of_a_case_counts_at_once_for_a_known_shape(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        body = {**EXAMPLE_REQUEST, "department": {"id": "metallurgy"}, "as_of": "1965-03-10"}
        answers = [desk.call("department", "POST", "/v1/pre-check", body) for _ in range(4)]
        case_id = desk.opened(**{**body, "request_id": body["request_id"]})
        answer = desk.call("department", "POST", "/v1/pre-check", body).json()
        assert all("case" not in str(one.json().get("links")) for one in answers)
        assert case_id in answer["links"]["case"]["href"]
