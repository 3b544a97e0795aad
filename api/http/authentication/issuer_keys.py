"""The issuer's keys at hand, how far they are trusted, and the task that reads them anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, assert_never

from api.domain.identity import IdentityFault, IssuerUnavailable, KeyState, KeyTrust
from api.runtime.loggers import get_logger

if TYPE_CHECKING:
    from joserfc.jwk import Key

log = get_logger()


@dataclass(frozen=True, slots=True)
class KeyTiming:
    """When the issuer's keys are read again, and for how long they are trusted, in seconds."""

    refresh_after: float = 300
    """Half the time within which a withdrawn key is refused: a reading may fail and be repeated."""
    min_interval: float = 5
    """Between the beginnings of two readings, after a failure and whatever callers send."""
    trust_period: float = 3600
    max_wait: float = 15
    """For a call whose key is not at hand: a reading that is under way, the interval, and a reading of its own."""


USUAL_TIMING = KeyTiming()


class IssuerKeys:
    """Finds the key a token names. Constructing it reads the source and raises `IdentityFault` if that fails.

    After that, the source is read by `keep_fresh` alone, a task of the service. A call looks at what is at hand, or
    waits for a reading that goes on without it: no call begins one, so none can drop one or use up an attempt.
    """

    def __init__(
        self, place: str, timing: KeyTiming = USUAL_TIMING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from api.http.authentication.jwks import key_set_reader

        self._read = key_set_reader(place)
        self._timing = timing
        self._clock = clock
        self._read_at = self._began_at = clock()
        self._keys = self._read()
        self._failing = False
        self._logged = KeyState.CURRENT
        self._wanted = asyncio.Event()
        self._begun = self._ended = 0
        self._over = asyncio.Event()

    @property
    def trust(self) -> KeyTrust:
        """How far the keys at hand are trusted now."""
        age = self._clock() - self._read_at
        left = max(0, self._timing.trust_period - age)
        return KeyTrust(state=self._state, age_seconds=int(age), trusted_seconds=int(left))

    @property
    def _state(self) -> KeyState:
        if self._clock() - self._read_at >= self._timing.trust_period:
            return KeyState.EXPIRED
        return KeyState.LAST_GOOD if self._failing else KeyState.CURRENT

    def find(self, kid: str | None, fits: Callable[[Key], bool]) -> Key | None:
        """Return the one key called `kid` that fits; without a name, the one key that fits at all.

        None if there is none at hand. Raises `IssuerUnavailable` if the keys at hand are too old to be trusted.
        """
        if self._state is KeyState.EXPIRED:
            raise IssuerUnavailable(
                "The issuer's keys could not be read for so long that those at hand are not trusted."
            )
        found = [key for key in self._keys if (kid is None or key.kid == kid) and fits(key)]
        return found[0] if len(found) == 1 else None

    async def look_up(self, kid: str | None, fits: Callable[[Key], bool]) -> Key | None:
        """Return the key as `find` does; if it is not at hand, wait until the source has been read anew.

        All calls that wait share a reading. None if the issuer has no such key. Raises `IssuerUnavailable` if that
        cannot be found out.
        """
        begun, key = self._begun, self.find(kid, fits)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.max_wait):
                while key is None and self._ended <= begun:
                    self._wanted.set()
                    await self._over.wait()
                    key = self.find(kid, fits)
        if key is None and (self._failing or self._ended <= begun):
            raise IssuerUnavailable(
                "The token's key is not at hand, and the issuer's keys cannot be read now."
            )
        return key

    async def keep_fresh(self) -> NoReturn:
        """Read the source whenever that is due, until cancelled: regularly, and for a key that is not at hand."""
        while True:
            await self._wait_until_due()
            self._wanted.clear()
            self._begun += 1
            self._began_at = self._clock()
            await self._refresh()
            self._ended = self._begun
            over, self._over = self._over, asyncio.Event()
            over.set()

    async def _wait_until_due(self) -> None:
        timing = self._timing
        regular = timing.min_interval if self._failing else timing.refresh_after
        with suppress(TimeoutError):
            async with asyncio.timeout(self._began_at + regular - self._clock()):
                await self._wanted.wait()
                await asyncio.sleep(self._began_at + timing.min_interval - self._clock())

    async def _refresh(self) -> None:
        try:
            self._keys = await asyncio.to_thread(self._read)
        except Exception as error:  # whatever a document does to its reader, keys and task are to outlive it
            self._failing = True
            self._log_change(error)
        else:
            self._failing, self._read_at = False, self._began_at
            self._log_change()

    def _log_change(self, error: Exception | None = None) -> None:
        """Log what has become of the trust in the keys, once for each change of it."""
        state = self._state
        if state is self._logged:
            return
        self._logged = state
        match state:
            case KeyState.CURRENT:
                log.info("issuer_keys_read", keys=len(self._keys))
            case KeyState.LAST_GOOD:
                unforeseen = None if isinstance(error, IdentityFault) else error
                trusted = self.trust.trusted_seconds
                log.error(
                    "issuer_keys_not_read", reason=str(error), trusted_seconds=trusted, exc_info=unforeseen
                )
            case KeyState.EXPIRED:
                log.error("issuer_keys_expired", reason=str(error))
            case _:
                assert_never(state)
