"""The methods of an address: HEAD wherever there is GET (RFC 9110, 9.3.2), and all in the header Allow (10.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPMethod

from starlette.requests import Request
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LEFT_OUT = "channelgate.body_left_out"
"""In the scope of a call: nobody gets the body of the answer, so one without an end need not be made."""


class HeadLikeGet:
    """Lets every address that answers GET answer HEAD: the same call, with the body left out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call (ASGI)."""
        if scope["type"] != "http" or scope["method"] != HTTPMethod.HEAD:
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            body = {"body": b""} if message["type"] == "http.response.body" else {}
            await send({**message, **body})

        await self._app(
            {**scope, "method": HTTPMethod.GET.value, BODY_LEFT_OUT: True}, receive, send_without_body
        )


def allowed_methods(request: Request) -> Iterator[str]:
    """Yield every method that the address of a call takes, in the order of the alphabet.

    The framework names those of the first route at an address, and an address may have several. One that the document
    writes out belongs to itself alone, though the pattern of another may fit it too.
    """
    path = request.scope["path"]
    documented = request.app.openapi()["paths"].get(path)
    address = {"type": "http", "path": path, "root_path": request.scope.get("root_path", "")}
    for method in sorted(HTTPMethod):
        tried = HTTPMethod.GET if method is HTTPMethod.HEAD else method
        if documented is not None and tried.value.lower() not in documented:
            continue
        scope = {**address, "method": tried.value, "headers": []}
        if any(route.matches(dict(scope))[0] is Match.FULL for route in request.app.router.routes):
            yield method.value
