"""When a call is sent again: only where that can do no harm.

- It was not sent at all, since no connection came about.
- The service, or what stands before it, answered 429 or 503 with Retry-After: nothing was done.
- It may be repeated: it reads, or carries an Idempotency-Key.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum, auto

import httpx

_REFUSED_FOR_NOW = frozenset({429, 503})
_OF_A_GATEWAY = frozenset({502, 504})


class Lost(Enum):
    """Why there is no answer."""

    NOT_SENT = auto()
    PERHAPS_SENT = auto()


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long: at most `most` further attempts; the first pause is about `first_pause` seconds.

    Each pause is twice as long as the one before, and a random part of that, so that clients do not come together.
    """

    most: int = 3
    first_pause: float = 0.1
    longest_pause: float = 30.0

    def pause(
        self,
        attempt: int,
        outcome: Lost | int,
        retry_after: float | None,
        *,
        repeatable: bool,
        remaining: float,
    ) -> float | None:
        """Return the seconds to wait before the next attempt; None where there is none.

        `attempt` counts from 0, `outcome` is the status of an answer or why there is none; `remaining` are the
        seconds that are left for the whole call.
        """
        if attempt >= self.most or not _may_repeat(outcome, retry_after, repeatable):
            return None
        backoff = min(self.longest_pause, self.first_pause * 2**attempt) * random.uniform(0.5, 1)
        seconds = backoff if retry_after is None else retry_after
        return seconds if seconds < min(remaining, self.longest_pause) else None


def retry_after_of(headers: httpx.Headers) -> float | None:
    """Return the seconds that the header Retry-After states (RFC 9110, 10.2.3), as a number or as a time."""
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return float(stated)
    try:
        at = parsedate_to_datetime(stated)
    except (ValueError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return max(0.0, (aware - dt.datetime.now(dt.UTC)).total_seconds())


def _may_repeat(outcome: Lost | int, retry_after: float | None, repeatable: bool) -> bool:
    if outcome is Lost.NOT_SENT:
        return True
    if outcome in _REFUSED_FOR_NOW:
        return repeatable or retry_after is not None
    return repeatable and (outcome is Lost.PERHAPS_SENT or outcome in _OF_A_GATEWAY)
