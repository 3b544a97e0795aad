"""A condition -> the conditions that differ from it in one point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.analysis.mutation.operators import Operator
from engine.contract.vocabulary import Kind, Value, Word
from engine.language.expression_text import describe
from engine.language.expressions import And, Compare, Constant, Expression, Fact, Known, Not, OneOf, Or, Span

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Variant:
    """A condition with one change: which, what was changed in words, and where in the text."""

    operator: Operator
    condition: Expression
    change: str
    span: Span


def find_variants(condition: Expression, words: Mapping[str, Word]) -> Iterator[Variant]:
    """Every variant of a condition; `words` holds facts and, under their braced names, parameters."""
    if not isinstance(condition, And | Or):
        change = f"drops the only condition `{describe(condition)}`, so that it always holds"
        yield Variant(Operator.DROP_CONDITION, Constant(True), change, condition.span)
    yield from _changed(condition, words)


def atoms_of(condition: Expression) -> Iterator[Expression]:
    """The parts of a condition that no connective divides any further, from left to right."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from atoms_of(part)
        case Not(operand) if isinstance(operand, And | Or | Not):
            yield from atoms_of(operand)
        case _:
            yield condition


def _changed(condition: Expression, words: Mapping[str, Word]) -> Iterator[Variant]:
    match condition:
        case And(parts) | Or(parts):
            yield from _rejoined(condition, parts, words)
        case Not(operand) if isinstance(operand, And | Or):
            yield _negated(condition)
            for inner in _changed(operand, words):
                yield Variant(inner.operator, Not(inner.condition), inner.change, inner.span)
        case _:
            yield _negated(condition)
            yield from _reworded(condition, words)


def _rejoined(
    condition: And | Or, parts: Sequence[Expression], words: Mapping[str, Word]
) -> Iterator[Variant]:
    sort, other = (And, Or) if isinstance(condition, And) else (Or, And)
    old, new = ("and", "or") if sort is And else ("or", "and")
    yield Variant(Operator.SWAP_CONNECTIVE, other(tuple(parts)), f"puts `{new}` for `{old}`", condition.span)
    for index, part in enumerate(parts):
        rest = (*parts[:index], *parts[index + 1 :])
        dropped = rest[0] if len(rest) == 1 else sort(rest)
        change = f"drops the condition `{describe(part)}`"
        yield Variant(Operator.DROP_CONDITION, dropped, change, part.span)
        for inner in _changed(part, words):
            changed = sort((*parts[:index], inner.condition, *parts[index + 1 :]))
            yield Variant(inner.operator, changed, inner.change, inner.span)


def _negated(condition: Expression) -> Variant:
    negated = condition.operand if isinstance(condition, Not) else Not(condition)
    if isinstance(condition, Known) or isinstance(negated, Known):
        # `x == null` is never true: the other way round is the most that can be stated of it.
        negated = Not(condition) if isinstance(condition, Known) else negated
    change = f"negates the condition `{describe(condition)}`"
    return Variant(Operator.NEGATE_CONDITION, negated, change, condition.span)


def _reworded(condition: Expression, words: Mapping[str, Word]) -> Iterator[Variant]:
    match condition:
        case Not(operand):
            for inner in _reworded(operand, words):
                yield Variant(inner.operator, Not(inner.condition), inner.change, inner.span)
        case Compare(operator, left, Constant(value) as constant):
            for sort, other, change in _other_values(left, value, words):
                yield Variant(sort, Compare(operator, left, Constant(other)), change, constant.span)
        case OneOf(operand, values):
            yield from _relisted(condition, operand, values, words)
        case _:
            return


def _relisted(
    condition: OneOf, operand: Expression, values: Sequence[Value], words: Mapping[str, Word]
) -> Iterator[Variant]:
    for index, value in enumerate(values):
        rest = (*values[:index], *values[index + 1 :])
        if rest:
            change = f"takes {_quoted(value)} out of the list"
            yield Variant(Operator.DROP_WORD, OneOf(operand, rest), change, condition.span)
        for sort, other, change in _other_values(operand, value, words):
            if other not in values:
                listed = (*values[:index], other, *values[index + 1 :])
                yield Variant(sort, OneOf(operand, listed), change, condition.span)


def _other_values(
    beside: Expression, value: Value | dt.timedelta, words: Mapping[str, Word]
) -> Iterator[tuple[Operator, Value, str]]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | Decimal):
        for number in (value - 1, value + 1):
            yield Operator.CHANGE_NUMBER, number, f"puts {number} for {value}"
    elif isinstance(value, dt.date):
        for day in days_beside(value):
            yield Operator.SHIFT_DATE, day, f"puts {day} for {value}"
    elif isinstance(value, str) and isinstance(beside, Fact) and words[beside.name].kind is Kind.CHOICE:
        for choice in words[beside.name].choices:
            if choice != value:
                change = f"puts {_quoted(choice)} for {_quoted(value)}"
                yield Operator.CHANGE_WORD, choice, change


def days_beside(day: dt.date) -> Iterator[dt.date]:
    """The day before and the day after, where the calendar has them."""
    if day > dt.date.min:
        yield day - ONE_DAY
    if day < dt.date.max:
        yield day + ONE_DAY


def _quoted(value: Value) -> str:
    return f"`{value}`"
