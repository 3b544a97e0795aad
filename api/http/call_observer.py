"""Every call has an id, which its answer repeats, and is counted and logged, whichever way it took."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.domain.permissions import PERMISSIONS
from api.runtime.current_call import (
    CURRENT,
    REQUEST_ID,
    STEP,
    TRACE_PARENT,
    Call,
    current_call,
    read_request_id,
    read_trace_parent,
)
from api.runtime.loggers import get_logger

if TYPE_CHECKING:
    from api.runtime.metrics import Metrics
    from api.runtime.telemetry import Telemetry

CONSOLE, OTHER = "console", "other"
"""The operations of a page of the console, and of an address that is none."""
OPERATIONS = frozenset({*PERMISSIONS, "GET /healthz", "GET /readyz", "GET /openapi.json", CONSOLE, OTHER})
"""Every operation by which calls are counted: a bounded set."""
CALL = "channelgate.call"
"""In the scope of a call: its `Call`, where the server has made one already."""
MOST_SHOWN = 200
"""So many characters of an address are logged."""

log = get_logger("access")


class CallObserver:
    """Observes calls for `metrics`, if there are any, and for the access log, if it is on."""

    def __init__(self, metrics: Metrics | None, *, access_log: bool) -> None:
        self._metrics = metrics
        self._access_log = access_log
        self.telemetry: Telemetry | None = None
        """Traces calls; set when the service starts."""

    @property
    def is_attentive(self) -> bool:
        """Whether each call is observed by itself, since it is traced or logged."""
        return self._access_log or self.telemetry is not None

    def begin(
        self, headers: Mapping[bytes, bytes], began: float | None = None, operation: str | None = None
    ) -> Call:
        """Return a call that begins now, or that `began` at another time of the clock."""
        at = perf_counter() if began is None else began
        return self.begin_with(headers.get(REQUEST_ID), headers.get(TRACE_PARENT), at, operation)

    def begin_with(
        self, given_id: bytes | None, given_trace: bytes | None, began: float, operation: str | None
    ) -> Call:
        """Return a call with the values of its headers that name it and its trace."""
        call = Call(read_request_id(given_id), read_trace_parent(given_trace), began)
        call.operation = operation
        if self.telemetry is not None:
            self.telemetry.begin(call)
        return call

    async def answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Have `app` answer a call (ASGI), and observe it when its answer begins."""
        call: Call | None = scope.get(CALL)
        if call is None:
            call = self.begin(_single(scope["headers"]))
        CURRENT.set(call)
        request_id = REQUEST_ID, call.request_id.encode("ascii")

        async def send_observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.observe(call, message["status"], scope["method"], scope["path"])
                message = {**message, "headers": [*message.get("headers", ()), request_id]}
            await send(message)

        await app(scope, receive, send_observed)

    def observe_round(self, operation: str, status: int, began: float, calls: int) -> None:
        """Count calls that arrived together and are answered together, where none is observed by itself."""
        if self._metrics is not None:
            self._metrics.observe_request(operation, status, perf_counter() - began, calls)

    def observe(self, call: Call, status: int, method: str, path: str) -> None:
        """Count and log a call whose answer is at hand."""
        if self._metrics is None and call.span is None and not self._access_log:
            return
        seconds = perf_counter() - call.began
        operation = call.operation or OTHER
        if self._metrics is not None:
            self._metrics.observe_request(operation, status, seconds)
        if call.span is not None:
            route = operation.partition(" ")[2] or None
            call.span.end(method, route, status, call.request_id)
        if self._access_log:
            within, STEP.call = STEP.call, call
            log.info(
                "answered",
                method=method,
                path=path[:MOST_SHOWN],
                operation=operation,
                status=status,
                seconds=round(seconds, 6),
            )
            STEP.call = within


def name_operation(operation: str) -> None:
    """Note which of the operations the call that is being answered is."""
    call = current_call()
    if call is not None:
        call.operation = operation


class OperationFinder:
    """Middleware (ASGI), the innermost: notes of a call which of the operations it is, when its answer begins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        call = current_call()
        if scope["type"] != "http" or call is None:
            await self._app(scope, receive, send)
            return

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.operation = call.operation or _operation_of(scope)
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        finally:
            call.operation = call.operation or _operation_of(scope)


def _operation_of(scope: Scope) -> str:
    """The operation of a call that the router has seen."""
    named = f"{scope['method']} {getattr(scope.get('route'), 'path', scope['path'])}"
    return named if named in OPERATIONS else OTHER


def _single(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers by their names; of one sent more than once, none."""
    found: dict[bytes, bytes] = {}
    repeated = set()
    for name, value in headers:
        if name in found:
            repeated.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name not in repeated}
