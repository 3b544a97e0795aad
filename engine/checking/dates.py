"""Conditions that turn on the day: the days after which they may turn, and what is settled without them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.contract.vocabulary import AS_OF, PLANNED_ON, Kind, Value, Word
from engine.language.expression_parts import fact_names, rewrite, walk
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Not,
    OneOf,
    Or,
    Sum,
)
from engine.language.values import Sign
from engine.policy.dated import DatedCondition


def dated_condition(
    condition: Expression, words: Mapping[str, Word], parameters: Mapping[str, Value]
) -> DatedCondition | None:
    """The condition as one that turns on the day, with the known parameters filled in; None if it does not."""

    def filled_in(node: Expression) -> Expression | None:
        return Constant(parameters[node.name]) if isinstance(node, Fact) and node.name in parameters else None

    filled = rewrite(condition, filled_in)
    dates = dict.fromkeys(
        date for node in walk(filled) if _is_dated(node, words) for date in _dates(node, words)
    )
    if not dates:
        return None
    return DatedCondition(_bound(filled, words, holds=False), _bound(filled, words, holds=True), tuple(dates))


def _is_dated(node: Expression, words: Mapping[str, Word]) -> bool:
    """Whether the node compares dates, or looks for one in a list."""
    names = fact_names(node) & words.keys() if isinstance(node, Compare | OneOf) else ()
    return any(words[name].kind is Kind.DATE for name in names)


def _bound(condition: Expression, words: Mapping[str, Word], *, holds: bool) -> Expression:
    """The condition with whatever compares dates settled, so that it fails, or `holds`, as far as they make it."""
    match condition:
        case _ if _is_dated(condition, words):
            return Constant(holds)
        case Not(operand):
            return replace(condition, operand=_bound(operand, words, holds=not holds))
        case And(parts) | Or(parts):
            return replace(condition, parts=tuple(_bound(part, words, holds=holds) for part in parts))
        case Choose(test, yes, no):
            yes, no = (_bound(branch, words, holds=holds) for branch in (yes, no))
            if any(_is_dated(node, words) for node in walk(test)):
                return (Or if holds else And)((yes, no))
            return replace(condition, yes=yes, no=no)
        case _:
            return condition


def _dates(node: Expression, words: Mapping[str, Word]) -> Iterator[Expression]:
    """The last days on which a dated node is sure to be what it is, as far as they are not over."""
    if isinstance(node, Compare):
        yield from _compared(node.operator, node.left, node.right, words)
    elif isinstance(node, OneOf):
        for value in node.values:
            yield from _turning(node.operand, Comparator.EQUAL, Constant(value), words)
    if PLANNED_ON in fact_names(node):
        yield Fact(PLANNED_ON)  # from then on the day of the request counts in its place


def _compared(
    operator: Comparator, left: Expression, right: Expression, words: Mapping[str, Word]
) -> Iterator[Expression]:
    yield from _turning(left, operator, right, words)
    yield from _turning(right, operator.turned, left, words)
    if AS_OF not in fact_names(left) | fact_names(right):
        yield from (side for side in (left, right) if all(_is_day(leaf, words) for leaf, _ in _ways(side)))


def _turning(
    side: Expression, operator: Comparator, other: Expression, words: Mapping[str, Word]
) -> Iterator[Expression]:
    """The last days before a comparison turns, for each way in which one side of it is the day of the request.

    On the day that the other side is, `<` and `>=` turn; on the day after it `<=` and `>`; on both `==` and `!=`.
    """
    for leaf, moved in _ways(side):
        for day, by in _ways(other):
            if leaf == Fact(AS_OF) != day and _is_day(day, words):
                if operator not in (Comparator.AT_MOST, Comparator.MORE):
                    yield _moved(day, by - moved - 1)
                if operator not in (Comparator.LESS, Comparator.AT_LEAST):
                    yield _moved(day, by - moved)


def _ways(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """What a date may be, and by how many days that is moved."""
    match expression:
        case Sum(sign, left, Constant(dt.timedelta() as span)):
            for leaf, moved in _ways(left):
                yield leaf, moved + (span.days if sign is Sign.PLUS else -span.days)
        case Choose(_, yes, no):
            yield from _ways(yes)
            yield from _ways(no)
        case _:
            yield expression, 0


def _is_day(leaf: Expression, words: Mapping[str, Word]) -> bool:
    match leaf:
        case Constant(value):
            return isinstance(value, dt.date)
        case Fact(name):
            return name in words and words[name].kind is Kind.DATE
        case _:
            return False


def _moved(day: Expression, by: int) -> Expression:
    return Sum(Sign.PLUS, day, Constant(dt.timedelta(by))) if by else day
