"""What a call carries: its body as bytes, its media type checked and its length bounded; the query of its address."""

from __future__ import annotations

from collections.abc import Set

from starlette.requests import Request

from api.problems import ProblemError, ProblemKind, make_problem


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Return the body. Raises `ProblemError`: 400 for another media type, 413 for more than `max_bytes`.

    An announced length and a chunked body are answered alike, and neither is read further than the limit.
    """
    _check_media_type(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


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


def _check_media_type(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if media_type.strip() != "application/json" or charset not in ("", "charset=utf-8"):
        raise ProblemError(
            make_problem(ProblemKind.MEDIA_TYPE, "Send the header `Content-Type: application/json`.")
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(
            make_problem(ProblemKind.MEDIA_TYPE, "Send the body uncompressed, without Content-Encoding.")
        )


def _too_large(max_bytes: int) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.TOO_LARGE, f"A body here holds at most {max_bytes} bytes."))
