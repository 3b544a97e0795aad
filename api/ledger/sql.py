"""Statements that are run for every group of entries, as SQL texts, directly by the driver.

Compiling them anew, and SQLAlchemy's result objects, would take longer than running them. Failures of the driver
become SQLAlchemy's. Rows are inserted in as few statements as possible: other threads run between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

MOST_ROWS = 128
"""The most rows of one statement; a power of two, as are all numbers of rows, so that there are few statements."""


def fetch_one(connection: Connection, statement: ClauseElement) -> Sequence[Any]:
    """Return the one row that a statement without parameters finds."""
    (row,) = _run(connection, _text(statement, connection.dialect), ())
    return tuple(row)


def fetch_all(connection: Connection, text: str, *values: object) -> Sequence[Sequence[Any]]:
    """Return the rows that a text of SQL finds, in which a question mark stands for each of the `values`."""
    return _run(connection, _marked(text, connection.dialect), values)


def run_text(connection: Connection, text: str, *values: object) -> None:
    """Run a text of SQL, in which a question mark stands for each of the `values`."""
    _run(connection, _marked(text, connection.dialect), values)


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that hold a value the driver takes for every column of the table, in the order of the columns."""
    for part in _parts(rows):
        run_text(connection, _insertion(table, len(part)), *chain.from_iterable(part))


def _run(connection: Connection, text: str, values: Sequence[object]) -> Sequence[Sequence[Any]]:
    """Run a text for the driver, and return the rows that it finds, if it is one that finds any."""
    try:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else ()
        finally:
            cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error


def _parts(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    done = 0
    while left := len(rows) - done:
        size = min(MOST_ROWS, 1 << left.bit_length() - 1)
        yield rows[done : done + size]
        done += size


@cache
def _text(statement: ClauseElement, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect))


@cache
def _marked(text: str, dialect: Dialect) -> str:
    return text if dialect.paramstyle == "qmark" else text.replace("?", "%s")


@cache
def _insertion(table: Table, rows: int) -> str:
    names = ", ".join(table.columns.keys())
    row = f"({', '.join('?' * len(table.columns))})"
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row] * rows)}"
