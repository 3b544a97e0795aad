"""Fetching from an issuer: over TLS or on this machine alone, without redirects, bounded in size and time."""

from __future__ import annotations

import time
import urllib.request
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit

FETCH_SECONDS = 5
"""How long the issuer may take to begin its answer, and then to complete it."""
_PART_BYTES = 64 * 1024


class ReadablePart(Protocol):
    """An answer that is read in parts."""

    def read1(self, most: int) -> bytes:
        """Return what is there, at most so many bytes; nothing at the end."""
        ...


class FailedAnswer(OSError):
    """An answer with a status that is none of success; `document` is what it says, if that could be read."""

    def __init__(self, status: int, reason: str, document: bytes) -> None:
        super().__init__(status, reason)
        self.status = status
        self.document = document


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach or be reached at `host`."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_guarded(url: str) -> bool:
    """Whether nobody on the way can change what comes from an address."""
    try:
        address = urlsplit(url)
        host = address.hostname or ""
    except ValueError:
        return False
    return bool(host) and (address.scheme == "https" or (address.scheme == "http" and is_loopback(host)))


def fetch(request: urllib.request.Request, most: int) -> bytes:
    """Return the document at an address that is guarded; an issuer that answers byte by byte is not waited for.

    Raises OSError, of it `FailedAnswer` for a status that is none of success; `http.client.HTTPException`; ValueError
    for more than `most` bytes.
    """
    proxies = [] if request.type == "https" else [urllib.request.ProxyHandler({})]
    opener = urllib.request.build_opener(_NoRedirects(), *proxies)
    try:
        with opener.open(request, timeout=FETCH_SECONDS) as answer:
            return _read_bounded(answer, most)
    except HTTPError as error:
        with error:
            try:
                document = _read_bounded(error, most)
            except (OSError, HTTPException, ValueError):
                document = b""
        raise FailedAnswer(error.code, error.reason, document) from error


def _read_bounded(answer: ReadablePart, most: int) -> bytes:
    document = b""
    until = time.monotonic() + FETCH_SECONDS
    while part := answer.read1(_PART_BYTES):
        document += part
        if len(document) > most:
            raise ValueError("the document is too long")
        if time.monotonic() > until:
            raise TimeoutError
    return document


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead from the named address to an open connection."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse it; the opener then raises the answer as an error."""
