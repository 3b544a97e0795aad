"""Spans and log records, as whoever receives them over OTLP gets them: each call, each step, no query of an address.

Covers: api.runtime.telemetry, api.runtime.telemetry_choice
"""

from __future__ import annotations

import gzip
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from structlog.testing import capture_logs

from api.app import create_app
from api.doors.running_server import running_app
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.database import Database
from api.ledger.reader import find_decision
from api.runtime.logging import configure_logging
from api.runtime.telemetry_choice import choose_telemetry
from api.settings import Settings

ROOT = Path(__file__).parents[3]
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
NOT_SAMPLED = {"traceparent": f"00-{TRACE}-{SPAN}-00"}
KINDS_SERVER = 2
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class Received:
    """What was sent to a receiver."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for path, body in self.bodies
            if path == "/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def services(self) -> set[str]:
        return {
            attribute.value.string_value
            for path, body in self.bodies
            if path == "/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for attribute in resource.resource.attributes
            if attribute.key == "service.name"
        }

    @property
    def records(self) -> list[Any]:
        return [
            record
            for path, body in self.bodies
            if path == "/v1/logs"
            for resource in ExportLogsServiceRequest.FromString(body).resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
        ]

    def calls(self) -> list[Any]:
        return [span for span in self.spans if span.kind == KINDS_SERVER]

    def steps_of(self, call: Any) -> list[str]:
        return [span.name for span in self.spans if span.parent_span_id == call.span_id]


@contextmanager
def receiver() -> Iterator[tuple[str, Received]]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            received.bodies.append((self.path, gzip.decompress(body) if packed else body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", received
        finally:
            server.shutdown()
            thread.join()


class Traced:
    """A running service whose spans are received once it has stopped."""

    def __init__(self, url: str, database: Path) -> None:
        self.url = url
        self.database = database

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        with httpx.Client(base_url=self.url, trust_env=False, timeout=60) as client:
            return client.request(method, path, json=body, headers=headers)

    def members_of(self, decision_id: str) -> Mapping[str, Any]:
        """The members of a decision's entry."""
        database = Database(str(self.database))
        with database.reading() as connection:
            entry = find_decision(connection, decision_id)
        database.dispose()
        assert entry is not None
        return entry.members


@contextmanager
def serving(folder: Path) -> Iterator[Traced]:
    settings = Settings(policies=ROOT / "policies", database=str(folder / "log.db"), insecure_no_auth=True)
    with running_app(create_app(settings)) as url:
        yield Traced(url, folder / "log.db")


def found(folder: Path, monkeypatch: pytest.MonkeyPatch, *calls: tuple[Any, ...], **headers: str) -> Received:
    """What is received of these calls."""
    with receiver() as (address, received):
        monkeypatch.setenv(ENDPOINT, address)
        with serving(folder) as service:
            for call in calls:
                service.call(*call, **headers)
    return received


def attributes_of(span: Any) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_a_pre_check_on_the_fast_path_continues_the_trace_of_its_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = found(tmp_path, monkeypatch, ("POST", "/v1/pre-check", EXAMPLE_REQUEST), **PARENT)
    (call,) = received.calls()
    assert (call.trace_id.hex(), call.parent_span_id.hex()) == (TRACE, SPAN)
    assert call.name == "POST /v1/pre-check"
    assert received.steps_of(call) == ["receive", "decide", "commit"]
    found_attributes = attributes_of(call)
    assert found_attributes["http.route"] == "/v1/pre-check"
    assert found_attributes["http.response.status_code"] == 200
    assert received.services == {"channelgate"}


def test_so_does_every_other_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = found(tmp_path, monkeypatch, ("POST", "/v1/pre-checks", [EXAMPLE_REQUEST]), **PARENT)
    (call,) = received.calls()
    assert (call.trace_id.hex(), call.parent_span_id.hex()) == (TRACE, SPAN)
    assert received.steps_of(call) == ["decide", "commit"]


def test_a_call_without_a_trace_begins_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = found(
        tmp_path, monkeypatch, ("POST", "/v1/pre-check", EXAMPLE_REQUEST), ("GET", "/v1/cases/one")
    )
    first, second = received.calls()
    assert not first.parent_span_id
    assert first.trace_id != second.trace_id
    assert second.name == "GET /v1/cases/{case_id}"


def test_a_trace_that_its_caller_does_not_sample_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = ("POST", "/v1/pre-check", EXAMPLE_REQUEST), ("POST", "/v1/pre-checks", [EXAMPLE_REQUEST])
    assert found(tmp_path, monkeypatch, *calls, **NOT_SAMPLED).spans == []


def test_no_query_of_an_address_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = found(tmp_path, monkeypatch, ("GET", "/v1/cases?department=secret"), ("GET", "/secret"))
    assert len(received.calls()) == 2
    assert not any(b"secret" in body for _, body in received.bodies)


def test_log_lines_are_sent_with_the_trace_of_their_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging()
    root.setLevel(logging.INFO)
    settings = Settings(
        policies=ROOT / "policies",
        database=str(tmp_path / "log.db"),
        insecure_no_auth=True,
        access_log="json",
    )
    try:
        with receiver() as (address, received):
            monkeypatch.setenv(ENDPOINT, address)
            with running_app(create_app(settings)) as url:
                Traced(url, tmp_path).call("POST", "/v1/pre-check", EXAMPLE_REQUEST, **PARENT)
    finally:
        root.handlers[:], root.level = before
    (record,) = (one for one in received.records if one.body.string_value == "answered")
    (call,) = received.calls()
    assert (record.trace_id, record.span_id) == (call.trace_id, call.span_id)
    assert attributes_of(record)["operation"] == "POST /v1/pre-check"


@pytest.mark.parametrize("headers", [{}, {"Accept-Language": "en"}], ids=["fast path", "route"])
def test_the_entry_of_a_decision_names_the_trace_of_its_caller(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with serving(tmp_path) as service:

        def recorded(**more: str) -> Mapping[str, Any]:
            answer = service.call("POST", "/v1/pre-check", EXAMPLE_REQUEST, **headers, **more)
            return service.members_of(answer.json()["decision_id"])

        assert recorded(**PARENT)["trace_id"] == TRACE
        assert "trace_id" not in recorded()
        assert "trace_id" not in recorded(traceparent="00-0-0-0")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {ENDPOINT: "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {ENDPOINT: "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"},
    ],
    ids=["not set", "disabled", "no exporter"],
)
def test_nothing_is_sent_unless_the_environment_asks(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with capture_logs() as lines:
        assert choose_telemetry() is None
    assert lines == []


@pytest.mark.parametrize(
    "environment",
    [
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_LOGS_EXPORTER": "none"},
    ],
    ids=["protocol", "exporter"],
)
def test_what_cannot_be_sent_to_is_named(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with capture_logs() as lines:
        assert choose_telemetry() is None
    assert {line["event"] for line in lines} == {"telemetry_not_sent"}


def test_a_library_that_is_missing_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "api.runtime.telemetry", None)
    with capture_logs() as lines:
        assert choose_telemetry() is None
    assert [line["event"] for line in lines] == ["telemetry_not_installed"]
    assert "channelgate[telemetry]" in lines[0]["remedy"]
