"""How long there is until a deadline, as lists show it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SOON_DAYS = 3
"""What is due within so many days is marked."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long there is until a deadline, with the status of a word and a sign."""

    deadline: dt.date | None
    days: int | None
    status: str


def time_left(deadline: dt.date | None, day: dt.date) -> TimeLeft:
    """Return how long there is from a day until a deadline."""
    if deadline is None:
        return TimeLeft(None, None, "plain")
    days = (deadline - day).days
    return TimeLeft(deadline, days, "bad" if days < 0 else "wait" if days <= SOON_DAYS else "good")
