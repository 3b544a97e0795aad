"""The issuer's public keys (a JWK set, RFC 7517), from a file or a URL, cached and refreshed in time."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.util import base64_to_int

from api.domain.identity import IdentityFault
from api.runtime.regular_files import read_regular_file

MAX_DOCUMENT_BYTES = 1024**2
FETCH_SECONDS = 5
MIN_RSA_BITS = 2048
MIN_REFRESH_INTERVAL = timedelta(minutes=1)
"""The source is read at most once in this interval, whatever callers send."""
REFRESH_AFTER = timedelta(minutes=10)
"""Keys older than this are refreshed, so that one the issuer withdrew is dropped."""
TRUST_PERIOD = timedelta(hours=1)
"""Keys that could not be refreshed for this long are trusted no more."""

log = structlog.get_logger()


class IssuerKeys:
    """Finds the key a token names. Constructing it reads the source and raises `IdentityFault` if that fails."""

    def __init__(self, place: str, clock: Callable[[], datetime]) -> None:
        self._read = _reader(place)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys = _load(place, self._read)
        self._read_at = self._tried_at = clock()
        self._place = place

    async def find(self, kid: str | None, fits: Callable[[Key], bool]) -> Key | None:
        """Return the one key called `kid` that fits; without a name, the one key that fits at all.

        An unknown name or old keys make the source be read again, at most once a minute.
        """
        key = self._find(kid, fits)
        stale = self._clock() - self._read_at > REFRESH_AFTER
        if key is None or (stale and not self._lock.locked()):
            await self._refresh()
            key = self._find(kid, fits)
        return key

    def _find(self, kid: str | None, fits: Callable[[Key], bool]) -> Key | None:
        if self._clock() - self._read_at > TRUST_PERIOD:
            return None
        found = [key for key in self._keys if (kid is None or key.kid == kid) and fits(key)]
        return found[0] if len(found) == 1 else None

    async def _refresh(self) -> None:
        async with self._lock:
            if self._clock() - self._tried_at < MIN_REFRESH_INTERVAL:
                return
            self._tried_at = self._clock()
            try:
                self._keys = await asyncio.to_thread(_load, self._place, self._read)
            except IdentityFault as fault:
                log.error("issuer_keys_not_read", reason=str(fault))
            else:
                self._read_at = self._tried_at


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach or be reached at `host`."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _load(place: str, read: Callable[[], bytes]) -> list[Key]:
    remedy = "name a file, or an address that begins with https://, with the issuer's JWK set"
    try:
        entries = json.loads(read())["keys"]
        keys = [key for entry in entries if (key := _import(entry))]
    except (OSError, HTTPException, ValueError, TypeError, KeyError, RecursionError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "it is no JWK set"
        raise IdentityFault(f"the issuer's keys cannot be read from {place} ({reason})", remedy) from error
    if not keys:
        raise IdentityFault(f"{place} holds no public key that tokens can be checked with", remedy)
    return keys


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


def _reader(place: str) -> Callable[[], bytes]:
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
    with opener.open(url, timeout=FETCH_SECONDS) as answer:
        return _whole(answer.read(MAX_DOCUMENT_BYTES + 1))


def _whole(document: bytes) -> bytes:
    if len(document) > MAX_DOCUMENT_BYTES:
        raise ValueError("the document is too long")
    return document


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead from the named address to an open connection."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse it; the opener then raises the answer as an error."""
