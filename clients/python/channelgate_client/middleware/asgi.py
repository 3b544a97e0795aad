"""A gate before an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from channelgate_client.gates import AsyncGate
from channelgate_client.middleware.refusals import (
    DECISION,
    MOST_BYTES,
    Refusal,
    cut_off,
    refusal_of,
    too_long,
)
from channelgate_client.permission import NotHandedOver

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
RequestOfCall = Callable[[Scope, bytes], Mapping[str, Any] | None]
"""Makes the request of a pre-check of a call and its body; None for a call that hands nothing over."""


class AsgiGate:
    """Lets a call through once its handover is permitted; the decision is in the scope under `channelgate.decision`.

    Of a websocket `request_of` gets the opening and an empty body. What it raises ends the call.
    """

    def __init__(self, app: Application, gate: AsyncGate, request_of: RequestOfCall) -> None:
        self._app = app
        self._gate = gate
        self._request_of = request_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        body = await _read_body(receive) if scope["type"] == "http" else b""
        if isinstance(body, Refusal):
            await _refuse(scope, send, body)
            return
        request = self._request_of(scope, body)
        if request is not None:
            try:
                scope = {**scope, DECISION: await self._gate.ask(request)}
            except NotHandedOver as refused:
                await _refuse(scope, send, refusal_of(refused))
                return
        await self._app(scope, _again(body, receive) if scope["type"] == "http" else receive, send)


async def _read_body(receive: Receive) -> bytes | Refusal:
    """The body, or the answer to one that is too long, or that did not arrive whole since the caller left."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return cut_off()
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return too_long()
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, then what comes after it."""
    ahead: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return ahead.pop() if ahead else await receive()

    return receive_again


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(name.lower().encode(), value.encode()) for name, value in refusal.headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.body})
