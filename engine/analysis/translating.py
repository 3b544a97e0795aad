"""Condition trees -> formulas: for each value, when the condition is known to have it.

This follows the tree walk in engine/language/expressions.py step by step, for all facts at once. What a term may
come to is stored by its possible values, each with the formula under which the term is known to have it; under no
such formula the term is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from engine.analysis.formulas import FALSE, TRUE, Formula, Formulas, Linear, Relation
from engine.contract.vocabulary import Value
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

MAX_WAYS = 300
"""So many ways a sum of choices may come about; beyond, nothing is proved about it."""

LAST_DAY = Fraction(dt.date.max.toordinal())


class TooManyWays(Exception):
    """A sum of choices has more ways to come about than are followed."""


@dataclass(frozen=True, slots=True)
class Words:
    """A truth, a word or a text: for each value, when it is known to be that."""

    when: Mapping[bool | str, Formula]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or a day as its count from year 1: terms, each times a factor, plus a constant."""

    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction

    def plus(self, other: Amount, sign: int) -> Amount:
        """The sum of the two, or their difference if `sign` is -1."""
        factors = dict(self.terms)
        for name, factor in other.terms:
            factors[name] = factors.get(name, Fraction(0)) + sign * factor
        terms = tuple(sorted((name, factor) for name, factor in factors.items() if factor))
        return Amount(terms, self.constant + sign * other.constant)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A number or a day: the ways it is known, which exclude each other."""

    ways: tuple[tuple[Formula, Amount], ...]


SymbolicTerm = Words | Amounts
UNKNOWN = Words({})


def value_term(value: Value) -> SymbolicTerm:
    """The term of a known value."""
    if isinstance(value, bool | str):
        return Words({value: TRUE})
    return Amounts(((TRUE, Amount((), number_of(value))),))


def number_of(value: int | Decimal | dt.date) -> Fraction:
    """The number that stands for a number or a day."""
    return Fraction(value.toordinal() if isinstance(value, dt.date) else value)


def no_earlier(formulas: Formulas, term: SymbolicTerm, least: Amount) -> SymbolicTerm:
    """The day that the term is, or where it is before the least one, that one."""
    ways: list[tuple[Formula, Amount]] = []
    for guard, amount in _ways(term):
        early = amount.plus(least, -1)
        is_early = formulas.atom(Linear(early.terms, early.constant, "<"))
        ways += [(formulas.all_of((guard, -is_early)), amount), (formulas.all_of((guard, is_early)), least)]
    return _amounts(ways)


def known(formulas: Formulas, term: SymbolicTerm) -> Formula:
    """When the term is known."""
    if isinstance(term, Words):
        return formulas.any_of(term.when.values())
    return formulas.any_of(guard for guard, _ in term.ways)


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates conditions over the given facts; what is not among them is unknown."""

    formulas: Formulas
    facts: Mapping[str, SymbolicTerm]

    def truth(self, expression: Expression) -> tuple[Formula, Formula]:
        """When the condition is known to be true, and when known to be false."""
        found = self._words(expression)
        return found.get(True, FALSE), found.get(False, FALSE)

    def _known(self, term: SymbolicTerm) -> Formula:
        return known(self.formulas, term)

    def _words(self, expression: Expression) -> Mapping[bool | str, Formula]:
        term = self._term(expression)
        assert isinstance(term, Words)
        return term.when

    def _term(self, expression: Expression) -> SymbolicTerm:
        match expression:
            case Constant(value):
                assert not isinstance(value, dt.timedelta)
                return value_term(value)
            case Fact(name):
                return self.facts.get(name, UNKNOWN)
            case Known(name):
                return Words({True: self._known(self.facts.get(name, UNKNOWN))})
            case Not(operand):
                true, false = self.truth(operand)
                return Words({True: false, False: true})
            case And(parts):
                truths = [self.truth(part) for part in parts]
                return self._joined(
                    self.formulas.all_of(true for true, _ in truths),
                    self.formulas.any_of(false for _, false in truths),
                )
            case Or(parts):
                truths = [self.truth(part) for part in parts]
                return self._joined(
                    self.formulas.any_of(true for true, _ in truths),
                    self.formulas.all_of(false for _, false in truths),
                )
            case Compare(operator, left, right):
                return self._compared(operator, self._term(left), self._term(right))
            case OneOf(operand, values):
                return self._one_of(self._term(operand), values)
            case Choose(test, yes, no):
                return self._chosen(self.truth(test), self._term(yes), self._term(no))
            case Sum(operator, left, right):
                return self._sum(operator, left, right)
            case _:
                assert_never(expression)

    def _joined(self, true: Formula, false: Formula) -> Words:
        return Words({True: true, False: false})

    def _compared(self, operator: Comparator, left: SymbolicTerm, right: SymbolicTerm) -> Words:
        both = self.formulas.all_of((self._known(left), self._known(right)))
        match operator:
            case Comparator.EQUAL:
                holds = self._equal(left, right)
            case Comparator.UNEQUAL:
                holds = self.formulas.all_of((both, -self._equal(left, right)))
            case Comparator.LESS:
                holds = self._less(left, right, or_equal=False)
            case Comparator.AT_MOST:
                holds = self._less(left, right, or_equal=True)
            case Comparator.MORE:
                holds = self._less(right, left, or_equal=False)
            case Comparator.AT_LEAST:
                holds = self._less(right, left, or_equal=True)
            case _:
                assert_never(operator)
        return self._joined(holds, self.formulas.all_of((both, -holds)))

    def _equal(self, left: SymbolicTerm, right: SymbolicTerm) -> Formula:
        """When both are known and equal."""
        if isinstance(left, Words) and isinstance(right, Words):
            shared = left.when.keys() & right.when.keys()
            return self.formulas.any_of(
                self.formulas.all_of((left.when[value], right.when[value]))
                for value in sorted(shared, key=str)
            )
        return self.formulas.any_of(
            self.formulas.all_of((*guards, self._linear(difference, "==")))
            for guards, difference in _differences(left, right)
        )

    def _less(self, left: SymbolicTerm, right: SymbolicTerm, *, or_equal: bool) -> Formula:
        return self.formulas.any_of(
            self.formulas.all_of((*guards, self._linear(difference, "<=" if or_equal else "<")))
            for guards, difference in _differences(left, right)
        )

    def _linear(self, amount: Amount, relation: Relation) -> Formula:
        """The formula that the amount is less than, at most, or equal to zero."""
        if not amount.terms:
            holds = {
                "<": amount.constant < 0,
                "<=": amount.constant <= 0,
                "==": amount.constant == 0,
            }[relation]
            return TRUE if holds else FALSE
        return self.formulas.atom(Linear(amount.terms, amount.constant, relation))

    def _one_of(self, term: SymbolicTerm, values: tuple[Value, ...]) -> Words:
        holds = self.formulas.any_of(self._equal(term, value_term(value)) for value in values)
        return self._joined(holds, self.formulas.all_of((self._known(term), -holds)))

    def _chosen(self, test: tuple[Formula, Formula], yes: SymbolicTerm, no: SymbolicTerm) -> SymbolicTerm:
        formulas, (true, false) = self.formulas, test
        unknown = formulas.all_of((-true, -false))
        if isinstance(yes, Words) and isinstance(no, Words):
            when = {}
            for value in (*yes.when, *(value for value in no.when if value not in yes.when)):
                is_yes, is_no = yes.when.get(value, FALSE), no.when.get(value, FALSE)
                when[value] = formulas.any_of(
                    formulas.all_of(parts)
                    for parts in ((true, is_yes), (false, is_no), (unknown, is_yes, is_no))
                )
            return Words(when)
        ways = [(formulas.all_of((true, guard)), amount) for guard, amount in _ways(yes)]
        ways += [(formulas.all_of((false, guard)), amount) for guard, amount in _ways(no)]
        for guard, amount in _ways(yes):
            for other_guard, other in _ways(no):
                agree = self._linear(amount.plus(other, -1), "==")
                ways.append((formulas.all_of((unknown, guard, other_guard, agree)), amount))
        return _amounts(ways)

    def _sum(self, operator: Sign, left: Expression, right: Expression) -> SymbolicTerm:
        sign = 1 if operator is Sign.PLUS else -1
        moved = self._term(left)
        if isinstance(right, Constant) and isinstance(right.value, dt.timedelta):
            days = Amount((), Fraction(right.value.days))
            return self._within_calendar([(g, amount.plus(days, sign)) for g, amount in _ways(moved)])
        added = self._term(right)
        ways = [
            (self.formulas.all_of((guard, other_guard)), amount.plus(other, sign))
            for guard, amount in _ways(moved)
            for other_guard, other in _ways(added)
        ]
        return _amounts(ways)

    def _within_calendar(self, ways: list[tuple[Formula, Amount]]) -> Amounts:
        """A day outside the calendar is unknown, as in `engine.language.values.add`."""
        first, none = Amount((), Fraction(1)), Amount((), Fraction(0))
        last = Amount((), LAST_DAY)
        held = [
            (
                self.formulas.all_of(
                    (
                        guard,
                        self._linear(first.plus(amount, -1), "<="),
                        self._linear(none.plus(amount, 1).plus(last, -1), "<="),
                    )
                ),
                amount,
            )
            for guard, amount in ways
        ]
        return _amounts(held)


def _ways(term: SymbolicTerm) -> tuple[tuple[Formula, Amount], ...]:
    return term.ways if isinstance(term, Amounts) else ()


def _amounts(ways: list[tuple[Formula, Amount]]) -> Amounts:
    possible = tuple((guard, amount) for guard, amount in ways if guard != FALSE)
    if len(possible) > MAX_WAYS:
        raise TooManyWays
    return Amounts(possible)


def _differences(left: SymbolicTerm, right: SymbolicTerm) -> Iterator[tuple[tuple[Formula, Formula], Amount]]:
    for guard, amount in _ways(left):
        for other_guard, other in _ways(right):
            yield (guard, other_guard), amount.plus(other, -1)
