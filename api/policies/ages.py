"""The ages of the policies in force, and the limits past which no decision permits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, assert_never

from pydantic import TypeAdapter, ValidationError

from engine import AgeKind, Approval, ServingStatus, suggestion

NO_LIMITS: Mapping[AgeKind, int] = MappingProxyType({})
REMEDY = "write NAME=DURATION, as `proof=P30D` or `reload=PT1H`, with commas between"
_LIMITED = tuple(kind for kind in AgeKind if kind is not AgeKind.UNCONFIRMED)
"""The ages whose limits are a setting; for what waits to be confirmed, the approvers state it."""
_DURATION = TypeAdapter(dt.timedelta)


class ServingMoments(NamedTuple):
    """The moments from which ages are counted; `proved_at` is None for a set that was never proved.

    `unconfirmed_since` is None where nothing waits to be confirmed: then there is no such age.
    """

    active_since: dt.datetime
    proved_at: dt.datetime | None
    confirmed_at: dt.datetime
    unconfirmed_since: dt.datetime | None = None

    def of(self, kind: AgeKind) -> dt.datetime | None:
        """Return the moment from which an age is counted."""
        match kind:
            case AgeKind.SET:
                return self.active_since
            case AgeKind.PROOF:
                return self.proved_at
            case AgeKind.RELOAD:
                return self.confirmed_at
            case AgeKind.UNCONFIRMED:
                return self.unconfirmed_since
            case _:
                assert_never(kind)


def ages_at(moments: ServingMoments, now: dt.datetime) -> dict[AgeKind, int | None]:
    """Return the ages at a time, in whole seconds; a clock that was set back makes none negative."""
    ages = {kind: _age(moments.of(kind), now) for kind in AgeKind}
    if moments.unconfirmed_since is None:
        del ages[AgeKind.UNCONFIRMED]
    return ages


def _age(since: dt.datetime | None, now: dt.datetime) -> int | None:
    return None if since is None else max(0, (now - since) // _SECOND)


_SECOND = dt.timedelta(seconds=1)


class _SteadyStatus(NamedTuple):
    """A status that stays the same between two moments, and what it was made of."""

    approval: Approval
    moments: ServingMoments
    since: dt.datetime
    until: dt.datetime
    status: ServingStatus


class AgingStatus:
    """The status of the policies, made anew when one of its ages changes: every decision needs it."""

    def __init__(self, limits: Mapping[AgeKind, int]) -> None:
        self._limits = limits
        self._last: _SteadyStatus | None = None  # replaced as a whole: threads share it

    def at(self, approval: Approval, moments: ServingMoments, now: dt.datetime) -> ServingStatus:
        """Return the status at a time of a set that came into force so, with ages counted from these moments."""
        last = self._last
        if last and last.approval is approval and last.since <= now < last.until and last.moments == moments:
            return last.status
        ages = ages_at(moments, now)
        status = ServingStatus(approval, ages, self._limits)
        self._last = _SteadyStatus(approval, moments, now, _steady_until(moments, ages), status)
        return status


def _steady_until(moments: ServingMoments, ages: Mapping[AgeKind, int | None]) -> dt.datetime:
    """When the first of these ages will be another."""
    return min(
        since + dt.timedelta(seconds=age + 1)
        for kind, age in ages.items()
        if age is not None and (since := moments.of(kind)) is not None
    )


def read_limits(text: str) -> dict[AgeKind, int]:
    """Return the limits that a setting states, in whole seconds: `set=P400D,proof=P30D`; none for an empty text.

    Durations are those of ISO 8601. Raises ValueError, with the remedy, for anything else.
    """
    limits: dict[AgeKind, int] = {}
    for kind, limit in map(_read_limit, _parts_of(text)):
        if kind in limits:
            raise ValueError(f"`{kind}` has two limits; {REMEDY}")
        limits[kind] = limit
    return limits


def _parts_of(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(",") if part.strip())


def _read_limit(part: str) -> tuple[AgeKind, int]:
    name, _, duration = part.partition("=")
    if name not in _LIMITED:
        raise ValueError(f"`{name}` is none of {', '.join(_LIMITED)}; {suggestion(name, _LIMITED) or REMEDY}")
    try:
        found = _DURATION.validate_python(duration) if duration.startswith("P") else None
    except ValidationError:
        found = None
    if found is None or found < _SECOND:
        raise ValueError(f"`{duration}` is no duration of a second or more; {REMEDY}")
    return AgeKind(name), found // _SECOND
