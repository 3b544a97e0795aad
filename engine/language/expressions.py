"""The typed condition tree and its reference evaluation, in three values: true, false, unknown.

Every back end reads this tree and nothing else. The tree is total: on facts of their declared kinds it never
raises, so the order in which conditions are tried cannot be observed. A fact that is absent or None is
unknown, and the unknown spreads by Kleene's rules: it settles nothing that the known facts leave open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.contract.vocabulary import Value
from engine.language.values import HOLDS, Comparator, Sign, add, same

__all__ = [
    "And",
    "Choose",
    "Comparator",
    "Compare",
    "Constant",
    "Expression",
    "Fact",
    "Facts",
    "Known",
    "Not",
    "OneOf",
    "Or",
    "Sign",
    "Span",
    "Sum",
    "Truth",
    "evaluate",
]

Truth = bool | None
"""True, False, or None for unknown."""

Facts = Mapping[str, Value | None]
"""Known values by fact name; parameters under their braced name, such as `{next_session}`."""

Span = tuple[int, int]
"""Character offsets into the text of the condition, from 0, the end exclusive."""


@dataclass(frozen=True, slots=True)
class _ExpressionBase:
    """A part of a condition and its place in the text."""

    span: Span = field(default=(0, 0), compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Constant(_ExpressionBase):
    """A value written in the condition; a duration is only ever to the right of a date in a `Sum`."""

    value: Value | dt.timedelta

    def _value(self, facts: Facts) -> Any:
        return self.value


@dataclass(frozen=True, slots=True)
class Fact(_ExpressionBase):
    """The value of a fact, or of a parameter, whose name keeps its braces."""

    name: str

    def _value(self, facts: Facts) -> Any:
        return facts.get(self.name)


@dataclass(frozen=True, slots=True)
class Known(_ExpressionBase):
    """True when the fact is known; otherwise unknown, never false, so that not knowing decides nothing."""

    name: str

    def _value(self, facts: Facts) -> Any:
        return None if facts.get(self.name) is None else True


@dataclass(frozen=True, slots=True)
class Not(_ExpressionBase):
    """Negation; `x not in [...]` is Not(OneOf), `x == null` is Not(Known)."""

    operand: Expression

    def _value(self, facts: Facts) -> Any:
        truth = self.operand._value(facts)
        return None if truth is None else not truth


@dataclass(frozen=True, slots=True)
class _Joined(_ExpressionBase):
    """Two parts or more under one connective, none of them so joined itself; a decisive part settles it."""

    parts: tuple[Expression, ...]
    decisive: ClassVar[bool]

    def _value(self, facts: Facts) -> Any:
        unknown = False
        for part in self.parts:
            truth = part._value(facts)
            if truth is self.decisive:
                return truth
            unknown = unknown or truth is None
        return None if unknown else not self.decisive


class And(_Joined):
    """Conjunction: false as soon as one part is."""

    __slots__ = ()
    decisive = False


class Or(_Joined):
    """Disjunction: true as soon as one part is."""

    __slots__ = ()
    decisive = True


@dataclass(frozen=True, slots=True)
class Compare(_ExpressionBase):
    """Comparison of two values of one kind; unknown when either is."""

    operator: Comparator
    left: Expression
    right: Expression

    def _value(self, facts: Facts) -> Any:
        left = self.left._value(facts)
        if left is None:
            return None
        right = self.right._value(facts)
        return None if right is None else HOLDS[self.operator](left, right)


@dataclass(frozen=True, slots=True)
class OneOf(_ExpressionBase):
    """Membership of a written list; unknown when the operand is."""

    operand: Expression
    values: tuple[Value, ...]

    def _value(self, facts: Facts) -> Any:
        value = self.operand._value(facts)
        return None if value is None else any(same(value, member) for member in self.values)


@dataclass(frozen=True, slots=True)
class Choose(_ExpressionBase):
    """`test ? yes : no`; with the test unknown, the value the branches agree on, else unknown."""

    test: Expression
    yes: Expression
    no: Expression

    def _value(self, facts: Facts) -> Any:
        truth = self.test._value(facts)
        if truth is not None:
            return (self.yes if truth else self.no)._value(facts)
        yes, no = self.yes._value(facts), self.no._value(facts)
        return yes if yes is not None and no is not None and same(yes, no) else None


@dataclass(frozen=True, slots=True)
class Sum(_ExpressionBase):
    """Sum or difference of two numbers, or a date moved by a duration; see `add`."""

    operator: Sign
    left: Expression
    right: Expression

    def _value(self, facts: Facts) -> Any:
        left, right = self.left._value(facts), self.right._value(facts)
        return None if left is None or right is None else add(self.operator, left, right)


Expression = Constant | Fact | Known | Not | And | Or | Compare | OneOf | Choose | Sum


def evaluate(expression: Expression, facts: Facts) -> Value | None:
    """Return the expression's value under `facts`, None for unknown; never raises on facts of their kinds."""
    value: Value | None = expression._value(facts)
    return value
