"""The cookies of the console: none can be read by a script, none goes with the form of another site."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

SIGN_IN_COOKIE = "channelgate_sign_in"
VISITOR_COOKIE = "channelgate_visitor"
"""A secret of a browser in which nobody has signed in; the forms there are bound to it."""
MAX_SECRET = 200


def read_cookie(request: Request, name: str) -> str | None:
    """Return the value of a cookie; None if there is none that could be ours."""
    value = request.cookies.get(name, "")
    return value if 0 < len(value) <= MAX_SECRET and value.isascii() else None


def set_cookie(
    response: Response, name: str, value: str, *, secure: bool, max_age: int | None = None
) -> None:
    """Set a cookie; without `max_age` (seconds) it lasts until the browser is closed."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax")


def delete_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Delete a cookie."""
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def new_secret() -> str:
    """Return 256 random bits."""
    return secrets.token_urlsafe(32)
