"""The issuer's public keys as a JWK set (RFC 7517), read from a file or a URL."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.util import base64_to_int

from api.domain.identity import IdentityFault
from api.runtime.regular_files import read_regular_file

MAX_DOCUMENT_BYTES = 1024**2
FETCH_SECONDS = 5
"""How long the issuer may take to begin its answer, and then to complete it."""
MIN_RSA_BITS = 2048

_PART_BYTES = 64 * 1024


def key_set_reader(place: str) -> Callable[[], tuple[Key, ...]]:
    """Return how to read the keys that tokens can be checked with from `place`; it raises `IdentityFault` on failure.

    Raises `IdentityFault` if the keys would come over an open connection.
    """
    return partial(_load, place, _document_reader(place))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach or be reached at `host`."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _load(place: str, read: Callable[[], bytes]) -> tuple[Key, ...]:
    remedy = "name a file, or an address that begins with https://, with the issuer's JWK set"
    try:
        entries = json.loads(read())["keys"]
        keys = tuple(key for entry in entries if (key := _import(entry)))
    except (OSError, HTTPException, ValueError, TypeError, KeyError, RecursionError) as error:
        raise IdentityFault(
            f"the issuer's keys cannot be read from {place} ({_reason_of(error)})", remedy
        ) from error
    if not keys:
        raise IdentityFault(f"{place} holds no public key that tokens can be checked with", remedy)
    return keys


def _reason_of(error: Exception) -> str:
    if isinstance(error, OSError | HTTPException):
        stated = getattr(error, "reason", None) or getattr(error, "strerror", None)
        return str(stated or "no whole answer came")
    return "it is no JWK set"


def _import(entry: Any) -> Key | None:
    """Return a key for checking signatures; what is something else, or weak, is left out (RFC 7517, 5)."""
    if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        if entry["kty"] == "RSA" and base64_to_int(entry["n"]).bit_length() < MIN_RSA_BITS:
            return None
        key = import_key(entry)
        key.check_use("sig")
        key.check_key_op("verify")
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        return None
    return key


def _document_reader(place: str) -> Callable[[], bytes]:
    address = urlsplit(place)
    if "://" not in place:
        return lambda: _whole(read_regular_file(Path(place), MAX_DOCUMENT_BYTES))
    if address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or "")):
        proxies = None if address.scheme == "https" else urllib.request.ProxyHandler({})
        handlers = [_NoRedirects(), *([proxies] if proxies else [])]
        opener = urllib.request.build_opener(*handlers)
        return lambda: _fetch(opener, place)
    raise IdentityFault(
        "the issuer's keys would come over an open connection",
        "name a file, an address that begins with https://, or one of this machine with http://",
    )


def _fetch(opener: urllib.request.OpenerDirector, url: str) -> bytes:
    """Return the document; an issuer that answers byte by byte is not waited for."""
    document = b""
    with opener.open(url, timeout=FETCH_SECONDS) as answer:
        until = time.monotonic() + FETCH_SECONDS
        while part := answer.read1(_PART_BYTES):
            document = _whole(document + part)
            if time.monotonic() > until:
                raise TimeoutError
    return document


def _whole(document: bytes) -> bytes:
    if len(document) > MAX_DOCUMENT_BYTES:
        raise ValueError("the document is too long")
    return document


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead from the named address to an open connection."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse it; the opener then raises the answer as an error."""
