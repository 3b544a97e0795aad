"""Addresses of the console to which somebody is sent after a form or a sign-in."""

from __future__ import annotations

NEXT = "next"
MAX_INSIDE = 1000
"""A longer address is not come back to: it has to fit into a cookie while somebody is at the provider."""


def inside(path: str) -> str:
    """Return the address if it is one of the console, else the first page: nobody is sent elsewhere."""
    is_inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_inside and len(path) <= MAX_INSIDE and "\\" not in path else "/"
