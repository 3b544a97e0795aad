"""A call is made again where other policies came into force before what it decided was recorded."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.error_handlers import problem_of, problem_response
from api.ledger.preconditions import PoliciesSuperseded
from api.services.context import Context

MOST_TIMES = 20
"""Policies that came into force this often within one call are a fault of somebody's."""


class DecideAgain:
    """Middleware (ASGI): makes a call again from its first byte, so that no part of it is by other policies.

    Nothing of it was recorded, and nothing answered.
    """

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []
        for _ in range(MOST_TIMES):
            try:
                await self._app(_copy(scope), _Replay(messages, receive), send)
            except PoliciesSuperseded:
                try:
                    await self._context.policies.catch_up()
                except Exception as error:
                    await problem_response(problem_of(error))(scope, receive, send)
                    return
            else:
                return
        raise RuntimeError("the policies were superseded again and again")


class _Replay:
    """Receives the messages of a call: first those that were received before, then further ones."""

    def __init__(self, messages: list[Message], receive: Receive) -> None:
        self._messages = messages
        self._receive = receive
        self._next = 0

    async def __call__(self) -> Message:
        if self._next == len(self._messages):
            self._messages.append(await self._receive())
        self._next += 1
        return self._messages[self._next - 1]


def _copy(scope: Scope) -> MutableMapping[str, Any]:
    """The scope for one try: what a route adds to it is not there at the next."""
    return {**scope, "state": {**scope.get("state", {})}}
