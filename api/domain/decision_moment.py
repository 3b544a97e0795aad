"""When a decision is taken, with the status of the policies then; and that status as members of a log entry.

An entry without them is from before there were any: nothing was too old, and no approvals were required.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from engine import AgeKind, Approval, ServingStatus

APPROVAL, AGES, HOLD_PAST = "approval", "ages", "hold_past"


class DecisionMoment(NamedTuple):
    """When something is decided, and the status of the policies then."""

    at: dt.datetime
    status: ServingStatus


def text_of_moment(at: dt.datetime) -> str:
    """Return a moment as the log has it (ISO 8601); it is written once for all that is decided at one time."""
    return _text_in_utc(at) if at.tzinfo is dt.UTC else at.isoformat()


@lru_cache(maxsize=16)
def _text_in_utc(at: dt.datetime) -> str:
    """A moment in UTC: in one zone without changes of its clock, equal moments are written alike."""
    return at.isoformat()


def serving_members(status: ServingStatus) -> dict[str, Any]:
    """Return the members: ages and limits are whole seconds, the limits only where there are any."""
    members: dict[str, Any] = {APPROVAL: status.approval.value, AGES: _by_name(status.ages)}
    if status.limits:
        members[HOLD_PAST] = _by_name(status.limits)
    return members


def _by_name(seconds: Mapping[AgeKind, int | None]) -> dict[str, int | None]:
    """The same under plain texts: members of an enumeration are written as JSON at ten times the cost."""
    return {kind.value: number for kind, number in seconds.items()}


def read_serving_status(members: Mapping[str, Any]) -> ServingStatus:
    """Return the status that the members of an entry state. Raises ValueError."""
    try:
        return ServingStatus(
            Approval(members.get(APPROVAL, Approval.NONE)),
            {AgeKind(kind): None if age is None else int(age) for kind, age in members.get(AGES, {}).items()},
            {AgeKind(kind): int(limit) for kind, limit in members.get(HOLD_PAST, {}).items()},
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"the entry does not state the status of its policies as it should: {error}"
        ) from error
