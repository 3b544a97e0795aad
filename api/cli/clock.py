"""The present time as the commands take it, and which day it is where the policies have their calendar."""

from __future__ import annotations

import datetime as dt

from engine import PolicySet


def now() -> dt.datetime:
    """Return the present time, in UTC."""
    return dt.datetime.now(dt.UTC)


def today(policies: PolicySet) -> dt.date:
    """Return the present day at the calendar place of the policies."""
    return policies.day_at(now())
