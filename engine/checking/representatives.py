"""The few values of a kind that represent all others, as far as some conditions can distinguish them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from itertools import pairwise

from engine.contract.vocabulary import Kind, Value, Word

OTHER_TEXT = "another"


def representative_values(word: Word, mentioned: Collection[object]) -> list[Value]:
    """Values of the word's kind that represent all others, given the values it may be compared with."""
    match word.kind:
        case Kind.TRUTH:
            return [True, False]
        case Kind.CHOICE:
            others = [choice for choice in word.choices if choice not in mentioned]
            return [*(choice for choice in word.choices if choice in mentioned), *others[:1]]
        case Kind.TEXT:
            return [*sorted({value for value in mentioned if isinstance(value, str)}), OTHER_TEXT]
        case Kind.NUMBER:
            numbers = sorted(
                {v for v in mentioned if isinstance(v, int | Decimal) and not isinstance(v, bool)} or {0}
            )
            between = [(low + high) / Decimal(2) for low, high in pairwise(numbers) if high - low <= 1]
            return [*sorted({number + step for number in numbers for step in (-1, 0, 1)}), *between]
        case Kind.DATE:
            days = {v for v in mentioned if isinstance(v, dt.date)} or {dt.date(2000, 1, 1)}
            return sorted(
                {
                    dt.date.fromordinal(min(max(day.toordinal() + step, 1), dt.date.max.toordinal()))
                    for day in days
                    for step in (-1, 0, 1)
                }
            )
