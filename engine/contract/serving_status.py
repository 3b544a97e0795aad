"""What is known of the policies in force besides their text: how they came into force, and how old they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


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


class AgeKind(StrEnum):
    """What has an age: the set in force, its last proof, and the last time that it was found to be still the one."""

    SET = "set"
    PROOF = "proof"
    RELOAD = "reload"


class PastLimit(NamedTuple):
    """An age past its limit, both in whole seconds; `age` is None of what never was, as a proof that did not run."""

    kind: AgeKind
    age: int | None
    limit: int


_NOTHING: Mapping[AgeKind, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ServingStatus:
    """How the policies came into force, their ages at the time of a decision, and the limits set for these.

    Ages and limits are whole seconds. With something past its limit, no decision permits: it holds.
    """

    approval: Approval = Approval.NONE
    ages: Mapping[AgeKind, int | None] = field(default=_NOTHING)
    limits: Mapping[AgeKind, int] = field(default=_NOTHING)
    too_old: tuple[PastLimit, ...] = field(init=False)
    """What is past its limit; an age that is not known is past every limit."""

    def __post_init__(self) -> None:
        past = [
            PastLimit(kind, age, limit)
            for kind, limit in self.limits.items()
            if (age := self.ages.get(kind)) is None or age > limit
        ]
        object.__setattr__(self, "too_old", tuple(past))


NO_STATUS = ServingStatus()
"""That of policies of which nothing is known besides their text, as where nothing is served: nothing is too old."""
