"""The head of a pre-check that came before on its connection, by which the next is read without parsing it again.

Callers repeat their heads to the byte, but for the length of the body, the id of the call and the place in a trace.
Bytes that were parsed once mean the same again. A head that differs anywhere else is parsed, and so is one that does
not come in one piece with all of its body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from api.runtime.current_call import REQUEST_ID, TRACE_PARENT, is_request_id, read_trace_parent
from api.runtime.offload import LONG_BODY_BYTES

CONTENT_LENGTH, AUTHORIZATION = b"content-length", b"authorization"
ACCEPT_LANGUAGE = b"accept-language"
MAX_HEAD_BYTES = 4096
"""A longer head is parsed each time."""
_UNLIKELY = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer"})
"""Headers that may change how the bytes behind a head are read."""
_TRACE_PARENT_BYTES = 55
"""A longer one is of a later version: it may end with any bytes, of which the parser refuses some."""
_END = b"\r\n\r\n"
_VARYING = re.compile(
    rb"\r\n(%b):[ \t]*([!-~]+)(?=\r\n)" % b"|".join((CONTENT_LENGTH, REQUEST_ID, TRACE_PARENT)), re.IGNORECASE
)


class VaryingValues(NamedTuple):
    """What of a call differs from the one before: the values of its varying headers, and its body."""

    request_id: bytes | None
    trace_parent: bytes | None
    body: bytes


class KnownHead:
    """A head, cut where the values of its varying headers stand.

    `headers` are those of the call that it came with.
    """

    __slots__ = ("_most_bytes", "_names", "_parts", "_plain_bytes", "authorization", "headers", "wishes")

    def __init__(
        self, names: list[bytes], parts: list[bytes], headers: Mapping[bytes, bytes], most_bytes: int
    ) -> None:
        self._names = names
        self._parts = parts
        self._most_bytes = min(most_bytes, LONG_BODY_BYTES)
        self._plain_bytes = sum(map(len, parts)) if names == [CONTENT_LENGTH] else None
        """How many bytes it has beside the length of the body, if nothing else varies."""
        self.headers = headers
        self.authorization = headers.get(AUTHORIZATION)
        self.wishes = headers.get(ACCEPT_LANGUAGE)

    @classmethod
    def of(
        cls, data: bytes, body: bytes, headers: Mapping[bytes, bytes], most_bytes: int
    ) -> KnownHead | None:
        """Return the head of a call that arrived as `data`, with its body, of which it takes `most_bytes`.

        None if it is not simple enough.
        """
        size = len(data) - len(body)
        head = data[:size]
        if head.find(_END) != size - len(_END) or size > MAX_HEAD_BYTES or not _UNLIKELY.isdisjoint(headers):
            return None
        names, parts, done = [], [], 0
        for found in _VARYING.finditer(head):
            name = found[1].lower()
            if headers.get(name) != found[2] or name in names:
                return None
            names.append(name)
            parts.append(head[done : found.start(2)])
            done = found.end()
        if CONTENT_LENGTH not in names or not {*names} >= {REQUEST_ID, TRACE_PARENT} & headers.keys():
            return None
        return cls(names, [*parts, head[done:]], headers, most_bytes)

    def read(self, data: bytes) -> VaryingValues | None:
        """Return what `data` states if it is this head with other values, and a whole body; else None."""
        parts, at = self._parts, 0
        if self._plain_bytes is not None:  # then its bytes follow from how many there are
            size = len(data) - self._plain_bytes
            size -= len(b"%d" % size)
            head = b"%b%d%b" % (parts[0], size, parts[1])
            if data.startswith(head) and len(head) + size == len(data) and size <= self._most_bytes:
                return VaryingValues(None, None, data[len(head) :])
        request_id: bytes | None = None
        trace_parent: bytes | None = None
        length = -1
        for name, part in zip(self._names, parts):  # noqa: B905  # there is one part more
            if not data.startswith(part, at):
                return None
            at += len(part)
            end = data.find(b"\r", at, at + 256)
            if end < 0:
                return None
            value = data[at:end]
            at = end
            if name is CONTENT_LENGTH or name == CONTENT_LENGTH:
                if not value.isdigit() or len(value) > 6:
                    return None
                length = int(value)
            elif name == REQUEST_ID:
                if not is_request_id(value):
                    return None
                request_id = value
            else:
                if len(value) != _TRACE_PARENT_BYTES or read_trace_parent(value) is None:
                    return None
                trace_parent = value
        if not data.startswith(parts[-1], at):
            return None
        at += len(parts[-1])
        if length != len(data) - at or length > self._most_bytes:
            return None
        return VaryingValues(request_id, trace_parent, data[at:])

    def headers_of(self, values: VaryingValues) -> Mapping[bytes, bytes]:
        """Return the headers of a call with this head and these values."""
        headers = {**self.headers, CONTENT_LENGTH: b"%d" % len(values.body)}
        if values.request_id is not None:
            headers[REQUEST_ID] = values.request_id
        if values.trace_parent is not None:
            headers[TRACE_PARENT] = values.trace_parent
        return headers
