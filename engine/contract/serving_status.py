"""What is known of the policies in force besides their text: how they came into force, and how old they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, assert_never


class Approval(StrEnum):
    """How a revision came into force.

    `none`: no approvals are required; `approved`: as many as are required were given; `founded`: the first set of a
    folder that requires approvals from then on; `returned`: an emergency return to an earlier revision, which is not
    confirmed yet.
    """

    NONE = "none"
    APPROVED = "approved"
    FOUNDED = "founded"
    RETURNED = "returned"

    __hash__ = str.__hash__  # that of an enumeration is worked out in Python

    @property
    def note(self) -> str | None:
        """What everybody who reads an answer has to know of it, None if that is nothing."""
        match self:
            case Approval.RETURNED:
                return (
                    "The policies in force were returned to in an emergency, and this is not confirmed yet."
                )
            case Approval.NONE | Approval.APPROVED | Approval.FOUNDED:
                return None
            case _:
                assert_never(self)


class AgeKind(StrEnum):
    """What has an age: the set in force, its last proof, the last time that it was found to be still the one.

    What waits to be confirmed, an emergency return or a ledger that was restored, has an age until it is.
    """

    SET = "set"
    PROOF = "proof"
    RELOAD = "reload"
    UNCONFIRMED = "unconfirmed"

    __hash__ = str.__hash__

    @property
    def subject(self) -> str:
        """What is as old as the age says."""
        match self:
            case AgeKind.SET:
                return "the set of policies in force"
            case AgeKind.PROOF:
                return "the last proof of the policies"
            case AgeKind.RELOAD:
                return "the last time that the policies were found to be those in force"
            case AgeKind.UNCONFIRMED:
                return "what waits to be confirmed"
            case _:
                assert_never(self)


class PastLimit(NamedTuple):
    """An age past its limit, both in whole seconds; `age` is None of what never was, as a proof that did not run."""

    kind: AgeKind
    age: int | None
    limit: int

    @property
    def condition(self) -> str:
        """What would have to hold; the same for every age, so that answers that name it can be stored once."""
        return f"{self.kind.subject} is no older than {duration_in_words(self.limit)}"

    @property
    def fact(self) -> str:
        """What is wrong, as a sentence states it."""
        if self.age is None:
            return f"there is no {self.kind.subject.removeprefix('the ')}"
        return f"{self.kind.subject} is older than {duration_in_words(self.limit)}"

    @property
    def found(self) -> str:
        """What was found instead."""
        return "there is none" if self.age is None else "it is older"


def duration_in_words(seconds: int) -> str:
    """Return a duration in the units that it has: `30 days`, `1 hour 30 minutes`; a negative one is none."""
    parts, seconds = [], max(0, seconds)
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


_UNITS = ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)


@dataclass(frozen=True, slots=True)
class ServingStatus:
    """How the policies came into force, their ages at the time of a decision, and the limits set for these.

    Ages and limits are whole seconds. With something past its limit, no decision permits: it holds.
    """

    approval: Approval = Approval.NONE
    ages: Mapping[AgeKind, int | None] = field(default_factory=dict)
    limits: Mapping[AgeKind, int] = field(default_factory=dict)
    too_old: tuple[PastLimit, ...] = field(init=False)
    """What is past its limit; an age that is not known is past every limit."""

    def __post_init__(self) -> None:
        past = [
            PastLimit(kind, age, limit)
            for kind, limit in self.limits.items()
            if (age := self.ages.get(kind)) is None or age > limit
        ]
        object.__setattr__(self, "too_old", tuple(past))

    def without_limits(self) -> ServingStatus:
        """Return the status with nothing too old: what has taken place is held against the policies alone."""
        return ServingStatus(self.approval, self.ages)


NO_STATUS = ServingStatus()
"""That of policies of which nothing is known besides their text, as where nothing is served: nothing is too old."""
