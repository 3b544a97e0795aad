"""Every call has an id, which its answer repeats; it is counted and logged, whichever way it took.

Covers: api.http.call_observer
"""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.doors.running_server import running_app
from api.http.call_observer import OPERATIONS
from api.http.openapi import EXAMPLE_REQUEST
from api.settings import Settings
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[3]
BODY = json.dumps(EXAMPLE_REQUEST).encode()
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
JSON = {"Content-Type": "application/json"}
CALLS: dict[str, tuple[str, str, bytes, dict[str, str]]] = {
    "fast path": ("POST", "/v1/pre-check", BODY, JSON),
    "fast path refused": ("POST", "/v1/pre-check", b"{", JSON),
    "pre-check by the route": ("POST", "/v1/pre-check?explain=true", BODY, JSON),
    "left to the route": ("POST", "/v1/pre-check", BODY, {**JSON, "Accept-Language": "en"}),
    "list": ("POST", "/v1/pre-checks", b"[]", JSON),
    "alive": ("GET", "/healthz", b"", {}),
    "head": ("HEAD", "/healthz", b"", {}),
    "nothing there": ("GET", "/nothing", b"", {}),
    "another method": ("DELETE", "/healthz", b"", {}),
    "page": ("GET", "/desk", b"", {"Accept": "text/html"}),
    "file": ("GET", "/static/style.css", b"", {}),
    "no such page": ("GET", "/nothing", b"", {"Accept": "text/html"}),
}
NAMED = {
    "fast path": "POST /v1/pre-check",
    "fast path refused": "POST /v1/pre-check",
    "pre-check by the route": "POST /v1/pre-check",
    "left to the route": "POST /v1/pre-check",
    "list": "POST /v1/pre-checks",
    "alive": "GET /healthz",
    "head": "GET /healthz",
    "nothing there": "other",
    "another method": "other",
    "page": "console",
    "file": "console",
    "no such page": "console",
}


class Observed:
    """A running service, and its metrics."""

    def __init__(self, app: Any, client: httpx.Client) -> None:
        self.app = app
        self.client = client
        self.sent = 0
        client.event_hooks = {"request": [self._count]}

    def _count(self, _: httpx.Request) -> None:
        self.sent += 1

    def call(self, name: str, **headers: str) -> httpx.Response:
        method, path, body, own = CALLS[name]
        return self.client.request(method, path, content=body, headers={**own, **headers})

    def counted(self) -> dict[str, float]:
        """How many calls were counted by operation, once all that were sent are published."""
        wait_until(lambda: sum(self._counted().values()) == self.sent)
        return self._counted()

    def _counted(self) -> dict[str, float]:
        text = generate_latest(self.app.state.context.metrics.registry).decode()
        numbers: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "channelgate_request_duration_seconds_count":
                    operation = sample.labels["operation"]
                    numbers[operation] = numbers.get(operation, 0) + sample.value
        return numbers


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    folder = tmp_path_factory.mktemp("observed")
    app = create_app(
        Settings(
            policies=ROOT / "policies",
            database=str(folder / "log.db"),
            insecure_no_auth=True,
            metrics_port=0,
        )
    )
    with running_app(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield Observed(app, client)


@pytest.mark.parametrize("name", CALLS)
def test_the_id_that_a_caller_gives_is_repeated(service: Observed, name: str) -> None:
    assert service.call(name, **{"X-Request-ID": "desk-7"}).headers.get_list("x-request-id") == ["desk-7"]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_without_an_id_is_given_one(service: Observed, name: str) -> None:
    first, second = (service.call(name).headers["x-request-id"] for _ in range(2))
    assert first
    assert first != second


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_counted_once_under_its_operation(service: Observed, name: str) -> None:
    before = service.counted()
    service.call(name)
    after = service.counted()
    assert {
        named: after[named] - before.get(named, 0) for named in after if after[named] != before.get(named)
    } == {NAMED[name]: 1}


def test_calls_are_counted_under_known_operations_alone(service: Observed) -> None:
    service.client.get("/v1/cases/one")
    service.client.get("/v1/cases/another")
    service.client.put("/v1/cases/another")
    assert service.counted().keys() <= OPERATIONS


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000,
    ],
    ids=["no host", "no HTTP", "long head"],
)
def test_what_is_refused_before_it_is_a_call_is_given_an_id(service: Observed, sent: bytes) -> None:
    address = service.client.base_url.host, service.client.base_url.port or 0
    with closing(socket.create_connection(address, timeout=30)) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b"\r\nx-request-id: " in answer


def test_a_failure_of_the_service_is_given_an_id_and_counted(
    service: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(service.app.state.context.store, "try_writing", fail)
    before = service.counted().get("GET /readyz", 0)
    answer = service.client.get("/readyz", headers={"X-Request-ID": "desk-7"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "desk-7")
    assert service.counted()["GET /readyz"] == before + 1


@pytest.fixture
def lines(tmp_path: Path) -> list[dict[str, Any]]:
    """The log lines of a service that logs calls, after one each of `CALLS` and one without a caller."""
    running = Running({**environment(tmp_path), "CHANNELGATE_ACCESS_LOG": "json"})
    try:
        with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as client:
            for name, (method, path, body, headers) in CALLS.items():
                own = {"X-Request-ID": name.replace(" ", "-"), "traceparent": PARENT}
                client.request(method, path, content=body, headers={**headers, **own})
            wait_until(lambda: sum('"answered"' in line for line in running.lines) >= len(CALLS))
    finally:
        running.end(signal.SIGTERM)
    return [json.loads(line) for line in running.lines]


def test_every_call_is_logged_with_its_id_and_its_trace(lines: list[dict[str, Any]]) -> None:
    answered = [line for line in lines if line["event"] == "answered"]
    found = {line["request_id"]: (line["operation"], line["trace_id"]) for line in answered}
    assert found == {name.replace(" ", "-"): (NAMED[name], TRACE) for name in CALLS}
    assert len(answered) == len(CALLS)
    assert not any("explain" in line["path"] for line in answered), "a query can name people"
