"""`POST /v1/pre-check` from socket to socket, ahead of the framework.

The steps are those of the route, which the OpenAPI document describes: the caller, the request, the decision, its
record, the answer. A call that has to wait for anything but the log is left to the route, as are all other calls:
with a query, a long body, records about its request in cases or registers, a token whose key is not at hand, and a
wish for a language unless its shape is known. No step here is a coroutine: what would have to wait is not begun, so
nothing begun is dropped.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from api.http.bounded_connections import BoundedProtocol, Headers, header_lines
from api.http.call_observer import CALL, CallObserver
from api.http.connection_limits import Wait
from api.http.error_handlers import problem_of, problem_response
from api.http.known_heads import KnownHead
from api.http.pre_check_calls import PreCheckCall
from api.http.pre_check_rounds import PreCheckRounds
from api.http.request_body import check_headers
from api.parsing.problems import ProblemError
from api.runtime.offload import LONG_BODY_BYTES
from api.services.decision_work import DecisionAnswer
from api.services.pre_checks import PreChecks
from api.services.shape_templates import FilledAnswer

PATH = "/v1/pre-check"
_TARGET = PATH.encode()
_STATUS_OK = STATUS_LINE[200]
_HEADERS = b"vary: Accept-Language\r\ncontent-length: %d\r\ncontent-type: application/json\r\n"
MAX_HEADS = 16
"""So many heads of a connection are noted, each in the place of the one before: its caller may vary them at will."""
_WORDED_HEADERS = _HEADERS.replace(b"content-length", b"content-language: %b\r\ncontent-length")
_REQUEST_ID = b"x-request-id: %b\r\n"
_IDLE = Wait.IDLE


class FastPathProtocol(BoundedProtocol):
    """The protocol of the server (HTTP/1.1), with a fast path for pre-checks of one request."""

    pre_checks: PreChecks
    observer: CallObserver
    rounds: PreCheckRounds
    _always: tuple[Headers, bytes] = ((), b"")
    _known: KnownHead | None = None
    _heads_left = MAX_HEADS

    def connection_made(self, transport: Any) -> None:
        """Accept a connection (callback of the event loop)."""
        self.pre_checks = self.app.state.pre_checks
        self.observer = self.app.observer
        self.rounds = self.app.state.rounds
        super().connection_made(transport)

    def shutdown(self) -> None:
        """Answer what is being decided (called by the server, which stops); streams without an end get one now."""
        self.app.state.end_streams()
        super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Take a call whose head came before, or parse what arrived (callback of the event loop)."""
        head = self._known
        if (
            head is not None
            and self._wait is _IDLE
            and not self.pre_checks.context.drain.has_begun
            and (values := head.read(data)) is not None
        ):
            self.cycle = call = PreCheckCall.known(head, values, self.observer)
            self._wait = None
            self.rounds.add(self, call)
            return
        before, is_next = self.cycle, self._wait is _IDLE
        super().data_received(data)
        if is_next and self.cycle is not before and type(self.cycle) is PreCheckCall:
            self._note_head(data, self.cycle)

    def _note_head(self, data: bytes, call: PreCheckCall) -> None:
        """Note the head of a whole call that arrived alone, if the next may well have the same."""
        most = self.pre_checks.context.settings.max_body_bytes
        if self._wait is None and call.keep_alive and not call.response_complete and self._heads_left:
            self._heads_left -= 1
            with suppress(ProblemError):  # such a call is answered with the problem, each time
                check_headers(call.headers, most)
                self._known = KnownHead.of(data, call.body, call.headers, most)

    def begin_call(self) -> None:
        """Choose the path of a call (callback of the parser)."""
        parser = self.parser
        headers: dict[bytes, bytes] = dict(self.headers)
        if (
            self.url != _TARGET
            or parser.get_method() != b"POST"
            or self.expect_100_continue
            or not (self.cycle is None or self.cycle.response_complete)
            or parser.get_http_version() != "1.1"
            or parser.should_upgrade()
            or len(headers) < len(self.headers)
            or not _is_short(headers.get(b"content-length", b""))
        ):
            super().begin_call()
        else:
            self.cycle = PreCheckCall(
                self.scope, headers, self.observer, keep_alive=parser.should_keep_alive()
            )
        if self.pre_checks.context.drain.has_begun:
            self.cycle.keep_alive = False  # its caller goes to another node with the next call

    def on_body(self, body: bytes) -> None:
        """Append a part of a body (callback of the parser)."""
        if type(self.cycle) is PreCheckCall:
            self._has_advanced = True
            self.cycle.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Put a complete call into the next round (callback of the parser)."""
        call = self.cycle
        if type(call) is not PreCheckCall:
            super().on_message_complete()
            return
        self._wait = None
        self.rounds.add(self, call)

    def answer(self, call: PreCheckCall, answer: DecisionAnswer | FilledAnswer) -> None:
        """Give an answer; its decision is recorded, and the call is counted."""
        parts, language = answer.parts, answer.language if isinstance(answer, FilledAnswer) else None
        size = sum(map(len, parts))
        headers = _HEADERS % size if language is None else _WORDED_HEADERS % (language.encode("ascii"), size)
        self._send(call, _STATUS_OK, headers, *parts)
        if call.lesson is not None and isinstance(answer, DecisionAnswer):
            self.loop.call_soon(self.app.state.shapes.learn, call.lesson, answer)  # nobody waits for it

    def refuse(self, call: PreCheckCall, error: Exception) -> None:
        """Answer with the problem of an error."""
        response = problem_response(problem_of(error))
        headers = header_lines(response.raw_headers)
        status = response.status_code
        self.observer.observe(call.call, status, "POST", PATH)
        self._send(call, STATUS_LINE[status], headers, bytes(response.body))

    def _send(self, call: PreCheckCall, status: bytes, headers: bytes, *body: bytes) -> None:
        call.response_complete = True
        if self.transport.is_closing():
            return
        always = self.server_state.default_headers
        if always is not self._always[0]:
            self._always = always, header_lines(always)
        request_id = _REQUEST_ID % call.request_id.encode("ascii")
        closing = b"\r\n" if call.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((status, self._always[1], headers, request_id, closing, *body)))
        if not call.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _scope_of(self, call: PreCheckCall) -> Any:
        """What the server would have made of the head of a call; another may be arriving meanwhile."""
        arriving = self.url, self.headers, self.scope, self.expect_100_continue
        HttpToolsProtocol.on_message_begin(self)
        scope: Any = self.scope
        scope["headers"].extend(call.headers.items())
        self.url, self.headers, self.scope, self.expect_100_continue = arriving
        return scope

    def leave_to_route(self, call: PreCheckCall) -> None:
        """Have the route answer a call, as it arrived."""
        scope = call.scope or self._scope_of(call)
        scope[CALL] = call.call
        scope["method"], scope["path"], scope["raw_path"], scope["query_string"] = "POST", PATH, _TARGET, b""
        cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=call.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.body, cycle.more_body = bytearray(call.body), False
        cycle.message_event.set()
        if self.cycle is call:
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)


def _is_short(announced: bytes) -> bool:
    return announced.isdigit() and int(announced) <= LONG_BODY_BYTES
