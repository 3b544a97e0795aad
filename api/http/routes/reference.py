"""The interface as a page, and its stylesheet: open to anybody, as `/openapi.json` is, with or without a console."""

from __future__ import annotations

import asyncio
from copy import deepcopy

from fastapi import APIRouter, Request, Response

from api.files.stylesheet import read_stylesheet
from api.http.reference.page import render_reference

router = APIRouter(include_in_schema=False)

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none';"
    " base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""Nothing runs, and nothing but the stylesheet is loaded."""


@router.get("/docs")
async def show_reference(request: Request) -> Response:
    """Return the page of the calls as they are under the policies in force; it is rendered once for each of them."""
    app = request.app
    policies = app.policies()
    of, page = app.state.reference
    if of is not policies:
        page = await asyncio.to_thread(render_reference, deepcopy(app.openapi()))
        app.state.reference = policies, page
    return Response(page, media_type="text/html", headers=_HEADERS)


@router.get("/docs/style.css")
async def show_stylesheet() -> Response:
    """Return the stylesheet of the page."""
    return Response(read_stylesheet(), media_type="text/css", headers=_HEADERS)
