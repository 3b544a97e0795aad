"""Spans and log records of the service by OpenTelemetry, sent where the environment says (OTEL_...).

This module is loaded only where the environment asks for it and the extra `telemetry` is installed. Providers and
exporters are those of the library, which reads the environment itself: endpoints, headers, sampler, resource, limits.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from time import time_ns
from typing import Any

from opentelemetry import trace
from opentelemetry._logs import Logger, LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from api.runtime.current_call import Call, TraceParent, current_call

SERVICE = "channelgate"
_SEVERITIES = {
    logging.DEBUG: SeverityNumber.DEBUG,
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
    logging.CRITICAL: SeverityNumber.FATAL,
}
_OF_SENDING = ("opentelemetry", "urllib3", "requests")
"""The loggers of whatever sends records: what they log is not sent, or it would go on for ever."""


class TracedCall:
    """The span of a call (kind SERVER), and those of its steps, which are its children."""

    def __init__(self, tracer: trace.Tracer, parent: TraceParent | None) -> None:
        self._tracer = tracer
        self._lap_began = began = time_ns()
        self._span = tracer.start_span(
            "call", _context_of(parent), kind=SpanKind.SERVER, start_time=began, record_exception=False
        )
        self.context = trace.set_span_in_context(self._span)
        self.trace_id = trace.format_trace_id(self._span.get_span_context().trace_id)

    def add_step(self, name: str, began: int, ended: int) -> None:
        """Add a step of the call, with its times in nanoseconds of the clock."""
        self._tracer.start_span(name, self.context, start_time=began).end(ended)

    def end_lap(self, name: str) -> None:
        """Add a step that began where the one before ended."""
        began, self._lap_began = self._lap_began, time_ns()
        if self._span.is_recording():
            self.add_step(name, began, self._lap_began)

    def end(self, method: str, route: str | None, status: int, request_id: str) -> None:
        """End the span: what was called by which method, and with which status that was answered."""
        span = self._span
        if not span.is_recording():
            return
        span.update_name(f"{method} {route}" if route else method)
        span.set_attributes(
            {
                "http.request.method": method,
                "http.response.status_code": status,
                "url.scheme": "http",
                "channelgate.request_id": request_id,
            }
        )
        if route:
            span.set_attribute("http.route", route)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()


class RecordSender(logging.Handler):
    """Sends log records to `logger`, each within the trace of the call in which it was logged."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record; the members of a line of ours are its attributes."""
        if record.name.startswith(_OF_SENDING):
            return
        members: Mapping[str, Any] = record.msg if isinstance(record.msg, dict) else {}
        call = current_call()
        self._logger.emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                context=None if call is None or call.span is None else call.span.context,
                severity_number=_SEVERITIES.get(record.levelno, SeverityNumber.INFO),
                severity_text=record.levelname,
                body=str(members["event"]) if "event" in members else record.getMessage(),
                attributes={
                    name: value if isinstance(value, bool | int | float) else str(value)
                    for name, value in members.items()
                    if name not in ("event", "timestamp", "level")
                },
            )
        )


class Telemetry:
    """Traces calls by `spans`, and sends what is logged to `records`, until it is shut down."""

    def __init__(self, spans: TracerProvider | None, records: LoggerProvider | None) -> None:
        self._spans = spans
        self._records = records
        self._tracer = spans.get_tracer(SERVICE) if spans else None
        self._sender = RecordSender(records.get_logger(SERVICE)) if records else None
        if self._sender:
            logging.getLogger().addHandler(self._sender)

    @classmethod
    def from_environment(cls, signals: Sequence[str]) -> Telemetry:
        """Return what sends these signals, TRACES and LOGS, over OTLP (HTTP)."""
        spans = records = None
        if "TRACES" in signals:
            spans = TracerProvider(resource=_resource(), shutdown_on_exit=False)
            spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        if "LOGS" in signals:
            records = LoggerProvider(resource=_resource(), shutdown_on_exit=False)
            records.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
        return cls(spans, records)

    def begin(self, call: Call) -> None:
        """Begin the span of a call."""
        if self._tracer is not None:
            call.span = TracedCall(self._tracer, call.parent)

    def shut_down(self) -> None:
        """Send what is left, and end; it waits for whoever receives it."""
        if self._sender:
            logging.getLogger().removeHandler(self._sender)
        for provider in (self._spans, self._records):
            if provider is not None:
                provider.shutdown()


def _context_of(parent: TraceParent | None) -> Any:
    if parent is None:
        return None
    stated = SpanContext(
        int(parent.trace_id, 16),
        int(parent.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(parent.flags),
    )
    return trace.set_span_in_context(NonRecordingSpan(stated))


def _resource() -> Resource:
    """What sends: named by the environment, or else as the service."""
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    return Resource.create({} if named else {"service.name": SERVICE})
