"""A schema of the OpenAPI document in words: pieces of text, some of which lead to another schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_CHOICES = 12
"""Of more words than this the first few are shown, and how many there are."""
LONGEST_PATTERN = 40
"""A longer pattern says nothing to a reader; the document has it."""
_ENDS = (
    ("minimum", "maximum", "", ""),
    ("minLength", "maxLength", " character", " characters"),
    ("minItems", "maxItems", " entry", " entries"),
)
"""The members of a schema for the least and the most, and what they count: one of it, several."""
_OTHER_BOUNDS = {"pattern": "as `{}`", "default": "otherwise {}"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; `schema` is the name of the schema that it stands for, or empty."""

    text: str
    schema: str = ""


def describe(schema: Mapping[str, Any]) -> list[Piece]:
    """Return what a value of the schema is."""
    return list(_pieces(schema))


def bounds_of(schema: Mapping[str, Any]) -> str:
    """Return the bounds of a value, also of one that may be null."""
    parts = [schema, *(part for part in _choices(schema) if part.get("type") != "null")]
    found = [words for part in parts for words in (*_amounts(part), *_others(part))]
    return ", ".join(dict.fromkeys(found))


def _amounts(schema: Mapping[str, Any]) -> Iterator[str]:
    for least, most, one, several in _ENDS:
        low, high = schema.get(least), schema.get(most)
        if low is not None and high is not None:
            yield f"{low:,} to {high:,}{one if high == 1 else several}"
        elif low is not None:
            yield f"from {low:,}{one if low == 1 else several}"
        elif high is not None:
            yield f"to {high:,}{one if high == 1 else several}"


def _others(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, words in _OTHER_BOUNDS.items():
        value = schema.get(name)
        if value not in (None, [], {}) and len(str(value)) <= LONGEST_PATTERN:
            yield words.format(value)


def name_in(reference: str) -> str:
    """Return the name of the schema to which a reference leads."""
    return reference.rpartition("/")[2]


def _pieces(schema: Mapping[str, Any]) -> Iterator[Piece]:
    if "$ref" in schema:
        yield Piece(name_in(schema["$ref"]), name_in(schema["$ref"]))
    elif "const" in schema:
        yield Piece(f"always {_shown(schema['const'])}")
    elif "enum" in schema:
        yield Piece(_words(schema["enum"]))
    elif choices := _choices(schema):
        yield from _one_of([describe(choice) for choice in choices])
    elif isinstance(schema.get("type"), list):
        yield from _one_of([describe({**schema, "type": one}) for one in schema["type"]])
    elif schema.get("type") == "array":
        yield Piece("list of ")
        yield from _pieces(schema.get("items", {}))
    elif isinstance(schema.get("additionalProperties"), Mapping):
        yield Piece("by names, each ")
        yield from _pieces(schema["additionalProperties"])
    else:
        yield Piece(schema.get("format") or schema.get("type") or "anything")


def _choices(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The schemas of which one holds, unless they only add to what the schema states itself."""
    return () if "properties" in schema else schema.get("anyOf") or schema.get("oneOf") or ()


def _one_of(choices: Sequence[list[Piece]]) -> Iterator[Piece]:
    for index, choice in enumerate(choices):
        if index:
            yield Piece(" or ")
        yield from choice


def _words(words: Sequence[Any]) -> str:
    shown = ", ".join(map(_shown, words[:MOST_CHOICES]))
    left_out = len(words) - MOST_CHOICES
    return f"one of {shown}" + (f" and {left_out} more" if left_out > 0 else "")


def _shown(value: object) -> str:
    return f"`{value}`" if isinstance(value, str) else str(value).lower()
