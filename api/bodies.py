"""What a call carries: its body as bytes, its media type checked and its length bounded; the query of its address."""

from __future__ import annotations

from collections.abc import Mapping, Set

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from api.problems import ProblemError, ProblemKind, make_problem


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Return the body of a call. Raises `ProblemError`: 400 for another media type, 413 for more than `max_bytes`.

    An announced length and a chunked body are answered alike, and neither is read further than the limit. Raises
    `ClientDisconnect` if the caller leaves in the middle.
    """
    check_headers(scope, max_bytes)
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


def check_headers(scope: Scope, max_bytes: int) -> None:
    """Raise `ProblemError` if the headers of a call announce a body that is not read: 400, 413."""
    headers = dict[bytes, bytes](reversed(scope["headers"]))  # of a header sent twice, the first counts
    _check_media_type(headers)
    announced = headers.get(b"content-length", b"")
    if announced.isdigit():
        check_size(int(announced), max_bytes)


def check_size(size: int, max_bytes: int) -> None:
    """Raise `ProblemError` if a body of `size` bytes is too large: 413."""
    if size > max_bytes:
        detail = f"A body here holds at most {max_bytes} bytes."
        raise ProblemError(make_problem(ProblemKind.TOO_LARGE, detail))


def read_query(request: Request, known: Set[str]) -> dict[str, str]:
    """Return the parameters of the address, each known and given once: a slip must not answer another question.

    Raises `ProblemError`.
    """
    given = request.query_params.multi_items()
    asked = dict(given)
    if len(asked) < len(given) or not asked.keys() <= known:
        names = ", ".join(sorted(known))
        detail = f"The parameters of this address, each at most once: {names}." if names else "It takes none."
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
    return asked


def _check_media_type(headers: Mapping[bytes, bytes]) -> None:
    media_type, _, parameters = headers.get(b"content-type", b"").lower().partition(b";")
    charset = parameters.replace(b" ", b"").replace(b'"', b"")
    if media_type.strip() != b"application/json" or charset not in (b"", b"charset=utf-8"):
        raise ProblemError(
            make_problem(ProblemKind.MEDIA_TYPE, "Send the header `Content-Type: application/json`.")
        )
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise ProblemError(
            make_problem(ProblemKind.MEDIA_TYPE, "Send the body uncompressed, without Content-Encoding.")
        )
