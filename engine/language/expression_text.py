"""A condition tree as text, in the way an officer would write it."""

from __future__ import annotations

from engine.language.expressions import (
    And,
    Choose,
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
from engine.language.values import write_value


def describe(expression: Expression) -> str:
    """Return the expression's canonical text; parsing it again gives an equal tree."""
    return _written(expression)[0]


_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _ATOM = range(7)
"""How tightly each form binds, loosest first."""


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
