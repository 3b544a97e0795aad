"""The id that a client gave a call, in the answer again: `X-Request-ID` (AuthZEN Authorization API 1.0, 10.1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NAME = b"x-request-id"
_PREFIXES = ("/access/", "/.well-known/")


class EchoRequestId:
    """Middleware (ASGI): puts the id of a call of AuthZEN into its answer, whatever the answer is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        echoed = echoed_id(scope)
        if not echoed:
            await self._app(scope, receive, send)
            return

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (_NAME, echoed)]}
            await send(message)

        await self._app(scope, receive, send_with_id)


def echoed_id(scope: Mapping[str, Any]) -> bytes | None:
    """Return the id of a call of AuthZEN, as it was sent; None for one without, and for every other call."""
    if scope["type"] != "http" or not scope["path"].startswith(_PREFIXES):
        return None
    return next((value for name, value in scope["headers"] if name == _NAME), None)
