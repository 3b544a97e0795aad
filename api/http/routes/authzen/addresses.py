"""The address by which clients of AuthZEN know the service."""

from __future__ import annotations

from fastapi import Request

from api.http.authentication.authenticate import context_of


def base_of(request: Request) -> str:
    """Return the address that the operator has named; else that of the call, without a slash at its end."""
    return (context_of(request).settings.public_url or str(request.base_url)).rstrip("/")
