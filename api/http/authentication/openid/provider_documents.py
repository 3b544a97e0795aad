"""What a provider publishes: its metadata by discovery, and its keys; read when needed, off the event loop."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from http.client import HTTPException
from typing import Generic, Self, TypeVar
from urllib.request import Request

from joserfc.jwk import Key
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from api.domain.identity import IdentityFault
from api.http.authentication.bounded_fetch import fetch, is_guarded
from api.http.authentication.jwks import key_set_reader
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from api.runtime.daemon_calls import call_in_daemon
from api.runtime.loggers import get_logger

FRESH_SECONDS = 300.0
"""For so long a document is taken as read."""
TRUST_SECONDS = 3600.0
"""For so long it is trusted while the provider fails."""
MIN_INTERVAL_SECONDS = 5.0
"""Between the beginnings of two readings of a document, whatever visitors do."""
ANSWER_SECONDS = 12.0
"""How long a visitor waits for one answer of the provider."""
MAX_CALLS = 16
"""So many calls of the provider are made at once; one that never ends takes one of these places."""
MAX_METADATA_BYTES = 256 * 1024

T = TypeVar("T")
log = get_logger()
_places = threading.BoundedSemaphore(MAX_CALLS)


class ProviderMetadata(BaseModel):
    """The members of a discovery document that are used (OpenID Connect Discovery 1.0, RFC 8414)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        for name, value in self:
            if name.endswith(("_endpoint", "_uri")) and value is not None and not is_guarded(value):
                raise ValueError(f"{name} is no address that begins with https://")
        return self


async def call_provider(work: Callable[[], T]) -> T:
    """Return what `work` returns, in a thread, in time. Raises `SignInFailed` if the provider does not answer."""
    if not _places.acquire(blocking=False):
        raise SignInFailed(SignInFault.PROVIDER_UNAVAILABLE, "too many calls of the provider are under way")

    def placed() -> T:
        try:
            return work()
        finally:
            _places.release()

    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await call_in_daemon(placed)
    except (OSError, HTTPException, ValueError, RecursionError, IdentityFault) as error:
        reason = str(error) or "no whole answer came in time"
        raise SignInFailed(
            SignInFault.PROVIDER_UNAVAILABLE, f"the provider does not answer: {reason}"
        ) from error


class ProviderDocuments:
    """The documents of one issuer, shared by all visitors: one reading at a time, the last good one if one fails."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        self._metadata = _Published[ProviderMetadata](partial(_read_metadata, issuer, place), clock)
        self._keys = _Published[tuple[Key, ...]](self._read_keys, clock)

    async def metadata(self) -> ProviderMetadata:
        """Return the metadata. Raises `SignInFailed`."""
        return await self._metadata.get()

    async def find_key(self, kid: str | None, fits: Callable[[Key], bool]) -> Key | None:
        """Return the one key called `kid` that fits, or without a name the one that fits at all.

        One that is not at hand is looked for once in the provider's keys of now. Raises `SignInFailed`.
        """
        for keys in (self._keys.get, self._keys.get_anew):
            found = [key for key in await keys() if (kid is None or key.kid == kid) and fits(key)]
            if len(found) == 1:
                return found[0]
        return None

    async def _read_keys(self) -> tuple[Key, ...]:
        metadata = await self._metadata.get()
        return await call_provider(lambda: key_set_reader(metadata.jwks_uri)())


class _Published(Generic[T]):
    def __init__(self, read: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._failure: SignInFailed | None = None
        self._read_at = self._tried_at = float("-inf")

    async def get(self) -> T:
        """Return the document, read within the last minutes if the provider answers. Raises `SignInFailed`."""
        return await self._newer_than(FRESH_SECONDS)

    async def get_anew(self) -> T:
        """Return the document as it is now, or was seconds ago. Raises `SignInFailed`."""
        return await self._newer_than(0)

    async def _newer_than(self, age: float) -> T:
        async with self._lock:
            now = self._clock()
            if now - self._read_at > age and now - self._tried_at >= MIN_INTERVAL_SECONDS:
                self._tried_at = now
                await self._try()
            if self._value is not None and self._clock() - self._read_at < TRUST_SECONDS:
                return self._value
            reason = str(self._failure or "the provider was not read for too long")
            raise SignInFailed(SignInFault.PROVIDER_UNAVAILABLE, reason) from self._failure

    async def _try(self) -> None:
        try:
            self._value = await self._read()
        except SignInFailed as failure:
            self._failure = failure
            log.error("openid_provider_not_read", reason=str(failure))
        else:
            self._read_at, self._failure = self._tried_at, None


async def _read_metadata(issuer: str, place: str) -> ProviderMetadata:
    try:
        document = json.loads(await call_provider(lambda: fetch(Request(place), MAX_METADATA_BYTES)))
        metadata = ProviderMetadata.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _unusable(place, f"{'/'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _unusable(place, "it is no JSON") from error
    if metadata.issuer != issuer:
        raise _unusable(place, "it is of another issuer than CHANNELGATE_OIDC_ISSUER")
    return metadata


def _unusable(place: str, reason: str) -> SignInFailed:
    return SignInFailed(SignInFault.PROVIDER_UNAVAILABLE, f"{place} cannot be used ({reason})")
