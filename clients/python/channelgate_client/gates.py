"""Ask before a handover: a gate is passed by an answer `deliver`, and by nothing else.

No answer, one that comes too late, one that cannot be read, one to another request, any other outcome: each raises
`NotHandedOver`, and what stands behind the gate is not run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, ParamSpec, TypeVar

from channelgate_client.async_client import AsyncClient
from channelgate_client.client import Client
from channelgate_client.failures import ClientFailure
from channelgate_client.permission import SAY_WITHOUT_ANSWER, Answered, NotHandedOver, require_permission
from channelgate_client.wire import encode_body

P = ParamSpec("P")
T = TypeVar("T")

RequestOf = Callable[..., Mapping[str, Any]]
"""Makes the request of a pre-check of what a function is called with. What it raises is not caught."""


class Gate:
    """Asks by a client that waits. `say_without_answer` is said where there is no answer to repeat."""

    def __init__(self, client: Client, *, say_without_answer: str = SAY_WITHOUT_ANSWER) -> None:
        self._client = client
        self._say = say_without_answer

    def ask(self, request: Mapping[str, Any]) -> Answered:
        """Return the decision that permits the handover. Raises `NotHandedOver`."""
        sent = encode_body(request)
        try:
            decision = self._client.pre_check(sent)
        except ClientFailure as failure:
            raise NotHandedOver(str(failure), self._say) from failure
        return require_permission(decision, sent, self._say, dt.datetime.now(dt.UTC))

    def before(self, request_of: RequestOf) -> Callable[[Callable[P, T]], Callable[P, T]]:
        """Return a decorator: the function is run once its handover is permitted."""

        def decorate(hand_over: Callable[P, T]) -> Callable[P, T]:
            if iscoroutinefunction(hand_over):
                raise TypeError("a coroutine has an AsyncGate before it, which does not keep others waiting")

            @wraps(hand_over)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
                self.ask(request_of(*args, **kwargs))
                return hand_over(*args, **kwargs)

            return guarded

        return decorate


class AsyncGate:
    """Asks by a client for `async`. `say_without_answer` is said where there is no answer to repeat."""

    def __init__(self, client: AsyncClient, *, say_without_answer: str = SAY_WITHOUT_ANSWER) -> None:
        self._client = client
        self._say = say_without_answer

    async def ask(self, request: Mapping[str, Any]) -> Answered:
        """Return the decision that permits the handover. Raises `NotHandedOver`."""
        sent = encode_body(request)
        try:
            decision = await self._client.pre_check(sent)
        except ClientFailure as failure:
            raise NotHandedOver(str(failure), self._say) from failure
        return require_permission(decision, sent, self._say, dt.datetime.now(dt.UTC))

    def before(
        self, request_of: RequestOf
    ) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
        """Return a decorator: the coroutine is run once its handover is permitted."""

        def decorate(hand_over: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
            if not iscoroutinefunction(hand_over):
                raise TypeError(
                    "an AsyncGate stands before a coroutine; before any other function, a Gate does"
                )

            @wraps(hand_over)
            async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
                await self.ask(request_of(*args, **kwargs))
                return await hand_over(*args, **kwargs)

            return guarded

        return decorate
