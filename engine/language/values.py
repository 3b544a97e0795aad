"""Known values: how they compare, add up and are written."""

from __future__ import annotations

import datetime as dt
import decimal
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, assert_never

from engine.contract.vocabulary import Value


class Comparator(StrEnum):
    """The six comparisons."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="

    @property
    def opposite(self) -> Comparator:
        """The comparison that holds where this one does not."""
        match self:
            case Comparator.EQUAL:
                return Comparator.UNEQUAL
            case Comparator.UNEQUAL:
                return Comparator.EQUAL
            case Comparator.LESS:
                return Comparator.AT_LEAST
            case Comparator.AT_MOST:
                return Comparator.MORE
            case Comparator.MORE:
                return Comparator.AT_MOST
            case Comparator.AT_LEAST:
                return Comparator.LESS
            case _:
                assert_never(self)

    @property
    def turned(self) -> Comparator:
        """The comparison that says the same with its sides exchanged."""
        match self:
            case Comparator.EQUAL | Comparator.UNEQUAL:
                return self
            case Comparator.LESS:
                return Comparator.MORE
            case Comparator.AT_MOST:
                return Comparator.AT_LEAST
            case Comparator.MORE:
                return Comparator.LESS
            case Comparator.AT_LEAST:
                return Comparator.AT_MOST
            case _:
                assert_never(self)


class Sign(StrEnum):
    """The two directions of a sum."""

    PLUS = "+"
    MINUS = "-"


def same(left: Value | dt.timedelta, right: Value | dt.timedelta) -> bool:
    """Return whether two known values are equal; a truth never equals a number."""
    return left == right and isinstance(left, bool) is isinstance(right, bool)


def _holds(comparison: Comparator) -> Callable[[Any, Any], bool]:
    match comparison:
        case Comparator.EQUAL:
            return same
        case Comparator.UNEQUAL:
            return lambda left, right: not same(left, right)
        case Comparator.LESS:
            return operator.lt
        case Comparator.AT_MOST:
            return operator.le
        case Comparator.MORE:
            return operator.gt
        case Comparator.AT_LEAST:
            return operator.ge
        case _:
            assert_never(comparison)


HOLDS: Mapping[Comparator, Callable[[Any, Any], bool]] = {
    comparison: _holds(comparison) for comparison in Comparator
}

_EXACT = decimal.Context(prec=200, traps=[decimal.Inexact, decimal.Overflow, decimal.InvalidOperation])


def add(sign: Sign, left: Any, right: Any) -> Value | None:
    """Return the exact sum or difference of two numbers, or of a date and a duration of whole days.

    None, that is unknown, when the result is no date of the calendar or would have to be rounded.
    """
    try:
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            return _EXACT.add(left, right) if sign is Sign.PLUS else _EXACT.subtract(left, right)
        result: Value = left + right if sign is Sign.PLUS else left - right
    except ArithmeticError:
        return None
    return result


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def write_value(value: Value | dt.timedelta) -> str:
    """Return the value as it is written in a condition."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if isinstance(value, dt.date):
        return f'd"{value.isoformat()}"'
    if isinstance(value, dt.timedelta):
        return f't"P{value.days}D"'
    return format(value, "f") if isinstance(value, Decimal) else str(value)
