"""What a request can state of a fact, by the model of the request; for any other value a condition waits in vain."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.contract.request import CountryCode
from engine.contract.request_models import type_of
from engine.contract.vocabulary import COUNTRIES, COUNTRY, Kind, Value, Word


def can_be_stated(fact: Word, value: Value) -> bool:
    """Return whether a request can state the value of a fact that has its kind."""
    if fact.kind not in (Kind.TEXT, Kind.NUMBER):
        return True
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    try:
        _adapter(fact).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=1024)
def _adapter(fact: Word) -> TypeAdapter[Any]:
    return TypeAdapter(CountryCode if fact.name in (COUNTRY, COUNTRIES) else type_of(fact))
