"""pydantic's errors as messages for an officer: where, what is wrong, the nearest word of the contract.

A sentence names members and choices of the contract, never a Python type and never a value of the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from api.parsing.fields import DAY_FORM
from api.parsing.problems import FieldError
from api.parsing.strict_json import json_pointer

LONGEST_WORD = 64
_Location = tuple[str | int, ...]

_SENTENCES = {
    "bool_type": "must be true or false, without quotes",
    "dict_type": "must be an object in braces",
    "date_type": "must be a date, YYYY-MM-DD, in quotes",
    "decimal_max_digits": "must have at most {max_digits} digits",
    "greater_than_equal": "must be at least {ge}",
    "int_type": "must be a whole number, without quotes and decimal point",
    "is_instance_of": "must be a number, without quotes",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list in square brackets",
    "model_type": "must be an object in braces",
    "string_pattern_mismatch": "must be written like the pattern {pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_type": "must be a text in double quotes",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
}
_COUNTRY_PATTERN = "^[A-Z]{2}$"


@dataclass(frozen=True, slots=True)
class _PydanticError:
    """One error of pydantic's, with the path to its place and the value there."""

    kind: str
    steps: _Location
    value: object
    context: Mapping[str, Any]


def group_errors(failure: ValidationError, value: object) -> dict[str, list[_PydanticError]]:
    """Return pydantic's errors about `value` by the JSON pointer of their place, in their order."""
    places: dict[str, list[_PydanticError]] = {}
    for error in failure.errors(include_url=False, include_input=False):
        steps, found = _follow(value, error["loc"], missing=error["type"] == "missing")
        described = _PydanticError(error["type"], steps, found, error.get("ctx", {}))
        places.setdefault(json_pointer(steps), []).append(described)
    return places


def describe_errors(pointer: str, errors: list[_PydanticError], model: type[BaseModel]) -> FieldError:
    """Return one error for all errors at a place; of several allowed kinds, the value's own counts."""
    fitting = [error for error in errors if not error.kind.endswith("_type")] or errors
    described = [_describe(error, model) for error in fitting]
    detail = ", or ".join(dict.fromkeys(detail for detail, _ in described))
    suggestion = next((word for _, word in described if word), None)
    return FieldError(
        pointer=pointer,
        detail=f"{detail}; did you mean `{suggestion}`?" if suggestion else detail,
        suggestion=suggestion,
    )


def _describe(error: _PydanticError, model: type[BaseModel]) -> tuple[str, str | None]:
    match error.kind:
        case "missing":
            return f"the member `{error.steps[-1]}` is required", None
        case "extra_forbidden":
            return "unknown member", _closest(str(error.steps[-1]), _members(model, error.steps[:-1]))
        case "literal_error":
            choices = tuple(re.findall(r"'([^']*)'", error.context["expected"]))
            listed = "must be one of " + ", ".join(f"`{choice}`" for choice in choices)
            return listed, _closest(error.value, choices) if isinstance(error.value, str) else None
        case "date_type" if isinstance(error.value, str) and re.fullmatch(DAY_FORM, error.value):
            return "must be a day of the calendar, which it is not", None
        case "value_error":
            return str(error.context["error"]), None
        case "string_pattern_mismatch" if error.context["pattern"] == _COUNTRY_PATTERN:
            return "must be two capital letters (ISO 3166-1 alpha-2)", None
        case "string_too_short" | "too_short" if error.context["min_length"] == 1:
            return "must not be empty", None
        case kind:
            return _SENTENCES.get(kind, "does not keep to the contract").format_map(error.context), None


def _follow(value: object, location: _Location, *, missing: bool) -> tuple[_Location, object]:
    """Follow `location` as far as it leads into `value`; the kinds tried, which pydantic appends, are left out."""
    steps: list[str | int] = []
    for step in location:
        if isinstance(value, dict) and (step in value or missing):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            break
        steps.append(step)
    return tuple(steps), value


def _members(model: type[BaseModel], steps: _Location) -> tuple[str, ...]:
    for step in steps:
        if isinstance(step, str):
            model = next(_models(model.model_fields[step].annotation))
    return tuple(model.model_fields)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


@lru_cache(maxsize=4096)
def _closest(word: str, choices: tuple[str, ...]) -> str | None:
    if len(word) > LONGEST_WORD:
        return None
    plain = re.sub(r"[\s-]+", "_", word.strip().lower())
    return next(iter(get_close_matches(plain, choices, n=1)), None)
