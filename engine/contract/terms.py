"""The term of a duty: what `within` says, read as a duration and the event it is counted from.

A term is written as `30 days of delivery`, `2 months after delivery` or, with a duration of ISO 8601, as
`P30D of delivery`. A decision holds the text as the policy states it; this is the only reader of that text.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_DAYS = 9_999
"""The longest term, a month counted as 31 days."""


class CountsFrom(StrEnum):
    """The events whose day is recorded, so that a term can be counted from them."""

    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Term:
    """So many months and days, counted from an event; a year is 12 months and a week 7 days."""

    months: int
    days: int
    counts_from: CountsFrom

    def falls_due(self, happened: Mapping[CountsFrom, dt.date]) -> dt.date | None:
        """Return the last day on which the duty is done in time; None while the event has no day in `happened`.

        The day of the event is not counted. Months are added first: where the month reached has no such day, its
        last day is taken (31 January and one month is 28 or 29 February). Nothing falls due after 9999-12-31.
        """
        start = happened.get(self.counts_from)
        return None if start is None else _plus_days(_plus_months(start, self.months), self.days)

    def __str__(self) -> str:
        parts = (_counted(self.months, "month"), _counted(self.days, "day"))
        return f"{' and '.join(filter(None, parts))} of {self.counts_from}"


_PART = r"([0-9]+) (day|week|month|year)s?"
_ISO = r"P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
TERM_PATTERN = rf"^(?:{_PART}(?: and {_PART})?|{_ISO}) (?:of|after) ({'|'.join(CountsFrom)})$"
"""The spelling of a term, as a regular expression (ECMA 262); it does not hold a term to its limits."""

_TERM = re.compile(TERM_PATTERN)
_UNITS = {"year": (12, 0), "month": (1, 0), "week": (0, 7), "day": (0, 1)}
"""The months and days of each unit, in the order of ISO 8601."""


def read_term(text: str) -> Term | None:
    """Return the term that `text` states; None if it states none, or none from one day to `MAX_DAYS`."""
    match = _TERM.fullmatch(text)
    if match is None:
        return None
    first, unit, second, other, *iso, event = match.groups()
    months = days = 0
    for digits, name in [(first, unit), (second, other), *zip(iso, _UNITS, strict=True)]:
        if digits is not None:
            figures = digits.lstrip("0")[:5] or "0"  # more figures only say again that it is too long
            number = int(figures)
            months += number * _UNITS[name][0]
            days += number * _UNITS[name][1]
    return Term(months, days, CountsFrom(event)) if 0 < months * 31 + days <= MAX_DAYS else None


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""


def _plus_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _plus_days(day: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))
