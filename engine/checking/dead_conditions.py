"""Whether a condition can ever hold: `x == "a" and x == "b"`, written where `or` is meant, holds for no facts.

A prohibition under such a condition would silently be none. The ways in which a condition can come true are followed
one by one, each down to inequalities between numbers: a day is its count from year 1, a truth is 0 or 1, and of
texts, which can only be equal or not, each gets a number of its own. A condition is reported as dead only if every
way ends in a contradiction. Unknown facts need no way of their own: what is true with some facts unknown stays true
whatever they are found to be. Nor does a sum that is unknown because it falls outside the calendar: here it has a
value, and that only adds ways.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from engine.checking.inequalities import Exact, Inequalities, Limit
from engine.contract.vocabulary import Kind, Value, Word
from engine.language.expression_parts import fact_names
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
)
from engine.language.values import Sign

MAX_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class _Requirement:
    """A part of the condition, and what it must be."""

    expression: Expression
    wanted: bool = True


_Limits = tuple[Limit, ...]
_Way = tuple[_Requirement | _Limits, ...]
"""What must come true together, in the order in which it is looked at."""


def can_hold(when: Expression, words: Mapping[str, Word]) -> bool:
    """Return whether some facts make the condition true; `words` holds parameters under their braced names.

    A condition that takes too many steps to settle is held to be able to. Whether facts are known is passed over.
    """
    read = {name: words[name] for name in fact_names(when)}
    ways = _Ways(read)
    whole = frozenset(name for name, word in read.items() if word.whole or word.kind is not Kind.NUMBER)
    # The last way is followed to its end before the next is begun.
    open_ways: list[tuple[_Way, Inequalities]] = [((_Requirement(when), _ends(read)), Inequalities(whole))]
    for _ in range(MAX_STEPS):
        if not open_ways:
            return False
        way, so_far = open_ways.pop()
        if not way:
            return True
        first, *rest = way
        if isinstance(first, _Requirement):
            open_ways += [((*begun, *rest), so_far) for begun in reversed(ways.lead_to(first))]
        elif (narrowed := so_far.with_limits(first)) is not None:
            open_ways.append((tuple(rest), narrowed))
    return True


def _ends(words: Mapping[str, Word]) -> _Limits:
    """Between what every truth, every day and every number lies."""
    return tuple(limit for name, word in words.items() for limit in _ends_of(name, *_range_of(word)))


def _ends_of(name: str, low: int | None, high: int | None) -> Iterator[Limit]:
    if high is not None:
        yield Limit({name: 1}, high)
    if low is not None:
        yield Limit({name: -1}, -low)


def _range_of(word: Word) -> tuple[int | None, int | None]:
    match word.kind:
        case Kind.TRUTH:
            return 0, 1
        case Kind.DATE:
            return dt.date.min.toordinal(), dt.date.max.toordinal()
        case Kind.CHOICE | Kind.TEXT | Kind.NUMBER:
            return word.least, word.most
        case _:
            assert_never(word.kind)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways in which parts of a condition come to be true or false; `words` are the facts it reads."""

    words: Mapping[str, Word]
    numbers: dict[str, int] = field(default_factory=dict)
    """The number of each text met so far."""

    def lead_to(self, part: _Requirement) -> Sequence[_Way]:
        """Return the ways in which the part becomes what it must be; together they leave out none."""
        expression, wanted = part.expression, part.wanted
        match expression:
            case Constant(value):
                return [()] if value is wanted else []
            case Known():
                return [()]
            case Fact():
                return self._compared(Comparator.EQUAL, expression, Constant(wanted))
            case Not(operand):
                return [(_Requirement(operand, not wanted),)]
            case And(parts) | Or(parts):
                goals = [_Requirement(one, wanted) for one in parts]
                return [(goal,) for goal in goals] if wanted is expression.decisive else [tuple(goals)]
            case Choose(test, yes, no):
                return [
                    (_Requirement(test), _Requirement(yes, wanted)),
                    (_Requirement(test, False), _Requirement(no, wanted)),
                ]
            case OneOf(operand, values):
                return self._one_of(operand, values) if wanted else self._none_of(operand, values)
            case Compare(operator, left, right):
                return self._compared(operator if wanted else operator.opposite, left, right)
            case Sum():
                raise AssertionError("a sum is no condition")
            case _:
                assert_never(expression)

    def _one_of(self, operand: Expression, values: Iterable[Value]) -> Sequence[_Way]:
        return [(_Requirement(Compare(Comparator.EQUAL, operand, Constant(value))),) for value in values]

    def _none_of(self, operand: Expression, values: Sequence[Value]) -> Sequence[_Way]:
        if choices := self._choices(operand):
            return self._one_of(operand, [choice for choice in choices if choice not in values])
        return [
            tuple(_Requirement(Compare(Comparator.UNEQUAL, operand, Constant(value))) for value in values)
        ]

    def _compared(self, operator: Comparator, left: Expression, right: Expression) -> Sequence[_Way]:
        for side, other, seen_from in ((left, right, operator), (right, left, operator.turned)):
            if cases := _cases(side):
                return [(*way, _Requirement(Compare(seen_from, value, other))) for way, value in cases]
            if choices := self._choices(side):
                return self._chosen(seen_from, side, choices, other)
        return [(limits,) for limits in self._limits(operator, left, right)]

    def _choices(self, value: Expression) -> Sequence[str]:
        return self.words[value.name].choices if isinstance(value, Fact) else ()

    def _chosen(
        self, operator: Comparator, fact: Expression, choices: Sequence[str], other: Expression
    ) -> Sequence[_Way]:
        """A choice beside another value: what it is itself is settled first."""
        if not isinstance(other, Constant):
            return [
                (
                    _Requirement(Compare(Comparator.EQUAL, fact, chosen)),
                    _Requirement(Compare(operator, chosen, other)),
                )
                for chosen in map(Constant, choices)
            ]
        if operator is Comparator.UNEQUAL:
            return self._one_of(fact, [choice for choice in choices if choice != other.value])
        if other.value not in choices:
            return []
        return [(limits,) for limits in self._limits(operator, fact, other)]

    def _limits(self, operator: Comparator, left: Expression, right: Expression) -> Sequence[_Limits]:
        """What a comparison says of the difference of its sides; an inequality says one thing or the other."""
        factors, constant = self._sum(Sum(Sign.MINUS, left, right))
        negative = {name: -factor for name, factor in factors.items()}
        match operator:
            case Comparator.EQUAL:
                return [(Limit(factors, -constant), Limit(negative, constant))]
            case Comparator.UNEQUAL:
                less, more = Limit(factors, -constant, below=True), Limit(negative, constant, below=True)
                return [(less,), (more,)]
            case Comparator.LESS | Comparator.AT_MOST:
                return [(Limit(factors, -constant, below=operator is Comparator.LESS),)]
            case Comparator.MORE | Comparator.AT_LEAST:
                return [(Limit(negative, constant, below=operator is Comparator.MORE),)]
            case _:
                assert_never(operator)

    def _sum(self, value: Expression) -> tuple[dict[str, int], Exact]:
        """The value as unknowns, each times its factor, and a constant."""
        match value:
            case Fact(name):
                return {name: 1}, 0
            case Constant(written):
                return {}, self._number(written)
            case Sum(operator, left, right):
                factors, constant = self._sum(left)
                added, more = self._sum(right)
                sign = 1 if operator is Sign.PLUS else -1
                for name, factor in added.items():
                    factors[name] = factors.get(name, 0) + sign * factor
                return factors, constant + sign * more
            case _:
                raise AssertionError("every case within a sum is settled before")

    def _number(self, value: Value | dt.timedelta) -> Exact:
        match value:
            case str():
                return self.numbers.setdefault(value, len(self.numbers))
            case dt.date():
                return value.toordinal()
            case dt.timedelta():
                return value.days
            case Decimal():
                return Fraction(value)
            case _:
                return int(value)


def _cases(value: Expression) -> Sequence[tuple[_Way, Expression]]:
    """The cases on which a value turns, with what it is in each; none for facts, constants and their sums."""
    match value:
        case Fact() | Constant():
            return []
        case Sum(operator, left, right):
            return [(way, Sum(operator, moved, right)) for way, moved in _cases(left)] or [
                (way, Sum(operator, left, added)) for way, added in _cases(right)
            ]
        case Choose(test, yes, no):
            return [((_Requirement(test),), yes), ((_Requirement(test, False),), no)]
        case _:
            return [
                ((_Requirement(value),), Constant(True)),
                ((_Requirement(value, False),), Constant(False)),
            ]
