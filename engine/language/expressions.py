"""The typed condition tree and its reference evaluation, in three values: true, false, unknown.

Every back end reads this tree and nothing else. The tree is total: on facts of their declared kinds it never
raises, so the order in which conditions are tried cannot be observed. A fact that is absent or None is
unknown, and the unknown spreads by Kleene's rules: it settles nothing that the known facts leave open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.contract.request import Value
from engine.language.values import HOLDS, Comparison, Sign, add, same, write_value

__all__ = [
    "And",
    "Choose",
    "Compare",
    "Comparison",
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
    "constants_beside",
    "describe",
    "evaluate",
    "fact_names",
    "first_failing",
    "operands",
    "residual",
    "walk",
]

Truth = bool | None
"""True, False, or None for unknown."""

Facts = Mapping[str, Value | None]
"""Known values by fact name; parameters under their braced name, such as `{next_session}`."""

Span = tuple[int, int]
"""Character offsets into the text of the condition, from 0, the end exclusive."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A part of a condition and its place in the text."""

    span: Span = field(default=(0, 0), compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Constant(_Node):
    """A value written in the condition; a duration only ever stands to the right of a date in a `Sum`."""

    value: Value | dt.timedelta

    def _value(self, facts: Facts) -> Any:
        return self.value


@dataclass(frozen=True, slots=True)
class Fact(_Node):
    """The value of a fact, or of a parameter, whose name keeps its braces."""

    name: str

    def _value(self, facts: Facts) -> Any:
        return facts.get(self.name)


@dataclass(frozen=True, slots=True)
class Known(_Node):
    """True when the fact is known; otherwise unknown, never false, so that not knowing decides nothing."""

    name: str

    def _value(self, facts: Facts) -> Any:
        return None if facts.get(self.name) is None else True


@dataclass(frozen=True, slots=True)
class Not(_Node):
    """Negation; `x not in [...]` is Not(OneOf), `x == null` is Not(Known)."""

    operand: Expression

    def _value(self, facts: Facts) -> Any:
        truth = self.operand._value(facts)
        return None if truth is None else not truth


@dataclass(frozen=True, slots=True)
class _Joined(_Node):
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
class Compare(_Node):
    """Comparison of two values of one kind; unknown when either is."""

    operator: Comparison
    left: Expression
    right: Expression

    def _value(self, facts: Facts) -> Any:
        left = self.left._value(facts)
        if left is None:
            return None
        right = self.right._value(facts)
        return None if right is None else HOLDS[self.operator](left, right)


@dataclass(frozen=True, slots=True)
class OneOf(_Node):
    """Membership of a written list; unknown when the operand is."""

    operand: Expression
    values: tuple[Value, ...]

    def _value(self, facts: Facts) -> Any:
        value = self.operand._value(facts)
        return None if value is None else any(same(value, member) for member in self.values)


@dataclass(frozen=True, slots=True)
class Choose(_Node):
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
class Sum(_Node):
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


def operands(expression: Expression) -> tuple[Expression, ...]:
    """Return the direct sub-expressions, from left to right."""
    match expression:
        case Constant() | Fact() | Known():
            return ()
        case Not(operand) | OneOf(operand, _):
            return (operand,)
        case And(parts) | Or(parts):
            return parts
        case Compare(_, left, right) | Sum(_, left, right):
            return (left, right)
        case Choose(test, yes, no):
            return (test, yes, no)


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and all its sub-expressions, from left to right."""
    yield expression
    for operand in operands(expression):
        yield from walk(operand)


def fact_names(expression: Expression) -> frozenset[str]:
    """Return the names of every fact the expression reads, parameters among them in braces."""
    return frozenset(node.name for node in walk(expression) if isinstance(node, Fact | Known))


def residual(expression: Expression, facts: Facts) -> frozenset[str]:
    """Return the unknown facts that still keep the expression unknown; none when its value is known."""
    if evaluate(expression, facts) is not None:
        return frozenset()
    if isinstance(expression, Fact | Known):
        return frozenset({expression.name})
    open_parts = operands(expression)
    if isinstance(expression, Choose) and (truth := evaluate(expression.test, facts)) is not None:
        open_parts = (expression.yes if truth else expression.no,)
    return frozenset().union(*(residual(part, facts) for part in open_parts))


def constants_beside(expression: Expression) -> Mapping[str, frozenset[Value]]:
    """Return, for each fact, the constants its comparisons and lists set it beside; one without is left out.

    They are as the fact would have to equal them: for `x + 2 > 5` it is 3 that stands beside `x`.
    """
    beside: dict[str, frozenset[Value]] = {}
    for node in walk(expression):
        match node:
            case Compare(_, left, right):
                pairs = [_balanced(left, _constants(right)), _balanced(right, _constants(left))]
            case OneOf(operand, values):
                pairs = [_balanced(operand, frozenset(values))]
            case _:
                continue
        for side, constants in pairs:
            for name in fact_names(side) if constants else ():
                beside[name] = beside.get(name, frozenset()) | constants
    return beside


def _constants(expression: Expression) -> frozenset[Value]:
    values = (node.value for node in walk(expression) if isinstance(node, Constant))
    return frozenset(value for value in values if not isinstance(value, dt.timedelta))


def _balanced(side: Expression, constants: frozenset[Value]) -> tuple[Expression, frozenset[Value]]:
    """Take what is added on one side of a comparison away from the constants of the other."""
    while isinstance(side, Sum) and isinstance(side.right, Constant):
        sign = Sign.MINUS if side.operator is Sign.PLUS else Sign.PLUS
        moved = (add(sign, constant, side.right.value) for constant in constants)
        side, constants = side.left, frozenset(value for value in moved if value is not None)
    return side, constants


def first_failing(expression: Expression, facts: Facts) -> Expression | None:
    """Return the smallest sub-condition that keeps the expression from being true; None when it is true.

    Of an And the first part that is false, else the first unknown one; of a choice the branch taken, or its
    test if that is unknown; an Or, a negation and a comparison stand for themselves.
    """
    truth = evaluate(expression, facts)
    if truth is True:
        return None
    match expression:
        case And(parts):
            decisive = next(part for part in parts if evaluate(part, facts) is truth)
            return first_failing(decisive, facts)
        case Choose(test, yes, no) if (taken := evaluate(test, facts)) is not None:
            return first_failing(yes if taken else no, facts)
        case Choose(test, _, _) if truth is None:
            return first_failing(test, facts)
        case _:
            return expression


_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _ATOM = range(7)
"""How tightly each form binds, loosest first."""


def describe(expression: Expression) -> str:
    """Return the expression's canonical text; parsing it again gives an equal tree."""
    return _written(expression)[0]


def _written(expression: Expression) -> tuple[str, int]:
    match expression:
        case Constant(value):
            return write_value(value), _ATOM
        case Fact(name):
            return name, _ATOM
        case Known(name):
            return f"{name} != null", _COMPARISON
        case Not(Known(name)):
            return f"{name} == null", _COMPARISON
        case OneOf(operand, values):
            return f"{_within(operand, _SUM)} in [{', '.join(map(write_value, values))}]", _COMPARISON
        case Not(OneOf(operand, values)):
            return f"{_within(operand, _SUM)} not in [{', '.join(map(write_value, values))}]", _COMPARISON
        case Not(operand):
            return f"not {_within(operand, _NOT)}", _NOT
        case And(parts):
            return " and ".join(_within(part, _NOT) for part in parts), _AND
        case Or(parts):
            return " or ".join(_within(part, _AND) for part in parts), _OR
        case Compare(comparison, left, right):
            return f"{_within(left, _SUM)} {comparison} {_within(right, _SUM)}", _COMPARISON
        case Sum(sign, left, right):
            return f"{_within(left, _SUM)} {sign} {_within(right, _ATOM)}", _SUM
        case Choose(test, yes, no):
            return f"{_within(test, _OR)} ? {_within(yes, _OR)} : {_within(no, _CHOICE)}", _CHOICE


def _within(expression: Expression, least: int) -> str:
    text, level = _written(expression)
    return text if level >= least else f"({text})"
