"""A pre-check on the fast path: what is known of it from its arrival to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from api.http.call_observer import CallObserver
from api.http.known_heads import ACCEPT_LANGUAGE, AUTHORIZATION, KnownHead, VaryingValues
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

    `wishes` are those for a language, `lesson` is what is to be learned of its answer. Where each call is traced or
    logged, `is_observed` holds from the beginning, else from when somebody needs `call`. `is_checked` is whether its
    headers announce what is accepted.
    """

    __slots__ = (
        "_call",
        "_headers",
        "_observer",
        "_read",
        "authorization",
        "began",
        "body",
        "disconnected",
        "given_id",
        "given_trace",
        "is_checked",
        "keep_alive",
        "lesson",
        "response_complete",
        "scope",
        "wishes",
    )
    message_event = _NoEvent()

    def __init__(
        self, scope: Any, headers: Mapping[bytes, bytes], observer: CallObserver, *, keep_alive: bool
    ) -> None:
        self.scope = scope
        self._headers: Mapping[bytes, bytes] | None = headers
        self._read: tuple[KnownHead, VaryingValues] | None = None
        self.authorization = headers.get(AUTHORIZATION)
        self.wishes = headers.get(ACCEPT_LANGUAGE)
        self.given_id, self.given_trace = headers.get(REQUEST_ID), headers.get(TRACE_PARENT)
        self.body = b""
        self.keep_alive = keep_alive
        self.is_checked = False
        self._begin(observer)

    @classmethod
    def known(cls, head: KnownHead, values: VaryingValues, observer: CallObserver) -> PreCheckCall:
        """Return a whole call whose head came before."""
        call = cls.__new__(cls)
        call.scope = None
        call._headers = None
        call._read = head, values
        call.authorization = head.authorization
        call.wishes = head.wishes
        call.given_id, call.given_trace, call.body = values
        call.keep_alive = call.is_checked = True
        call._begin(observer)
        return call

    def _begin(self, observer: CallObserver) -> None:
        self.disconnected = self.response_complete = False
        self.lesson: Lesson | None = None
        self.began = perf_counter()
        self._observer = observer
        self._call: Call | None = None
        if observer.is_attentive:
            self.observe()

    def observe(self) -> Call:
        """Observe the call by itself from now on, if it is not yet."""
        if self._call is None:
            self._call = self._observer.begin_with(self.given_id, self.given_trace, self.began, OPERATION)
        return self._call

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        """The headers by their names."""
        if self._headers is None:
            assert self._read is not None
            head, values = self._read
            self._headers = head.headers_of(values)
        return self._headers

    @property
    def is_observed(self) -> bool:
        """Whether the call is observed by itself, not as one of a round."""
        return self._call is not None

    @property
    def call(self) -> Call:
        """The call, observed by itself."""
        return self._call or self.observe()

    @property
    def request_id(self) -> str:
        """The id that the answer repeats, or a new one where the caller gave none."""
        return read_request_id(self.given_id) if self._call is None else self._call.request_id

    @property
    def trace_id(self) -> str | None:
        """The trace that the caller stated."""
        if self.given_trace is None:
            return None
        parent = read_trace_parent(self.given_trace)
        return None if parent is None else parent.trace_id

    def end_lap(self, name: str) -> None:
        """Record a step that began where the one before ended, where calls are traced."""
        if self._call is not None and self._call.span is not None:
            self._call.span.end_lap(name)
