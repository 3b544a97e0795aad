"""Between values and HTTP: what is sent for a call, what is read from an answer. Nothing here waits or connects."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from channelgate_client.failures import ClientFailure, NotUnderstood, ProblemAnswer
from channelgate_client.generated.models import Problem
from channelgate_client.operations import Operation
from channelgate_client.retries import retry_after_of

JSON, PROBLEM = "application/json", "application/problem+json"
KEY = "Idempotency-Key"
MOST_BYTES = 64 * 1024 * 1024
"""An answer of more bytes is none of the service."""
IDENTITY = "identity"
"""No answer is packed: unpacked, one of a few bytes could fill the memory before its length is seen."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sent:
    """A call as it is sent; `repeatable` says whether it may be sent again though an answer may have been lost."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes | None
    repeatable: bool


def prepare(
    operation: Operation[Any],
    path: Mapping[str, Any] | None,
    query: Mapping[str, Any] | None,
    header: Mapping[str, Any] | None,
    body: Any,
) -> Sent:
    """Return what is sent; a call that takes an Idempotency-Key gets one, the same for all its attempts."""
    headers = {name: text_of(value) for name, value in (header or {}).items() if value is not None}
    if header and KEY in header:
        headers.setdefault(KEY, str(uuid.uuid4()))
    if body is not None:
        headers["Content-Type"] = JSON
    headers["Accept"] = f"{JSON}, {PROBLEM}, */*;q=0.1"
    headers["Accept-Encoding"] = IDENTITY
    return Sent(
        method=operation.method,
        path=operation.path.format_map(
            {name: quote(text_of(value), safe="") for name, value in (path or {}).items()}
        ),
        query={name: text_of(value) for name, value in (query or {}).items() if value not in (None, False)},
        headers=headers,
        content=None if body is None else encode_body(body),
        repeatable=operation.method == "GET" or KEY in headers,
    )


def encode_body(body: Any) -> bytes:
    """Return the bytes of a body; bytes stay as they are, so that they can be compared with what is recorded."""
    if isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False, allow_nan=False, default=_plain).encode()


def check_head(headers: httpx.Headers) -> None:
    """Raise `NotUnderstood` for an answer whose body is packed, which was not asked for."""
    coding = headers.get("content-encoding", IDENTITY).strip().lower()
    if coding != IDENTITY:
        raise NotUnderstood(f"the answer is packed as {coding}, and that was not asked for")


def check_length(content: bytearray) -> None:
    """Raise `NotUnderstood` for an answer that is too long to be one of the service."""
    if len(content) > MOST_BYTES:
        raise NotUnderstood(f"the answer has more than {MOST_BYTES} bytes")


def read_answer(operation: Operation[T], status: int, headers: httpx.Headers, content: bytes) -> T:
    """Return the answer. Raises `ProblemAnswer` for a problem, `NotUnderstood` for what is no answer of this call."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    expected = operation.answers.get(status)
    if expected is None:
        raise _problem(status, media_type, headers, content)
    try:
        if expected is str:
            return content.decode()  # type: ignore[return-value]  # the type of a text is str
        if media_type != JSON:
            raise NotUnderstood(
                f"the answer to {operation.name} is {media_type or 'of no media type'}, not {JSON}"
            )
        answer: T = _adapter(expected).validate_json(content)
    except (ValidationError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"the answer to {operation.name} cannot be read: {error}") from error
    return answer


def text_of(value: Any) -> str:
    """Return a value as it stands in an address or a header."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _problem(status: int, media_type: str, headers: httpx.Headers, content: bytes) -> ClientFailure:
    if media_type == PROBLEM:
        try:
            return ProblemAnswer(Problem.model_validate_json(content), retry_after_of(headers))
        except ValidationError:
            pass
    return NotUnderstood(f"status {status} with {media_type or 'no media type'} is no answer of the service")


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"a body cannot hold {type(value).__name__}")


@cache
def _adapter(expected: Any) -> TypeAdapter[Any]:
    return TypeAdapter(expected)
