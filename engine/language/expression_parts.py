"""The parts of a condition tree: its nodes, the facts it reads, the constants beside them, what is open or fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from engine.contract.vocabulary import Value
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
from engine.language.values import Sign, add


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
    left = [expression]
    while left:
        node = left.pop()
        yield node
        left += operands(node)[::-1]


def fact_names(expression: Expression) -> frozenset[str]:
    """Return the names of every fact the expression reads, parameters among them in braces."""
    names, left = set(), [expression]
    while left:
        node = left.pop()
        if isinstance(node, Fact | Known):
            names.add(node.name)
        else:
            left += operands(node)
    return frozenset(names)


def residual(expression: Expression, facts: Facts) -> frozenset[str]:
    """Return the unknown facts that leave the expression unknown; none when its value is known."""
    if evaluate(expression, facts) is not None:
        return frozenset()
    if isinstance(expression, Fact | Known):
        return frozenset({expression.name})
    open_parts = operands(expression)
    if isinstance(expression, Choose) and (truth := evaluate(expression.test, facts)) is not None:
        open_parts = (expression.yes if truth else expression.no,)
    return frozenset().union(*(residual(part, facts) for part in open_parts))


def constants_beside(expression: Expression, known: Facts | None = None) -> Mapping[str, frozenset[Value]]:
    """Return, for each fact, the constants that it is compared with or listed among; facts without any are left out.

    They are as the fact would have to equal them: for `x + 2 > 5` it is 3 that `x` is compared with. With `known`
    facts, what they make of the other side of a comparison counts as a constant.
    """
    beside: dict[str, frozenset[Value]] = {}
    for node in walk(expression):
        match node:
            case Compare(_, left, right):
                pairs = [
                    _balanced(left, _constants(right) | _worth(right, known)),
                    _balanced(right, _constants(left) | _worth(left, known)),
                ]
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


def _worth(expression: Expression, known: Facts | None) -> frozenset[Value]:
    value = None if known is None else evaluate(expression, known)
    return frozenset() if value is None else frozenset({value})


def _balanced(side: Expression, constants: frozenset[Value]) -> tuple[Expression, frozenset[Value]]:
    """Take what is added on one side of a comparison away from the constants of the other."""
    while isinstance(side, Sum) and isinstance(side.right, Constant):
        sign = Sign.MINUS if side.operator is Sign.PLUS else Sign.PLUS
        moved = (add(sign, constant, side.right.value) for constant in constants)
        side, constants = side.left, frozenset(value for value in moved if value is not None)
    return side, constants


def first_failing(expression: Expression, facts: Facts) -> Expression | None:
    """Return the smallest sub-condition that prevents the expression from being true; None when it is true.

    Of an And the first part that is false, else the first unknown one; of a choice the branch taken, or its
    test if that is unknown; an Or, a negation and a comparison stand for themselves.
    """
    if isinstance(expression, And):
        unknown = None
        for part in expression.parts:
            truth = evaluate(part, facts)
            if truth is False:
                return first_failing(part, facts)
            if truth is None and unknown is None:
                unknown = part
        return unknown and first_failing(unknown, facts)
    truth = evaluate(expression, facts)
    if truth is True:
        return None
    match expression:
        case Choose(test, yes, no) if (taken := evaluate(test, facts)) is not None:
            return first_failing(yes if taken else no, facts)
        case Choose(test, _, _) if truth is None:
            return first_failing(test, facts)
        case _:
            return expression


def rewrite(expression: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """Return the expression with what `change` puts in the place of its parts; None leaves a part as it is."""
    changed = change(expression)
    if changed is not None:
        return changed
    match expression:
        case Constant() | Fact() | Known():
            return expression
        case Not(operand):
            return replace(expression, operand=rewrite(operand, change))
        case OneOf(operand, _):
            return replace(expression, operand=rewrite(operand, change))
        case And(parts) | Or(parts):
            return replace(expression, parts=tuple(rewrite(part, change) for part in parts))
        case Compare(_, left, right) | Sum(_, left, right):
            return replace(expression, left=rewrite(left, change), right=rewrite(right, change))
        case Choose(test, yes, no):
            return replace(
                expression, test=rewrite(test, change), yes=rewrite(yes, change), no=rewrite(no, change)
            )
