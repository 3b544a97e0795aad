"""The console as an application beside the API: its pages, its files, and the headers of all of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.console import home
from api.console.audit import routes as audit
from api.console.cases import routes as cases
from api.console.desk import routes as desk
from api.console.frame.headers import COMMON_HEADERS
from api.console.frame.routing import show_http_error
from api.console.live import routes as live
from api.console.proposals import routes as proposals
from api.console.registers import routes as registers
from api.console.sign_in import routes as sign_in
from api.console.workbench import routes as workbench
from api.files.stylesheet import read_stylesheet
from api.http.call_observer import CONSOLE, name_operation
from api.runtime.shipped import shipped_verifier

STATIC = Path(__file__).with_name("static")
HTML = "text/html"


class Console:
    """Answers every address that is none of the API (ASGI).

    `elsewhere` is what answers a call for an address that the console has not either, if no browser made it.
    """

    def __init__(self, elsewhere: ASGIApp) -> None:
        self._elsewhere = elsewhere
        pages = [route for area in _AREAS for route in area.ROUTES]
        # An address with a slash at its end is none: a redirect would name the host and scheme that the call stated.
        self._router = Router([*pages, *_FILES], redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""

        async def send_with_headers(sent: Message) -> None:
            if sent["type"] == "http.response.start":
                name_operation(CONSOLE)
                headers = MutableHeaders(scope=sent)
                for name, value in COMMON_HEADERS.items():
                    headers.setdefault(name, value)
            await send(sent)

        try:
            await self._router(scope, receive, send_with_headers)
        except HTTPException as error:
            request = Request(scope, receive)
            if HTML not in request.headers.get("accept", ""):
                await self._elsewhere(scope, receive, send)
            else:
                await show_http_error(request, error)(scope, receive, send_with_headers)


async def _show_stylesheet(request: Request) -> Response:
    if request.headers.get("if-none-match") == _STYLE_TAG:
        return Response(status_code=304, headers=_STYLE_HEADERS)
    return Response(read_stylesheet(), media_type="text/css", headers=_STYLE_HEADERS)


async def _show_verifier(request: Request) -> Response:
    return await _VERIFIER.get_response("verify.js", request.scope)


_AREAS = (home, sign_in, desk, live, cases, registers, proposals, workbench, audit)
_STYLE_TAG = f'"{hashlib.sha256(read_stylesheet().encode()).hexdigest()[:32]}"'
_STYLE_HEADERS = {"ETag": _STYLE_TAG, "Cache-Control": "no-cache"}
_VERIFIER = StaticFiles(directory=shipped_verifier())
_FILES = [
    Route("/static/style.css", _show_stylesheet),
    Route("/static/verify.js", _show_verifier),
    Mount("/static", StaticFiles(directory=STATIC)),
]
