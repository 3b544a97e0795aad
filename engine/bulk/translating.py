"""Conditions as Ibis expressions: SQL's NULL is the unknown, and its logic the same three values.

Days are whole numbers, counted from 1970-01-01, and numbers are exact decimals, so that every database computes
alike. An expression that is unknown in every row is None.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

import ibis

from engine.bulk.digits import Digit
from engine.contract.vocabulary import AS_OF, PLANNED_ON, Value
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

NUMBER = "decimal(38, 10)"
EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = 1 - EPOCH, dt.date.max.toordinal() - EPOCH

FactColumns = Mapping[str, Any]
"""The facts that a file states, each as an expression over its columns; a fact not stated is absent."""


def digit_column(digit: Digit, facts: FactColumns) -> Any:
    """The digit of each row; None where every row's is unknown."""
    found = _unknown_first(digit.of, facts)
    return None if found is None else place_column(found, digit.values)


def day_column(date: Expression, facts: FactColumns) -> Any:
    """The day of each row as a number; None where no row has one."""
    found = _unknown_first(date, facts)
    return None if found is None else found.cast("int64")


def place_column(column: Any, values: Sequence[bool | str]) -> Any:
    """The place of each row's value among the values, from 1; 0 of any other, and where it is unknown."""
    return column.cases(*((value, place) for place, value in enumerate(values, 1)), else_=0).cast("int8")


def as_counted(facts: FactColumns, day: Any) -> FactColumns:
    """The facts of rows of a day, where no handover is planned for one before it: see `Vocabulary.as_counted`."""
    planned = facts.get(PLANNED_ON)
    counted = {} if planned is None else {PLANNED_ON: ibis.ifelse(planned < day, day, planned)}
    return {**facts, **counted, AS_OF: day}


def day_number(day: dt.date) -> int:
    """The day as it stands in a table."""
    return day.toordinal() - EPOCH


def _unknown_first(expression: Expression, facts: FactColumns) -> Any:
    match expression:
        case Constant(value):
            return ibis.literal(value.days, "int64") if isinstance(value, dt.timedelta) else _constant(value)
        case Fact(name):
            return facts.get(name)
        case Known(name):
            return facts[name].notnull().nullif(False) if name in facts else None
        case Not(operand):
            truth = _unknown_first(operand, facts)
            return None if truth is None else ~truth
        case And(parts) | Or(parts):
            join = operator.and_ if isinstance(expression, And) else operator.or_
            return functools.reduce(join, (_truth(part, facts) for part in parts))
        case Compare(sign, left, right):
            return _compared(sign, _unknown_first(left, facts), _unknown_first(right, facts))
        case OneOf(operand, values):
            found = _unknown_first(operand, facts)
            return None if found is None else found.isin([_constant(value) for value in values])
        case Choose(test, yes, no):
            return _chosen(_truth(test, facts), _unknown_first(yes, facts), _unknown_first(no, facts))
        case Sum(sign, left, right):
            return _added(sign, _unknown_first(left, facts), _unknown_first(right, facts))


def _truth(expression: Expression, facts: FactColumns) -> Any:
    found = _unknown_first(expression, facts)
    return ibis.null("boolean") if found is None else found


def _compared(sign: Comparator, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    match sign:
        case Comparator.EQUAL:
            return left == right
        case Comparator.UNEQUAL:
            return left != right
        case Comparator.LESS:
            return left < right
        case Comparator.AT_MOST:
            return left <= right
        case Comparator.MORE:
            return left > right
        case Comparator.AT_LEAST:
            return left >= right
        case _:
            assert_never(sign)


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
