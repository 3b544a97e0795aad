"""What a request can state of a fact, by the model of the request; for any other value a condition waits in vain."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.contract.request import CountryCode
from engine.contract.vocabulary import COUNTRY, PARTS, WORDS, Kind, Value


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
    if fact == COUNTRY:
        return TypeAdapter(CountryCode)
    prefix, _, name = fact.rpartition(".")
    annotation: Any = PARTS[f"{prefix}." if prefix else ""].model_fields[name].annotation
    return TypeAdapter(annotation)
