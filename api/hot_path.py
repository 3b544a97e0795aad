"""`POST /v1/pre-check` ahead of the framework: the steps of its route, and nothing around them.

The route stands in the OpenAPI document and takes the calls with a query; the two give the same answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.access.admitting import admit_call
from api.bodies import read_body
from api.openapi import Documented
from api.service import Service

PATH = "/v1/pre-check"
_OPERATION = f"POST {PATH}"


class WithHotPath(Documented):
    """An application that answers the pre-check of one request itself and leaves all else to its routes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call (ASGI)."""
        if scope.get("path") != PATH or scope["method"] != "POST" or scope["query_string"]:
            await super().__call__(scope, receive, send)
            return
        service: Service = self.state.service
        try:
            caller = await admit_call(service, scope, _OPERATION)
            body = await read_body(scope, receive, service.settings.max_body_bytes)
            answer = await service.decide_one(body, caller)
        except Exception as error:
            response = await self._handler_of(error)(Request(scope, receive), error)
            await response(scope, receive, send)
            return
        headers = [(b"content-length", b"%d" % len(answer)), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _handler_of(self, error: Exception) -> Callable[[Any, Exception], Awaitable[Response]]:
        """What answers such an error of a route."""
        handlers: Any = self.exception_handlers
        return next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)  # type: ignore[no-any-return]
