"""Changes of the plain values that a policy file consists of, and how a value is written on one line."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from engine.loading.document import Document, Path

REMOVED = object()
"""In place of a new value: the entry is taken out."""


def with_change(value: Any, path: Path, new: Any) -> Any:
    """Return the value with what stands at `path` replaced, added, or taken out if `new` is REMOVED."""
    if not path:
        return new
    step, *rest = path
    if isinstance(value, list):
        assert isinstance(step, int)
        if not rest and new is REMOVED:
            return [*value[:step], *value[step + 1 :]]
        inner = with_change(value[step], tuple(rest), new) if step < len(value) else new
        return [*value[:step], inner, *value[step + 1 :]]
    entries = dict(value or {})
    if not rest and new is REMOVED:
        entries.pop(step, None)
    else:
        entries[step] = with_change(entries.get(step), tuple(rest), new)
    return entries


def write_flow(value: Any) -> str:
    """Write a value as YAML on one line; reading it gives an equal value."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {write_flow(entry)}" for key, entry in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(write_flow, value)) + "]"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case dt.date():
            return value.isoformat()
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and not key.isdigit() else json.dumps(key)


def show(value: Any) -> str:
    """Write a value as an officer would on one line: quotes only where they are needed."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {show(entry)}" for key, entry in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(show, value)) + "]"
        case str():
            return value
        case _:
            return write_flow(value)


def rewritten(document: Document, value: Any) -> Document:
    """The document with another content; of places, only where it begins is retained."""
    return Document(document.file, write_flow(value), value, {(): (0, 1)}, {}, [0])


def value_at(value: Any, path: Path) -> Any:
    """What stands at the path; None if nothing does."""
    for step in path:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value
