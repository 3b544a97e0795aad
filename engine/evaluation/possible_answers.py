"""The answers that a question can have, as far as they can lead to different outcomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import assert_never

from engine.contract.country_names import name_country
from engine.contract.vocabulary import COUNTRY, STATED_AS, Kind, Value, Word, country_facts
from engine.evaluation.open_conditions import OpenCondition, Question
from engine.language.expression_parts import constants_beside

ANY_OTHER = "any other"
ONCE_FOUND = "once found"
NO_SUCH_TEXT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a text that no policy mentions."""


def possible_answers(
    question: Question, word: Word, listed: frozenset[str], conditions: Iterable[OpenCondition]
) -> dict[str, dict[str, Value]]:
    """What each possible answer to a question would make known."""
    if question.name == STATED_AS[COUNTRY]:
        codes = {code: code for code in sorted(listed)} | {ANY_OTHER: NO_SUCH_TEXT}
        return {label: country_facts(code, listed) for label, code in codes.items()}
    values: dict[str, Value]
    match word.kind:
        case Kind.TRUTH | Kind.CHOICE:
            values = _closed(word)
        case Kind.TEXT:
            beside = sorted(str(value) for value in _beside(question, conditions))
            values = dict(zip(beside, beside, strict=True))
            values[ANY_OTHER if beside else ONCE_FOUND] = NO_SUCH_TEXT
        case Kind.NUMBER:
            numbers = [v for v in _beside(question, conditions) if isinstance(v, int | Decimal)]
            values = dict(_numbers(sorted(numbers)))
        case Kind.DATE:
            days = [v for v in _beside(question, conditions) if isinstance(v, dt.date)]
            values = dict(_days(sorted(days)))
        case _:
            assert_never(word.kind)
    return {label: {question.name: value} for label, value in values.items()}


def answers_in_words(question: Question, word: Word, labels: Iterable[str]) -> dict[str, str]:
    """What the possible answers say, where their labels are codes: countries, choices, yes and no."""
    if question.name == STATED_AS[COUNTRY]:
        return {code: name for code in labels if (name := name_country(code)) != code}
    return word.choices_in_words


@lru_cache(maxsize=1024)
def _closed(word: Word) -> dict[str, Value]:
    if word.kind is Kind.TRUTH:
        return {"true": True, "false": False}
    return dict(zip(word.choices, word.choices, strict=True))


def _beside(question: Question, conditions: Iterable[OpenCondition]) -> set[Value]:
    """The known values that open conditions compare the fact with."""
    beside: set[Value] = set()
    for entry in conditions:
        if question in entry.questions:
            beside |= constants_beside(entry.condition, entry.facts).get(question.name, frozenset())
    return beside


def _numbers(values: Sequence[int | Decimal]) -> Iterator[tuple[str, Value]]:
    if not values:
        yield ONCE_FOUND, 0
        return
    yield f"less than {values[0]}", values[0] - 1
    for value in values:
        yield str(value), value
    for low, high in pairwise(values):
        yield f"between {low} and {high}", Decimal(low + high) / 2
    yield f"more than {values[-1]}", values[-1] + 1


def _days(values: Sequence[dt.date]) -> Iterator[tuple[str, Value]]:
    if not values:
        yield ONCE_FOUND, dt.date(2000, 1, 1)
        return
    one = dt.timedelta(days=1)
    if values[0] > dt.date.min:
        yield f"before {values[0]}", values[0] - one
    for value in values:
        yield str(value), value
    for low, high in pairwise(values):
        if high - low > one:
            yield f"between {low} and {high}", low + one
    if values[-1] < dt.date.max:
        yield f"after {values[-1]}", values[-1] + one
