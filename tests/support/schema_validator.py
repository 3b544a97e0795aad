"""Checks a JSON value by a schema of an OpenAPI document, strictly: a member that no schema declares is a fault.

It knows the words of JSON Schema that the document uses, and refuses to check by one it does not know.
"""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

_DESCRIPTIVE = {"title", "description", "examples", "discriminator", "default", "x-of-the-policies"}
_CHECKED = {
    "$ref", "additionalProperties", "anyOf", "const", "enum", "format", "items", "maxItems", "maxLength",
    "maximum", "minItems", "minLength", "minimum", "oneOf", "pattern", "properties", "propertyNames", "required",
    "type",
}  # fmt: skip
_TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}
_FORMATS: dict[str, Callable[[str], object]] = {
    "date": dt.date.fromisoformat,
    "date-time": dt.datetime.fromisoformat,
}


def find_faults(value: Any, schema: Any, document: Any, place: str = "") -> Iterator[str]:
    """Yield what is wrong with a value, each with its place."""
    if schema is True:
        return
    if unknown := schema.keys() - _DESCRIPTIVE - _CHECKED:
        raise AssertionError(f"{place}: the validator does not know {sorted(unknown)}")
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from find_faults(value, document["components"]["schemas"][name], document, place)
    for word, most in (("anyOf", sys.maxsize), ("oneOf", 1)):
        if word in schema:
            tried = [list(find_faults(value, choice, document, place)) for choice in schema[word]]
            if not 1 <= sum(not faults for faults in tried) <= most:
                yield f"{place}: fits not as {word} asks: " + " | ".join(
                    "; ".join(faults) for faults in tried
                )
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_TYPES[name](value) for name in types):
        yield f"{place}: {value!r} is not of type {types}"
    elif isinstance(value, dict) and "object" in types:
        yield from _faults_of_object(value, schema, document, place)
    elif isinstance(value, list) and "array" in types:
        for number, entry in enumerate(value):
            yield from find_faults(entry, schema.get("items", True), document, f"{place}/{number}")
    else:
        yield from _faults_of_scalar(value, schema, place)


def _faults_of_object(value: dict[str, Any], schema: Any, document: Any, place: str) -> Iterator[str]:
    declared = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: `{name}` is missing"
    others = schema.get("additionalProperties", False)
    for name, member in value.items():
        inner = declared.get(name, others)
        if inner is False:
            yield f"{place}: `{name}` is not declared"
        else:
            yield from find_faults(member, inner, document, f"{place}/{name}")


def _faults_of_scalar(value: Any, schema: Any, place: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{place}: {value!r} is not like {schema['pattern']}"
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        yield f"{place}: {value!r} is too small"
    if isinstance(value, str) and "format" in schema:
        try:
            _FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{place}: {value!r} is no {schema['format']}"
