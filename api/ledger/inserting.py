"""Many rows into a table in as few statements as can be: between two of them other threads take their turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

MOST_ROWS = 128
"""The most rows of one statement; a power of two, as are all numbers of rows, so that few statements are prepared."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that hold a value the driver takes for every column of the table, in the order of the columns."""
    mark = {"qmark": "?", "format": "%s", "pyformat": "%s"}[connection.dialect.paramstyle]
    for part in _parts(rows):
        values = tuple(value for row in part for value in row)
        connection.exec_driver_sql(_statement(table, len(part), mark), values)


def _parts(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    done = 0
    while left := len(rows) - done:
        size = min(MOST_ROWS, 1 << left.bit_length() - 1)
        yield rows[done : done + size]
        done += size


@cache
def _statement(table: Table, rows: int, mark: str) -> str:
    names = ", ".join(table.columns.keys())
    row = f"({', '.join([mark] * len(table.columns))})"
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row] * rows)}"
