"""Conditions as Ibis expressions: SQL's NULL is the unknown, and its logic the same three values.

Days are whole numbers, counted from 1970-01-01, and numbers are exact decimals, so that every database computes
alike. An expression that is unknown in every row is None.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import ibis

from engine.expressions import (
    And,
    Choose,
    Compare,
    Comparison,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    OneOf,
    Or,
    Sign,
    Sum,
)
from engine.facts import Value

NUMBER = "decimal(38, 10)"
EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = 1 - EPOCH, dt.date.max.toordinal() - EPOCH

COMPARED: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


def condition_column(condition: Expression, table: Any, when_unknown: bool) -> Any:
    """A condition over the facts of `table`, with what stands in its place where it is unknown."""
    found = _unknown_first(condition, table)
    return ibis.literal(when_unknown) if found is None else ibis.coalesce(found, when_unknown)


def plain_column(expression: Expression, table: Any) -> Any:
    """An expression over columns that are never unknown; its numbers are places and bits."""
    match expression:
        case Constant(value):
            return _small(value)
        case Fact(name):
            return table[name]
        case Not(operand):
            return ~plain_column(operand, table)
        case And(parts):
            return functools.reduce(operator.and_, (plain_column(part, table) for part in parts))
        case Or(parts):
            return functools.reduce(operator.or_, (plain_column(part, table) for part in parts))
        case Compare(sign, left, right):
            return COMPARED[sign](plain_column(left, table), plain_column(right, table))
        case Choose(test, yes, no):
            # The parts of a choice are told apart by the database itself, which need not compute both.
            return ibis.ifelse(plain_column(test, table), plain_column(yes, table), plain_column(no, table))
        case Sum(_, left, Constant(dt.timedelta() as length)):
            return plain_column(left, table) + ibis.literal(length.days, "int64")
        case _:
            raise AssertionError(f"no column is made of {expression}")


def _small(value: object) -> Any:
    if isinstance(value, bool):
        return ibis.literal(value)
    if isinstance(value, dt.date):
        return ibis.literal(day_number(value), "int64")
    return ibis.literal(value, "int64") if isinstance(value, int) else ibis.literal(value)


def day_number(day: dt.date) -> int:
    """The day as it stands in a table."""
    return day.toordinal() - EPOCH


def _unknown_first(expression: Expression, table: Any) -> Any:
    match expression:
        case Constant(value):
            return ibis.literal(value.days, "int64") if isinstance(value, dt.timedelta) else _constant(value)
        case Fact(name):
            return table[name] if name in table.columns else None
        case Known(name):
            known = table[name].notnull() if name in table.columns else None
            return None if known is None else known.nullif(False)
        case Not(operand):
            truth = _unknown_first(operand, table)
            return None if truth is None else ~truth
        case And(parts) | Or(parts):
            join = operator.and_ if isinstance(expression, And) else operator.or_
            return functools.reduce(join, (_truth(part, table) for part in parts))
        case Compare(sign, left, right):
            return _compared(sign, _unknown_first(left, table), _unknown_first(right, table))
        case OneOf(operand, values):
            found = _unknown_first(operand, table)
            return None if found is None else found.isin([_constant(value) for value in values])
        case Choose(test, yes, no):
            return _chosen(_truth(test, table), _unknown_first(yes, table), _unknown_first(no, table))
        case Sum(sign, left, right):
            return _added(sign, _unknown_first(left, table), _unknown_first(right, table))


def _truth(expression: Expression, table: Any) -> Any:
    found = _unknown_first(expression, table)
    return ibis.null("boolean") if found is None else found


def _compared(sign: Comparison, left: Any, right: Any) -> Any:
    return None if left is None or right is None else COMPARED[sign](left, right)


def _chosen(test: Any, yes: Any, no: Any) -> Any:
    """With the test unknown, the value that the branches agree on."""
    if yes is None and no is None:
        return None
    kind = (no if yes is None else yes).type()
    yes, no = (ibis.null(kind) if side is None else side for side in (yes, no))
    agreed = ibis.ifelse(yes == no, yes, ibis.null(kind))
    return ibis.ifelse(test.isnull(), agreed, ibis.ifelse(test, yes, no))


def _added(sign: Sign, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    found = left + right if sign is Sign.PLUS else left - right
    if left.type().is_integer():
        return ibis.ifelse(found.between(FIRST_DAY, LAST_DAY), found, ibis.null("int64"))
    return found.cast(NUMBER)


def _constant(value: Value) -> Any:
    if isinstance(value, bool | str):
        return ibis.literal(value)
    if isinstance(value, dt.date):
        return ibis.literal(day_number(value), "int64")
    return ibis.literal(Decimal(value), NUMBER)
