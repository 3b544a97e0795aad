"""The few values of a kind that represent all others, as far as some conditions can distinguish them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from engine.contract.vocabulary import Kind, Value, Word

_Numeric = int | Decimal

OTHER_TEXT = "another"

MAX_MOVED = 60
"""So many values are taken further by what is added in comparisons; no more are derived from there on."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a fact may be compared with: these values, and so many `others` of its kind that are unknown too.

    `added` is what such comparisons add to a fact or take away: numbers, or days.
    """

    mentioned: frozenset[Value]
    others: int = 0
    added: frozenset[_Numeric] = frozenset()


def representative_values(word: Word, beside: Surroundings) -> list[Value]:
    """Values of the word's kind that represent all others; those that only several facts together need come last."""
    mentioned = beside.mentioned
    match word.kind:
        case Kind.TRUTH:
            return [True, False]
        case Kind.CHOICE:
            unmentioned = [choice for choice in word.choices if choice not in mentioned]
            return [
                *(choice for choice in word.choices if choice in mentioned),
                *unmentioned[: 1 + beside.others],
            ]
        case Kind.TEXT:
            more = (f"{OTHER_TEXT} {number}" for number in range(2, 2 + beside.others))
            return [*sorted(value for value in mentioned if isinstance(value, str)), OTHER_TEXT, *more]
        case Kind.NUMBER:
            numbers = {v for v in mentioned if isinstance(v, int | Decimal) and not isinstance(v, bool)}
            return list(_around(numbers or {0}, beside, whole=word.whole))
        case Kind.DATE:
            days = {day.toordinal() for day in mentioned if isinstance(day, dt.date)}
            last = dt.date.max.toordinal()
            around = _around(days or {dt.date(2000, 1, 1).toordinal()}, beside, whole=True)
            return [
                dt.date.fromordinal(day) for day in dict.fromkeys(min(max(int(d), 1), last) for d in around)
            ]


def _around(numbers: Collection[_Numeric], beside: Surroundings, *, whole: bool) -> Iterable[_Numeric]:
    """The numbers with those next to them and between them, and then with as many more as other facts may take."""
    if whole:
        numbers = {ending(number) for number in numbers for ending in (math.floor, math.ceil)}
    moved = set(numbers)
    for _ in range(max(beside.others, 1)):
        if len(moved) <= MAX_MOVED:
            moved |= {number + sign * added for number in moved for added in beside.added for sign in (-1, 1)}
    found = dict[_Numeric, None]()
    for some, count in ((numbers, 1), (moved, 1 + beside.others)):
        found |= dict.fromkeys(_next_to(some, count))
        if not whole:
            found |= dict.fromkeys(_between(some, count))
    return found


def _next_to(numbers: Collection[_Numeric], steps: int) -> list[_Numeric]:
    return sorted({number + step for number in numbers for step in range(-steps, steps + 1)})


def _between(numbers: Collection[_Numeric], count: int) -> Iterable[_Numeric]:
    """At least so many numbers between each two that are close to each other."""
    parts = 1 << count.bit_length()
    return (
        low + (high - low) * part / Decimal(parts)
        for low, high in pairwise(sorted(numbers))
        if high - low <= count
        for part in range(1, parts)
    )
