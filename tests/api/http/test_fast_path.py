"""The way of its own that a pre-check takes from socket to socket: the answers are those of the route."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.doors.running_server import running_server
from api.http.authentication.key_file import add_api_key, new_api_key
from api.http.connection_limits import USUAL_SECONDS, ConnectionLimits, Wait
from api.http.openapi import EXAMPLE_REQUEST
from api.runtime.offload import LONG_BODY_BYTES
from api.settings import Settings
from tests.support.shipped_roles import COMMITTEE, DEPARTMENT

ROOT = Path(__file__).parents[3]
JSON = {"Content-Type": "application/json"}
EXAMPLES = [json.loads(path.read_bytes()) for path in sorted((ROOT / "examples").glob("*.json"))]
CLAIMED = {"legacy_list": "none", "channel": {"consultation": "agreed", "committee_agrees": True}}


def request(**changes: Any) -> bytes:
    return json.dumps({**EXAMPLE_REQUEST, **changes}).encode()


class Server:
    """A running service with a key of a department and of the Committee."""

    def __init__(self, client: httpx.Client, keys: dict[str, str]) -> None:
        self.address = client.base_url.host, client.base_url.port or 0
        self.keys = keys
        self.client = client

    def post(self, body: bytes, caller: str | None = "department", **headers: str) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.keys[caller]}"} if caller else {}
        given = {"X-Request-ID": "no-7"}
        return self.client.post("/v1/pre-check", content=body, headers={**JSON, **known, **given, **headers})

    def bytes_of(self, body: bytes, *lines: str, version: str = "1.1") -> bytes:
        head = [
            f"POST /v1/pre-check HTTP/{version}",
            "Host: here",
            "Content-Type: application/json",
            f"Authorization: Bearer {self.keys['department']}",
            f"Content-Length: {len(body)}",
            *lines,
        ]
        return "\r\n".join([*head, "", ""]).encode() + body


def started(folder: Path, stack: ExitStack, **options: Any) -> Server:
    keys = {}
    for name, role, department in (
        ("department", DEPARTMENT, "metallurgy"),
        ("committee", COMMITTEE, None),
    ):
        keys[name], stored = new_api_key(name, role, department)
        add_api_key(folder / "keys.json", stored)
    settings = Settings(
        policies=ROOT / "policies", database=str(folder / "log.db"), api_keys=folder / "keys.json"
    )
    url = stack.enter_context(running_server(settings, **options))
    client = httpx.Client(base_url=url, trust_env=False, timeout=30)
    return Server(stack.enter_context(client), keys)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """The service as it is, and with the server's own protocol, so that every call takes the route."""
    with ExitStack() as stack:
        direct = started(tmp_path_factory.mktemp("direct"), stack)
        routed = started(tmp_path_factory.mktemp("routed"), stack, http="httptools")
        yield direct, routed


CALLS: dict[str, tuple[bytes, dict[str, str]]] = {
    **{f"example {one['request_id']}": (json.dumps(one).encode(), {}) for one in EXAMPLES},
    "claims": (request(items=[{**CLAIMED, "line": "a"}, {"kind": "sample"}]), {}),
    "text with a colon": (request(urgency={"ground": "see: the letter"}), {}),
    "fraction": (request(items=[{"quantity": 0.10}]), {}),
    "charset": (request(), {"Content-Type": "application/json; charset=utf-8"}),
    "of another department": (request(department={"id": "textiles"}), {}),
    "long": (request(items=[{"description": "x" * 2000}] * (LONG_BODY_BYTES // 2000 + 1)), {}),
    "member given twice": (request()[:-1] + b', "trigger": "host_offer"}', {}),
    "unknown member": (request(extra=1), {}),
    "unknown word": (request(trigger="wish"), {}),
    "no JSON": (b"{", {}),
    "no body": (b"", {}),
    "not UTF-8": (request().replace(b"furnace", b"\xff"), {}),
    "another media type": (request(), {"Content-Type": "text/plain"}),
    "compressed": (request(), {"Content-Encoding": "gzip"}),
    "another scheme": (request(), {"Authorization": "Basic eDp5"}),
    "an unknown key": (request(), {"Authorization": "Bearer cg_unknown"}),
    "a token": (request(), {"Authorization": "Bearer a.b.c"}),
}
OWN = ("decision_id", "evaluated_at")


def parts_of(answer: httpx.Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("date", "content-length")
    }
    text, members = answer.text, answer.json()
    for own in (str(members[name]) for name in OWN if name in members):
        text = text.replace(own, "its own")
    return answer.status_code, headers, json.loads(text)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("caller", ["department", "committee", None])
def test_the_answer_is_that_of_the_route(
    servers: tuple[Server, Server], caller: str | None, name: str
) -> None:
    body, headers = CALLS[name]
    direct, routed = (parts_of(server.post(body, caller, **headers)) for server in servers)
    assert direct == routed


def test_calls_sent_one_behind_the_other_are_answered_in_their_order(servers: tuple[Server, Server]) -> None:
    server = servers[0]
    bodies = [request(request_id=f"no {number}") for number in range(5)]
    bodies[2] = b"{"
    sent = [server.bytes_of(body) for body in bodies]
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(b"".join([*sent[:-1], server.bytes_of(bodies[-1], "Connection: close")]))
        answers = received(connection)
    statuses = [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 200, 400, 200, 200]
    places = [answers.index(b'"request_id":"no %d"' % number) for number in (0, 1, 3, 4)]
    assert places == sorted(places)


def received(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(("version", "line"), [("1.1", "Connection: close"), ("1.0", "Accept: */*")])
def test_a_connection_that_is_not_to_stay_open_is_closed_behind_the_answer(
    servers: tuple[Server, Server], version: str, line: str
) -> None:
    with socket.create_connection(servers[0].address, timeout=10) as connection:
        connection.sendall(servers[0].bytes_of(request(), line, version=version))
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer.partition(b"\r\n\r\n")[0]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["outcome"]


def test_a_body_that_arrives_in_parts_is_one_body(servers: tuple[Server, Server]) -> None:
    sent = servers[0].bytes_of(request(), "Connection: close")
    with socket.create_connection(servers[0].address, timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(sent), 100):
            connection.sendall(sent[start : start + 100])
        assert received(connection).startswith(b"HTTP/1.1 200 ")


def test_who_leaves_before_the_answer_hinders_no_one(servers: tuple[Server, Server]) -> None:
    server = servers[0]
    for _ in range(5):
        with socket.create_connection(server.address, timeout=10) as connection:
            connection.sendall(server.bytes_of(request()))
    assert server.post(request()).status_code == 200


def test_a_connection_that_idles_is_closed_and_one_in_use_is_not(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = started(tmp_path, stack, limits=ConnectionLimits(seconds={**USUAL_SECONDS, Wait.IDLE: 1}))
        with socket.create_connection(server.address, timeout=10) as connection:
            for _ in range(4):
                connection.sendall(server.bytes_of(request()))
                assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
                connection.settimeout(0.5)
                with pytest.raises(TimeoutError):
                    connection.recv(1)
                connection.settimeout(10)
            assert connection.recv(1) == b""
