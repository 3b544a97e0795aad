"""The rows that entries recorded, by table; and how a stored row differs from the one that was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from api.storage.tables import cases, handovers, register_events

RowValues = Mapping[str, Any]
"""A row, by the names of its columns."""
RowsByTable = Mapping[Table, Sequence[RowValues]]
"""Rows by table."""

_JSON = frozenset({cases.c.lines, cases.c.claims, handovers.c.content, register_events.c.content})
"""Columns of JSON, whose layout is insignificant."""


def name_row(table: Table, row: RowValues) -> str:
    """Return the name of a row: its table and its key."""
    key = ", ".join(f"{column.name} {row[column.name]}" for column in table.primary_key.columns)
    return f"{table.name} ({key})"


def key_of(table: Table, row: RowValues) -> tuple[object, ...]:
    """Return the key of a row."""
    return tuple(row[column.name] for column in table.primary_key.columns)


def find_differences(table: Table, recorded: RowValues, stored: RowValues) -> Iterator[str]:
    """Yield the columns in which a stored row is not as it was recorded."""
    for name, value in stored.items():
        expected = recorded.get(name)
        if table.c[name] in _JSON:
            expected, value = _plain(expected), _plain(value)
        if value != expected:
            yield name


def _plain(content: object) -> str | None:
    """JSON in one form; None for what is none."""
    try:
        return json.dumps(json.loads(str(content)), sort_keys=True)
    except (ValueError, RecursionError):
        return None
