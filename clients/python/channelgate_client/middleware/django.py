"""A gate as a middleware of Django: an entry of `MIDDLEWARE` names what `django_gate` returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channelgate_client.gates import AsyncGate, Gate
from channelgate_client.middleware.refusals import Refusal, refusal_of
from channelgate_client.permission import NotHandedOver

RequestOfCall = Callable[[Any], Mapping[str, Any] | None]
"""Makes the request of a pre-check of a request of Django; None for one that hands nothing over."""


def django_gate(gate: Gate | AsyncGate, request_of: RequestOfCall) -> Callable[[Any], Any]:
    """Return the middleware: a view runs once its handover is permitted, with `request.channelgate_decision`.

    With an `AsyncGate` it is one for `async`. What `request_of` raises ends the call.
    """
    from django.utils.decorators import async_only_middleware, sync_only_middleware

    middleware: Callable[[Any], Any]
    if isinstance(gate, AsyncGate):
        middleware = async_only_middleware(_awaiting(gate, request_of))
    else:
        middleware = sync_only_middleware(_waiting(gate, request_of))
    return middleware


def _waiting(gate: Gate, request_of: RequestOfCall) -> Callable[[Any], Any]:
    def middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def answer(request: Any) -> Any:
            stated = request_of(request)
            try:
                request.channelgate_decision = None if stated is None else gate.ask(stated)
            except NotHandedOver as refused:
                return _response(refusal_of(refused))
            return get_response(request)

        return answer

    return middleware


def _awaiting(gate: AsyncGate, request_of: RequestOfCall) -> Callable[[Any], Any]:
    def middleware(get_response: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
        async def answer(request: Any) -> Any:
            stated = request_of(request)
            try:
                request.channelgate_decision = None if stated is None else await gate.ask(stated)
            except NotHandedOver as refused:
                return _response(refusal_of(refused))
            return await get_response(request)

        return answer

    return middleware


def _response(refusal: Refusal) -> Any:
    from django.http import HttpResponse

    headers = {name: value for name, value in refusal.headers if name != "Content-Length"}
    return HttpResponse(refusal.body, status=refusal.status, headers=headers)
