"""What a request can state of a fact, by the model of the request; for any other value a condition waits in vain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from engine.contract.request import CountryCode
from engine.contract.vocabulary import COUNTRY, PARTS, WORDS, Kind, Value


@dataclass(frozen=True, slots=True)
class NumberLimits:
    """Between what the number of a fact lies, both included, None if that has no end; and whether it is whole."""

    least: int | None
    most: int | None
    whole: bool


@cache
def number_limits(fact: str) -> NumberLimits:
    """Return the limits of a fact that is a number."""
    *limits, sort = _unfolded(_annotation(fact))
    ends = {end: getattr(limit, end) for limit in limits for end in ("ge", "le") if hasattr(limit, end)}
    return NumberLimits(ends.get("ge"), ends.get("le"), sort is int)


def can_be_stated(fact: str, value: Value) -> bool:
    """Return whether a request can state the value of a fact that has its kind."""
    if WORDS[fact].kind not in (Kind.TEXT, Kind.NUMBER):
        return True
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    try:
        _adapter(fact).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _adapter(fact: str) -> TypeAdapter[Any]:
    return TypeAdapter(CountryCode if fact == COUNTRY else _annotation(fact))


def _annotation(fact: str) -> Any:
    prefix, _, name = fact.rpartition(".")
    return PARTS[f"{prefix}." if prefix else ""].model_fields[name].annotation


def _unfolded(annotation: Any) -> Iterator[Any]:
    """What an annotation says of a value that is not null: its limits, and at last the type itself."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        yield from (limit for info in metadata for limit in (info, *getattr(info, "metadata", ())))
        yield from _unfolded(inner)
    elif alternatives := [part for part in get_args(annotation) if part is not NoneType]:
        yield from _unfolded(alternatives[0])
    else:
        yield annotation
