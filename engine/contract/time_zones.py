"""The places whose calendar can be named: the time zones of the IANA database, and the day a moment belongs to there.

They come from the package tzdata and not from the machine, so that a log is replayed to the same days everywhere.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

UTC = "UTC"
"""The place where none is named."""


@cache
def time_zone_names() -> frozenset[str]:
    """Return the name of every zone, such as Asia/Shanghai."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


def day_in(zone: str, moment: dt.datetime) -> dt.date:
    """Return the day of the calendar in a zone to which a moment with a time zone belongs.

    Raises ValueError for a name that is no zone.
    """
    return moment.astimezone(_zone(zone)).date()


def end_of_day(name: str, day: dt.date) -> dt.datetime:
    """The last second of a day in the time zone of a name, as UTC."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), _zone(name))
    return (midnight - dt.timedelta(seconds=1)).astimezone(dt.UTC)


@cache
def _zone(name: str) -> dt.tzinfo:
    if name == UTC:
        return dt.UTC
    if name not in time_zone_names():
        raise ValueError(f"there is no time zone `{name}`")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, name)
