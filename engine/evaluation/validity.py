"""Until when an answer can be relied on by the facts: no later than a date that a rule held something against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from engine.language.expressions import Expression, Facts, evaluate


def last_day_held(dates: Iterable[Expression], facts: Facts, as_of: dt.date) -> dt.date | None:
    """The first of the dates that is not over on the day of the request; None where none is, or none is known."""
    values = (evaluate(date, facts) for date in dates)
    return min((value for value in values if isinstance(value, dt.date) and value >= as_of), default=None)
