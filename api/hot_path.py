"""`POST /v1/pre-check` from socket to socket, ahead of the framework.

The steps are those of the route, which stands in the OpenAPI document: who calls, what is asked, the decision, its
record, the answer. What cannot be done without waiting for anything but the log is left to the route, as are all
other calls: a query, a long body, a request that cases or registers tell of, a token whose keys have to be fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from api.access.admitting import admit_call
from api.bodies import check_headers, check_size
from api.counters import Counted
from api.failures import not_recorded, problem_of, problem_response
from api.ledger.entries import DECISION, Entry
from api.ledger.store import KnowledgeGrown
from api.problems import ProblemError
from api.service import LONG_BODY_BYTES, NotAtOnce, Service

PATH = "/v1/pre-check"
_OPERATION = f"POST {PATH}"
_TARGET = PATH.encode()
_JSON = b"content-type: application/json\r\n"

T = TypeVar("T")


class _Nothing:
    """Stands where the server's own calls have an event; nobody waits for it here."""

    def set(self) -> None:
        """Do nothing."""


class _Call:
    """A pre-check as it arrives: what the server asks of a call (RequestResponseCycle), and no more."""

    __slots__ = ("body", "disconnected", "keep_alive", "more_body", "response_complete", "scope")
    message_event = _Nothing()

    def __init__(self, scope: Any, *, keep_alive: bool) -> None:
        self.scope = scope
        self.keep_alive = keep_alive
        self.body = b""
        self.more_body = True
        self.disconnected = False
        self.response_complete = False


class HotPathProtocol(HttpToolsProtocol):
    """The protocol of the server (HTTP/1.1), with a way of its own for pre-checks of one request."""

    cycle: Any

    def on_headers_complete(self) -> None:
        """Choose the way of a call (callback of the parser)."""
        if (
            self.url != _TARGET
            or self.parser.get_method() != b"POST"
            or self.expect_100_continue
            or not (self.cycle is None or self.cycle.response_complete)
            or self.parser.get_http_version() != "1.1"
            or self.parser.should_upgrade()
            or not self._announces_short_body()
        ):
            super().on_headers_complete()
            return
        scope: Any = self.scope
        scope["method"], scope["path"], scope["raw_path"], scope["query_string"] = "POST", PATH, _TARGET, b""
        self.cycle = _Call(scope, keep_alive=self.parser.should_keep_alive())

    def on_body(self, body: bytes) -> None:
        """Take in a part of a body (callback of the parser)."""
        call = self.cycle
        if type(call) is not _Call:
            super().on_body(body)
            return
        call.body += body

    def on_message_complete(self) -> None:
        """Answer a call that has arrived (callback of the parser)."""
        call = self.cycle
        if type(call) is not _Call:
            super().on_message_complete()
            return
        call.more_body = False
        service: Service = self.app.state.service
        try:
            caller = _at_once(admit_call(service, call.scope, _OPERATION))
            check_headers(call.scope, service.settings.max_body_bytes)
            check_size(len(call.body), service.settings.max_body_bytes)
            entry, recorded = service.submit_one(call.body, caller)
        except NotAtOnce:
            self._leave_to_route(call)
        except Exception as error:
            self._refuse(call, error)
        else:
            recorded.add_done_callback(partial(self._answer, call, entry))

    def _announces_short_body(self) -> bool:
        lengths = [value for name, value in self.headers if name == b"content-length"]
        return len(lengths) == 1 and lengths[0].isdigit() and int(lengths[0]) <= LONG_BODY_BYTES

    def _answer(self, call: _Call, entry: Entry, recorded: asyncio.Future[Any]) -> None:
        """Answer a decision whose entry is recorded, or could not be."""
        service: Service = self.app.state.service
        error = recorded.exception()
        if error is None:
            service.counters.count(Counted.DECISION)
            answer = entry.payloads[DECISION]
            self._write(call, 200, (b"content-length: %d\r\n" % len(answer), _JSON), answer)
        elif isinstance(error, KnowledgeGrown):
            self._leave_to_route(call)
        else:
            service.counters.count(Counted.NOT_RECORDED)
            self._refuse(call, ProblemError(not_recorded(entry.members["request_id"])))

    def _refuse(self, call: _Call, error: BaseException) -> None:
        response: Response = problem_response(problem_of(error))
        headers = [b"%b: %b\r\n" % header for header in response.raw_headers]
        self._write(call, response.status_code, headers, bytes(response.body))

    def _write(self, call: _Call, status: int, headers: Sequence[bytes], body: bytes) -> None:
        call.response_complete = True
        if self.transport.is_closing():
            return
        always = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        closing = b"\r\n" if call.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], *always, *headers, closing, body)))
        if not call.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _leave_to_route(self, call: _Call) -> None:
        cycle = RequestResponseCycle(
            scope=call.scope,
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
        cycle.body, cycle.more_body = bytearray(call.body), call.more_body
        cycle.message_event.set()
        if self.cycle is call:
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return what the coroutine returns. Raises `NotAtOnce` if it has to wait."""
    try:
        work.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    work.close()
    raise NotAtOnce
