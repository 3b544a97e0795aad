"""The issuer's public keys as a JWK set (RFC 7517), read from a file or a URL."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import Request

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.util import base64_to_int

from api.domain.identity import IdentityFault
from api.http.authentication.bounded_fetch import fetch, is_guarded
from api.runtime.regular_files import read_regular_file

MAX_DOCUMENT_BYTES = 1024**2
MIN_RSA_BITS = 2048


def key_set_reader(place: str) -> Callable[[], tuple[Key, ...]]:
    """Return how to read the keys that tokens can be checked with from `place`; it raises `IdentityFault` on failure.

    Raises `IdentityFault` if the keys would come over an open connection.
    """
    return partial(_load, place, _document_reader(place))


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
    if "://" not in place:
        return lambda: _whole(read_regular_file(Path(place), MAX_DOCUMENT_BYTES))
    if is_guarded(place):
        return lambda: fetch(Request(place), MAX_DOCUMENT_BYTES)
    raise IdentityFault(
        "the issuer's keys would come over an open connection",
        "name a file, an address that begins with https://, or one of this machine with http://",
    )


def _whole(document: bytes) -> bytes:
    if len(document) > MAX_DOCUMENT_BYTES:
        raise ValueError("the document is too long")
    return document
