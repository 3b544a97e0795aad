"""Intervals of days on which a policy set is the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from engine.contract.decision import PolicyStatus
from engine.contract.vocabulary import AS_OF
from engine.policy.model import Edition, Policy, PolicySet, listed_in


@dataclass(frozen=True, slots=True)
class ProofInterval:
    """Days from `first` to `last` on which every policy has one edition, and the directive one status."""

    first: dt.date
    last: dt.date
    status: PolicyStatus
    editions: tuple[tuple[Policy, Edition], ...] = field(repr=False)
    undeviated: tuple[tuple[Policy, Edition], ...] = field(repr=False)

    @property
    def listed(self) -> frozenset[str]:
        """The listed countries."""
        return listed_in(edition for _, edition in self.editions)

    @property
    def as_of(self) -> str:
        """The name of the day of the question, where conditions read it."""
        return f"{AS_OF} {self.first}"

    @property
    def day(self) -> dt.date:
        """A day that stands for all where no condition reads the day."""
        return self.last if self.first == dt.date.min else self.first


def intervals_of(policies: PolicySet) -> tuple[ProofInterval, ...]:
    """The intervals of a set, latest first; neighbours that differ in nothing are one."""
    start = policies.instruction.start if policies.instruction else None
    firsts = [dt.date.min, *(day for day in policies.change_days if day > dt.date.min)]
    lasts = [*(day - dt.timedelta(days=1) for day in firsts[1:]), dt.date.max]
    found: list[ProofInterval] = []
    for first, last in zip(firsts, lasts, strict=True):
        # Before the instruction a line is evaluated as it will be from its first day (`decide`).
        day = max(first, start) if start else first
        interval = ProofInterval(
            first,
            last,
            policies.status_on(first),
            _editions(policies.policies, [policy.edition_on(day) for policy in policies.policies]),
            _editions(policies.policies, [policy.undeviated_on(day) for policy in policies.policies]),
        )
        before = found[-1] if found else None
        if before and _alike(before, interval):
            found[-1] = ProofInterval(before.first, last, before.status, before.editions, before.undeviated)
        else:
            found.append(interval)
    return tuple(reversed(found))


def cut(
    intervals: Iterable[ProofInterval], stretches: Sequence[tuple[dt.date, dt.date]]
) -> tuple[ProofInterval, ...]:
    """The parts of the intervals that lie in the stretches."""
    return tuple(
        replace(one, first=max(one.first, first), last=min(one.last, last))
        for one in intervals
        for first, last in stretches
        if one.first <= last and first <= one.last
    )


def _editions(policies: Sequence[Policy], editions: Iterable[Edition]) -> tuple[tuple[Policy, Edition], ...]:
    return tuple(zip(policies, editions, strict=True))


def _alike(one: ProofInterval, other: ProofInterval) -> bool:
    pairs = zip((*one.editions, *one.undeviated), (*other.editions, *other.undeviated), strict=True)
    return one.status == other.status and all(mine[1] is theirs[1] for mine, theirs in pairs)
