"""Conditions that turn on the day: the days after which they may turn, and what is settled without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.contract.vocabulary import AS_OF, PLANNED_ON, Kind, Value, Word
from engine.language.expression_parts import fact_names, walk
from engine.language.expressions import (
    And,
    Choose,
    Compare,
    Constant,
    Expression,
    Fact,
    Not,
    OneOf,
    Or,
)
from engine.policy.dated import DatedCondition
from engine.policy.turning import fill_in_parameters, is_day, turnings, ways


def dated_condition(
    condition: Expression, words: Mapping[str, Word], parameters: Mapping[str, Value]
) -> DatedCondition | None:
    """The condition as one that turns on the day, with the known parameters filled in; None if it does not."""
    if not any(words[name].kind is Kind.DATE for name in fact_names(condition) & words.keys()):
        return None
    filled = fill_in_parameters(condition, parameters)
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
    yield from turnings(node, words)
    if isinstance(node, Compare) and AS_OF not in fact_names(node):
        yield from (
            side for side in (node.left, node.right) if all(is_day(leaf, words) for leaf, _ in ways(side))
        )
    if PLANNED_ON in fact_names(node):
        yield Fact(PLANNED_ON)  # from then on the day of the request counts in its place
