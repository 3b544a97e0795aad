"""Conditions simplified by what is known beforehand, and truths joined without idle parts."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.expressions import (
    And,
    Choose,
    Compare,
    Constant,
    Expression,
    Fact,
    Facts,
    Known,
    Not,
    OneOf,
    Or,
    Sum,
    evaluate,
)

TRUE = Constant(True)
FALSE = Constant(False)


def simplify(expression: Expression, given: Facts) -> Expression:
    """Return an expression of the same value under every facts that hold what is `given`.

    A part whose value is settled by what is given becomes a constant. What is not given stays a fact.
    """
    value = evaluate(expression, given)
    if value is not None:
        return Constant(value)
    match expression:
        case Constant() | Fact() | Known():
            return expression
        case Not(operand):
            return Not(simplify(operand, given))
        case And(parts):
            return both(*(simplify(part, given) for part in parts))
        case Or(parts):
            return either(*(simplify(part, given) for part in parts))
        case Compare(operator, left, right):
            return Compare(operator, simplify(left, given), simplify(right, given))
        case OneOf(operand, values):
            return OneOf(simplify(operand, given), values)
        case Sum(sign, left, right):
            return Sum(sign, simplify(left, given), simplify(right, given))
        case Choose(test, yes, no):
            return choose(simplify(test, given), simplify(yes, given), simplify(no, given))


def both(*parts: Expression) -> Expression:
    """The conjunction of the parts; TRUE of none."""
    distinct = _distinct(parts, idle=TRUE)
    if FALSE in distinct:
        return FALSE
    return And(distinct) if len(distinct) > 1 else distinct[0] if distinct else TRUE


def either(*parts: Expression) -> Expression:
    """The disjunction of the parts; FALSE of none."""
    distinct = _distinct(parts, idle=FALSE)
    if TRUE in distinct:
        return TRUE
    return Or(distinct) if len(distinct) > 1 else distinct[0] if distinct else FALSE


def negated(part: Expression) -> Expression:
    """The negation of the part."""
    if isinstance(part, Not):
        return part.operand
    return FALSE if part == TRUE else TRUE if part == FALSE else Not(part)


def choose(test: Expression, yes: Expression, no: Expression) -> Expression:
    """`yes` where the test holds, `no` where it does not."""
    if test == TRUE or (yes == no and isinstance(yes, Constant)):
        return yes
    return no if test == FALSE else Choose(test, yes, no)


def _distinct(parts: Iterable[Expression], idle: Expression) -> tuple[Expression, ...]:
    return tuple(dict.fromkeys(part for part in parts if part != idle))
