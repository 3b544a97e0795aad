"""The call that is being answered: its id and its trace, at hand wherever something is logged or recorded for it.

It is ambient because it decides nothing: a log line and an entry name it, and no answer depends on it.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from time import time_ns
from typing import Any, NamedTuple, Protocol

REQUEST_ID = b"x-request-id"
TRACE_PARENT = b"traceparent"
_GIVEN_ID = re.compile(rb"[!-~]{1,128}")
_TRACE_PARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_NO_TRACE, _NO_SPAN = b"0" * 32, b"0" * 16
_UNUSED_VERSION, _FIRST_VERSION = b"ff", b"00"


class TraceParent(NamedTuple):
    """Where a call stands in a trace of its caller (W3C Trace Context), in lower-case hexadecimal digits."""

    trace_id: str
    span_id: str
    flags: int


class CallSpan(Protocol):
    """What a tracing library records of a call (`api.runtime.telemetry`)."""

    context: Any
    trace_id: str

    def add_step(self, name: str, began: int, ended: int) -> None:
        """Add a step of the call, with its times in nanoseconds of the clock."""
        ...

    def end_lap(self, name: str) -> None:
        """Add a step that began where the one before ended."""
        ...

    def end(self, method: str, route: str | None, status: int, request_id: str) -> None:
        """End the call."""
        ...


class Call:
    """A call while it is answered. `parent` is where it stands in its caller's trace, if it stated one.

    `span` is what is recorded of it, where calls are traced.

    `began` is that time of the monotonic clock, in seconds. `operation` is the call as the table of permissions names
    it, once it is found.
    """

    __slots__ = ("began", "operation", "parent", "request_id", "span")

    def __init__(self, request_id: str, parent: TraceParent | None, began: float) -> None:
        self.request_id = request_id
        self.parent = parent
        self.began = began
        self.operation: str | None = None
        self.span: CallSpan | None = None

    @property
    def trace_id(self) -> str | None:
        """The trace to which the call belongs; None for one that belongs to none."""
        if self.span is not None:
            return self.span.trace_id
        return None if self.parent is None else self.parent.trace_id


CURRENT: ContextVar[Call | None] = ContextVar("call", default=None)
"""The call that is being answered in this task."""


class CallRound(Protocol):
    """Calls that are answered together, step by step."""

    @property
    def call(self) -> Call | None:
        """The one whose step is taken now."""
        ...


class _CallOfStep(threading.local):
    """The call of a step that waits for nothing: what takes its turn next sets its own, or none.

    A context variable would cost five times as much, and the pre-check has several such steps. While calls take
    their steps together, `round` says which of them takes one; its `Call` is made when somebody needs it.
    """

    call: Call | None = None
    round: CallRound | None = None


STEP = _CallOfStep()


def current_call() -> Call | None:
    """Return the call that is being answered here; None outside of calls."""
    if STEP.call is not None:
        return STEP.call
    return CURRENT.get() if STEP.round is None else STEP.round.call


def recorded_trace() -> str | None:
    """Return the id of the trace that the caller of this call stated; None without one that is valid."""
    call = current_call()
    return call.parent.trace_id if call is not None and call.parent is not None else None


@contextmanager
def step(name: str) -> Iterator[None]:
    """Record the content of a `with` block as a step of the call that is being answered, where calls are traced."""
    call = current_call()
    if call is None or call.span is None:
        yield
        return
    began = time_ns()
    try:
        yield
    finally:
        call.span.add_step(name, began, time_ns())


def read_request_id(given: bytes | None) -> str:
    """Return the id that a caller gave its call, or a new one: visible ASCII characters, at most 128."""
    if given is not None and is_request_id(given):
        return given.decode("ascii")
    return new_request_id()


def is_request_id(given: bytes) -> bool:
    """Whether a caller can give this id to its call."""
    return _GIVEN_ID.fullmatch(given) is not None


def new_request_id() -> str:
    """Return an id for a call whose caller gave it none."""
    return f"{_PROCESS}-{next(_NUMBERS):x}"


def read_trace_parent(given: bytes | None) -> TraceParent | None:
    """Return what the header `traceparent` states; None if that is not valid (W3C Trace Context, 3.2.2)."""
    if given is None or (found := _TRACE_PARENT.fullmatch(given)) is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if version == _UNUSED_VERSION or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    if version == _FIRST_VERSION and rest is not None:
        return None
    return TraceParent(trace_id.decode(), span_id.decode(), int(flags, 16))


_PROCESS = secrets.token_hex(8)
_NUMBERS = count(1)
