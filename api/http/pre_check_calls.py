"""A pre-check on the fast path: what is known of it from its arrival to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from api.http.call_observer import CallObserver
from api.runtime.current_call import REQUEST_ID, TRACE_PARENT, Call, read_request_id, read_trace_parent

if TYPE_CHECKING:
    from api.services.shape_cache import Lesson

OPERATION = "POST /v1/pre-check"


class _NoEvent:
    """Takes the place of the event of the server's own cycles; nothing waits for it here."""

    def set(self) -> None:
        """Do nothing."""


class PreCheckCall:
    """A pre-check as it arrives: the attributes that the server needs of a `RequestResponseCycle`, and a few more.

    `lesson` is what is to be learned of its answer. Where each call is traced or logged, `is_observed` holds from the
    beginning, else from when somebody needs `call`.
    """

    __slots__ = (
        "_call",
        "_observer",
        "began",
        "body",
        "disconnected",
        "headers",
        "keep_alive",
        "lesson",
        "response_complete",
        "scope",
    )
    message_event = _NoEvent()

    def __init__(
        self, scope: Any, headers: Mapping[bytes, bytes], observer: CallObserver, *, keep_alive: bool
    ) -> None:
        self.scope = scope
        self.headers = headers
        self.keep_alive = keep_alive
        self.body = b""
        self.disconnected = False
        self.response_complete = False
        self.lesson: Lesson | None = None
        self.began = perf_counter()
        self._observer = observer
        self._call = observer.begin(headers, self.began, OPERATION) if observer.is_attentive else None

    @property
    def is_observed(self) -> bool:
        """Whether the call is observed by itself, not as one of a round."""
        return self._call is not None

    @property
    def call(self) -> Call:
        """The call as it is observed."""
        if self._call is None:
            self._call = self._observer.begin(self.headers, self.began, OPERATION)
        return self._call

    @property
    def request_id(self) -> str:
        """The id that the answer repeats; of a call that is not observed, a new one each time if it was given none."""
        return read_request_id(self.headers.get(REQUEST_ID)) if self._call is None else self._call.request_id

    @property
    def trace_id(self) -> str | None:
        """The trace that the caller stated."""
        parent = (
            read_trace_parent(self.headers.get(TRACE_PARENT)) if self._call is None else self._call.parent
        )
        return None if parent is None else parent.trace_id

    def end_lap(self, name: str) -> None:
        """Record a step that began where the one before ended, where calls are traced."""
        if self._call is not None and self._call.span is not None:
            self._call.span.end_lap(name)
