"""Calls that are going to go: since when, until when, and what to call instead (docs/operate/versions.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Deprecation:
    """Since when a call is deprecated, from when it may be gone, and the call (as in the table) that replaces it."""

    since: date
    sunset: date
    successor: str


DEPRECATED: Mapping[str, Deprecation] = {}
"""The deprecated calls, named as in the table of permissions. `POST /v1/pre-check` cannot be one of them: most of its
answers do not pass this way (api/http/fast_path.py)."""


class DeprecationHeaders:
    """Middleware (ASGI): names in each answer of a deprecated call its days and its successor.

    The headers are Deprecation (RFC 9745, seconds since 1970), Sunset (RFC 8594) and a link to the call that replaces
    this one (RFC 5829).
    """

    def __init__(self, app: ASGIApp, calls: Mapping[str, Deprecation]) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""

        async def send_with_headers(message: Message) -> None:
            route = getattr(scope.get("route"), "path", None)
            if message["type"] == "http.response.start" and route is not None:
                deprecation = self._calls.get(f"{scope['method']} {route}")
                if deprecation is not None:
                    message = {**message, "headers": [*message["headers"], *_headers(deprecation)]}
            await send(message)

        await self._app(scope, receive, send_with_headers if self._calls else send)


def mark_deprecated(paths: dict[str, Any], calls: Mapping[str, Deprecation]) -> None:
    """Write into the operations of an OpenAPI document that they are deprecated, and what replaces them."""
    for path, operations in paths.items():
        for method, operation in operations.items():
            if deprecation := calls.get(f"{method.upper()} {path}"):
                operation["deprecated"] = True
                remark = (
                    f"Deprecated; from {deprecation.sunset} it may be gone. Call `{deprecation.successor}`."
                )
                operation["description"] = f"{remark}\n\n{operation.get('description', '')}".rstrip()


def _headers(deprecation: Deprecation) -> Iterator[tuple[bytes, bytes]]:
    since = datetime.combine(deprecation.since, time(), UTC)
    sunset = datetime.combine(deprecation.sunset, time(), UTC)
    _, _, successor = deprecation.successor.partition(" ")
    yield b"deprecation", f"@{int(since.timestamp())}".encode()
    yield b"sunset", format_datetime(sunset, usegmt=True).encode()
    yield b"link", f'<{successor}>; rel="successor-version"'.encode()
