"""Connections (HTTP/1.1) whose callers get a bounded time and a bounded head, and faults of the form as problems.

One timer for each connection, which is not set anew for each call: it looks what the connection waits for, and since
when. A call that is refused here is answered behind those before it on the connection, which is then given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import httptools
from uvicorn import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from api.http.connection_limits import SPARE, ConnectionGate, ConnectionLimits, Wait
from api.http.error_handlers import problem_response
from api.http.refusals import CROWDED, MALFORMED, NOT_ONE_HOST, STOPPING, too_long, too_slow
from api.parsing.problems import Problem, ProblemError
from api.runtime.current_call import REQUEST_ID, read_request_id

Headers = Sequence[tuple[bytes, bytes]]

_LINE_ENDS = 4
"""A header line has a colon, a space and two characters at its end."""


class _BoundedFlow(FlowControl):
    """Reads nothing more while there are calls that wait for an answer, or answers that wait for their reader."""

    def __init__(self, transport: asyncio.Transport, pipeline: Collection[object]) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        """Read on, if that is in order (called by the server and its calls)."""
        if not (self._pipeline or self.write_paused):
            super().resume_reading()


class BoundedProtocol(HttpToolsProtocol):
    """The protocol of the server within `ConnectionLimits`."""

    cycle: Any

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: ConnectionLimits,
        gate: ConnectionGate,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._gate = gate
        self._has_place = False
        self._answering: RequestResponseCycle | None = None
        self._wait: Wait | None = None
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._reading_timer: asyncio.TimerHandle | None = None
        self._refusal: Problem | None = None
        self._has_advanced = False
        self._line_bytes = 0

    # -- the connection

    def connection_made(self, transport: Any) -> None:
        """Accept a connection, or turn it away (callback of the event loop)."""
        super().connection_made(transport)
        self.flow = _BoundedFlow(transport, self.pipeline)
        self._wait_for(Wait.FIRST_BYTE)
        self._has_place = self._gate.enter()
        if not self._has_place:
            self._end_with(CROWDED)
            if len(self.connections) - self._gate.inside > SPARE:
                self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place and the timers back (callback of the event loop)."""
        if self._has_place:
            self._gate.leave()
        for timer in (self._timer, self._reading_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)
        self.pipeline.clear()
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Remember the call that is being answered: of a pipeline, the server itself knows the newest."""
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived (callback of the event loop)."""
        while data and self._refusal is None:
            self._has_advanced = False
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]  # the offer is not taken up, so HTTP/1.1 goes on behind it
                continue
            except httptools.HttpParserError as error:
                cause = error.__context__
                self._end_with(cause.problem if isinstance(cause, ProblemError) else MALFORMED)
                return
            self._count_line_bytes(len(data))
            return

    def _count_line_bytes(self, size: int) -> None:
        """Bound what the parser holds back: a head, trailer or chunk header that goes on through whole reads."""
        if self._has_advanced:
            self._line_bytes = 0
        else:
            self._line_bytes += size
            if self._line_bytes > self._limits.header_bytes and self._refusal is None:
                self._end_with(self._too_long())

    def pause_writing(self) -> None:
        """Stop reading as well, since the caller does not read (callback of the transport)."""
        super().pause_writing()
        self.flow.pause_reading()
        self._bound_reading()

    def resume_writing(self) -> None:
        """Go on (callback of the transport)."""
        super().resume_writing()
        if self._reading_timer is not None and not self.transport.is_closing():
            self._reading_timer.cancel()
            self._reading_timer = None
            self.flow.resume_reading()

    def shutdown(self) -> None:
        """Answer what is being decided, for so long as the server waits; what has not been sent is not waited for."""
        self.loop.call_later(self.config.timeout_graceful_shutdown or 0, self.transport.abort)
        if self._wait is Wait.BODY:
            self._end_with(STOPPING)
        if self._wait in (None, Wait.HEADERS) and self._is_answering():
            self.cycle.keep_alive = False
        else:
            self._close()

    # -- callbacks of the parser

    def on_message_begin(self) -> None:
        """Wait for the head of a call."""
        super().on_message_begin()
        self._has_advanced = True
        self._wait_for(Wait.HEADERS)

    def on_headers_complete(self) -> None:
        """Check the head, and wait for the body."""
        self._has_advanced = True
        self._check_head()
        self.begin_call()
        self._wait_for(Wait.BODY)

    def begin_call(self) -> None:
        """Begin a call whose head is sound."""
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._has_advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait no longer: the call is the service's now, or the next one may begin."""
        self._wait = None
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait_for(Wait.IDLE)

    def _check_head(self) -> None:
        size, hosts = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value) + _LINE_ENDS
            hosts += name == b"host"
        if size > self._limits.header_bytes or len(self.headers) > self._limits.header_lines:
            raise ProblemError(self._too_long())
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise ProblemError(NOT_ONE_HOST)

    def _too_long(self) -> Problem:
        return too_long(self._limits.header_bytes, self._limits.header_lines)

    # -- answers

    def on_response_complete(self) -> None:
        """Go on with the next call of the pipeline, or wait for it (callback of the call)."""
        if self.pipeline and not self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._bound_reading()
        elif self._refusal is not None:
            self._answer_refusal(self._refusal)
        else:
            if self.flow.read_paused:
                self.flow.resume_reading()
            if self._wait is None:
                self._wait_for(Wait.IDLE)
            elif self._wait is Wait.BODY:
                self._wait_for(Wait.LEAVING)  # answered before the body has ended

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _end_with(self, problem: Problem) -> None:
        """Refuse the call that is arriving, once those before it are answered, and take no other."""
        wait, self._wait, self._refusal = self._wait, None, problem
        if wait is Wait.LEAVING:
            self._close()
        elif wait is Wait.BODY:
            if self.pipeline:
                self.pipeline.popleft()
            else:
                self._take_call_away(problem)
        elif not self._is_answering():
            self._answer_refusal(problem)

    def _take_call_away(self, problem: Problem) -> None:
        """Answer in the place of a call that still waits for its body."""
        call = self.cycle
        call.disconnected = True
        call.message_event.set()
        if getattr(call, "response_started", False):
            self._close()
        else:
            self._answer_refusal(problem)

    def _answer_refusal(self, problem: Problem) -> None:
        if self.transport.is_closing():
            return
        request_id = read_request_id(dict(self.headers or ()).get(REQUEST_ID))
        response = problem_response(problem, {"connection": "close", REQUEST_ID.decode(): request_id})
        lines = header_lines([*self.server_state.default_headers, *response.raw_headers])
        status = STATUS_LINE[response.status_code]
        self.transport.write(b"".join((status, lines, b"\r\n", bytes(response.body))))
        # What the caller is still sending is read and dropped for a while: closed at once, the answer would be lost.
        self.flow.resume_reading()
        self.transport.write_eof()
        self._wait_for(Wait.LEAVING)

    def _close(self) -> None:
        self.transport.close()
        self._bound_reading()

    # -- time limits

    def _wait_for(self, wait: Wait) -> None:
        self._wait = wait
        self._since = now = self.loop.time()
        at = now + self._limits.seconds[wait]
        if self._timer is not None and at < self._timer_at:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._set_timer(at, at - now)

    def _set_timer(self, at: float, seconds: float) -> None:
        self._timer_at = at
        self._timer = self.loop.call_later(seconds, self._check_wait)

    def _check_wait(self) -> None:
        self._timer = None
        if self._wait is None or self.transport.is_closing():
            return
        now = self.loop.time()
        if self.flow.read_paused:
            self._since = now  # the service itself does not let the caller go on
        at = self._since + self._limits.seconds[self._wait]
        if at > now:
            self._set_timer(at, at - now)
        elif self._wait in (Wait.HEADERS, Wait.BODY):
            self._end_with(too_slow(self._wait.part, self._limits.seconds[self._wait]))
        else:
            self._close()

    def _bound_reading(self) -> None:
        """Give up the connection if the caller does not read what is written."""
        if self._reading_timer is None and self.transport.get_write_buffer_size():
            seconds = self._limits.seconds[Wait.READING]
            self._reading_timer = self.loop.call_later(seconds, self.transport.abort)


def header_lines(headers: Headers) -> bytes:
    """Return headers as they are sent."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])
