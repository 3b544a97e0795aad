"""The body of a call as bytes, its media type checked and its length bounded; and the query of its address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from difflib import get_close_matches
from functools import lru_cache

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.parsing.validation_messages import LONGEST_WORD

CACHED_HEADER_CHECKS = 64
"""For so many pairs of body headers the outcome of the check is cached; nearly all calls send the same pair."""


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Return the body of a call. Raises `ProblemError`: 400 for another media type, 413 for more than `max_bytes`.

    An announced length and a chunked body are answered alike, and neither is read further than the limit. Raises
    `ClientDisconnect` if the caller leaves in the middle.
    """
    headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))  # of one sent twice, the first counts
    check_headers(headers, max_bytes)
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        check_size(size, max_bytes)
        more = message.get("more_body", False)
    return b"".join(chunks)


async def wait_until_left(receive: Receive) -> None:
    """Wait until the caller leaves; the body of the call has to be read before."""
    while (await receive())["type"] != "http.disconnect":
        pass


def check_headers(headers: Mapping[bytes, bytes], max_bytes: int) -> None:
    """Raise `ProblemError` if the headers of a call announce a body that is not accepted: 400, 413."""
    remedy = _wrong_form(headers.get(b"content-type", b""), headers.get(b"content-encoding", b"identity"))
    if remedy:
        raise ProblemError(make_problem(ProblemKind.MEDIA_TYPE, remedy))
    announced = headers.get(b"content-length", b"")
    if announced.isdigit():
        check_size(int(announced), max_bytes)


def check_size(size: int, max_bytes: int) -> None:
    """Raise `ProblemError` if a body of `size` bytes is too large: 413."""
    if size > max_bytes:
        detail = f"A body here holds at most {max_bytes} bytes."
        raise ProblemError(make_problem(ProblemKind.TOO_LARGE, detail))


def read_query(request: Request, known: Set[str]) -> dict[str, str]:
    """Return the parameters of the address, each known and given once: a typo must not select a different answer.

    Raises `ProblemError`.
    """
    given = request.query_params.multi_items()
    query = dict(given)
    if len(query) < len(given) or not query.keys() <= known:
        names = ", ".join(sorted(known))
        detail = f"The parameters of this address, each at most once: {names}." if names else "It takes none."
        repeated = [name for name, times in Counter(name for name, _ in given).items() if times > 1]
        faults = [
            FieldError(parameter=name, detail="is given more than once; send it once")
            for name in repeated
            if name in known
        ]
        # What the caller wrote is not repeated; the name that may have been meant is ours.
        meant = {_nearest(name, known) for name in query.keys() - known}
        faults += [
            FieldError(
                parameter=name, detail=f"is like one that is unknown; did you mean `{name}`?", suggestion=name
            )
            for name in sorted(filter(None, meant))
        ]
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail, errors=faults))
    return query


def _nearest(name: str, known: Set[str]) -> str | None:
    """The known parameter like a name; a long one is like none."""
    near = get_close_matches(name, sorted(known), n=1) if len(name) <= LONGEST_WORD else []
    return near[0] if near else None


@lru_cache(CACHED_HEADER_CHECKS)
def _wrong_form(content_type: bytes, content_encoding: bytes) -> str | None:
    """The remedy for a body of this form, if it is not accepted."""
    media_type, _, parameters = content_type.lower().partition(b";")
    charset = parameters.replace(b" ", b"").replace(b'"', b"")
    if media_type.strip() != b"application/json" or charset not in (b"", b"charset=utf-8"):
        return "Send the header `Content-Type: application/json`."
    if content_encoding.lower() != b"identity":
        return "Send the body uncompressed, without Content-Encoding."
    return None
