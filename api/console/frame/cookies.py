"""The cookies of the console: none can be read by a script, none goes with the form of another site."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

SIGN_IN_COOKIE = "channelgate_sign_in"
VISITOR_COOKIE = "channelgate_visitor"
"""A secret of a browser in which nobody has signed in; the forms there are bound to it."""
ATTEMPT_COOKIE = "channelgate_attempt"
"""What a browser remembers while somebody signs in at the provider."""
MAX_SECRET = 200
_HOST_BOUND = frozenset({SIGN_IN_COOKIE, VISITOR_COOKIE, ATTEMPT_COOKIE})
"""Behind TLS these get the prefix `__Host-`: no other host of the domain can set them (RFC 6265bis, 4.1.3.2)."""


def read_cookie(request: Request, name: str, *, secure: bool, longest: int = MAX_SECRET) -> str | None:
    """Return the value of a cookie; None if there is none that could be ours."""
    value = request.cookies.get(_full_name(name, secure), "")
    return value if 0 < len(value) <= longest and value.isascii() else None


def set_cookie(
    response: Response, name: str, value: str, *, secure: bool, max_age: int | None = None
) -> None:
    """Set a cookie; without `max_age` (seconds) it lasts until the browser is closed."""
    full_name = _full_name(name, secure)
    response.set_cookie(
        full_name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax"
    )


def delete_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Delete a cookie."""
    response.delete_cookie(_full_name(name, secure), path="/", secure=secure, httponly=True, samesite="lax")


def _full_name(name: str, secure: bool) -> str:
    return f"__Host-{name}" if secure and name in _HOST_BOUND else name


def new_secret() -> str:
    """Return 256 random bits."""
    return secrets.token_urlsafe(32)
