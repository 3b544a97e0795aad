"""The tables beside the log, each read in the order of the log and compared with what its entries recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, inspect, select

from api.ledger.migrations import REVISIONS
from api.ledger.tables import log_entries
from api.ledger.upgrade import RevisionFault, find_revision
from api.storage.row_comparison import RowValues, find_differences, key_of, name_row
from api.storage.tables import (
    case_facts,
    cases,
    clearances,
    handover_corrections,
    handovers,
    register_event_items,
    register_events,
    register_items,
    register_lists,
    transfers,
    urgencies,
)

BATCH = 1000
_TABLES = (
    log_entries,
    cases,
    case_facts,
    clearances,
    handovers,
    handover_corrections,
    transfers,
    register_lists,
    register_items,
    register_events,
    register_event_items,
    urgencies,
)
_BYTES = frozenset({log_entries.c.entry, log_entries.c.leaf})
"""Columns that the check of the log itself covers."""


class StoredTable:
    """The stored rows of one table; those of one entry are read at a time, the entries in their order."""

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str]) -> None:
        self.table = table
        query = select(*(table.c[name] for name in columns)).order_by(table.c.sequence)
        stored = connection.execute(query, execution_options={"yield_per": BATCH})
        self._rows: Iterator[RowValues] = (row._asdict() for row in stored)
        self._ahead: RowValues | None = next(self._rows, None)

    def compare(self, sequence: int, recorded: Sequence[RowValues]) -> Iterator[str]:
        """Yield what is wrong up to the rows of an entry, which recorded these."""
        for row in self._take_before(sequence):
            yield self._added(row)
        if not recorded and not self._is_next(sequence):
            return
        missing = {key_of(self.table, row): row for row in recorded}
        for row in self._take(sequence):
            known = missing.pop(key_of(self.table, row), None)
            if known is None:
                yield self._added(row)
            elif names := tuple(find_differences(self.table, known, row)):
                yield self._altered(row, names)
        for row in missing.values():
            yield f"{name_row(self.table, row)}: missing, though entry {sequence} recorded it; removed or renamed"

    def pass_over(self, sequence: int) -> Iterator[str]:
        """Leave out the rows of an entry that cannot be read; yield what is wrong before them."""
        for row in self._take_before(sequence):
            yield self._added(row)
        for _ in self._take(sequence):
            pass

    def finish(self) -> Iterator[str]:
        """Yield the rows behind the last entry."""
        while self._ahead is not None:
            yield self._added(self._next())

    def _altered(self, row: RowValues, names: Sequence[str]) -> str:
        columns = ", ".join(f"`{name}`" for name in names) + (" is" if len(names) == 1 else " are")
        entry = row["sequence"]
        return f"{name_row(self.table, row)}: {columns} not as entry {entry} recorded it; the row was altered"

    def _added(self, row: RowValues) -> str:
        return (
            f"{name_row(self.table, row)}: entry {row['sequence']} did not record it; added, moved or renamed"
        )

    def _take_before(self, sequence: int) -> Iterator[RowValues]:
        while self._ahead is not None and _is_before(self._ahead["sequence"], sequence):
            yield self._next()

    def _take(self, sequence: int) -> Iterator[RowValues]:
        while self._is_next(sequence):
            yield self._next()

    def _is_next(self, sequence: int) -> bool:
        return self._ahead is not None and self._ahead["sequence"] == sequence

    def _next(self) -> RowValues:
        assert self._ahead is not None
        row, self._ahead = self._ahead, next(self._rows, None)
        return row


class AbsentTable:
    """A table that is not there; as long as nothing was recorded in it, nothing is missing."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._reported = False

    def compare(self, sequence: int, recorded: Sequence[RowValues]) -> Iterator[str]:
        """Yield that the table is missing, once."""
        if recorded and not self._reported:
            self._reported = True
            yield f"{self.table.name}: the table is missing, though entry {sequence} recorded rows in it"

    def pass_over(self, sequence: int) -> Iterator[str]:
        """Yield nothing."""
        yield from ()

    def finish(self) -> Iterator[str]:
        """Yield nothing."""
        yield from ()


def open_tables(connection: Connection) -> tuple[list[StoredTable | AbsentTable], list[str]]:
    """Return the tables to compare, and the names of those that are too old, or not there yet."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    tables, older = list[StoredTable | AbsentTable](), list[str]()
    for table in _TABLES:
        if table is urgencies and table.name not in present and not _has_urgencies(connection):
            older.append(table.name)
            continue
        if table.name not in present:
            tables.append(AbsentTable(table))
            continue
        present_columns: set[Any] = {column["name"] for column in inspector.get_columns(table.name)}
        columns = [
            column.name for column in table.columns if column.name in present_columns and column not in _BYTES
        ]
        if "sequence" in columns:
            tables.append(StoredTable(connection, table, columns))
        else:
            older.append(table.name)
    return tables, older


def _has_urgencies(connection: Connection) -> bool:
    """Whether the tables are of a revision with `urgencies`, whose rows repeat what the log holds anyway."""
    try:
        revision = find_revision(connection)
    except RevisionFault:
        return True
    return revision is not None and revision not in REVISIONS[: REVISIONS.index("0005")]


def _is_before(stored: object, sequence: int) -> bool:
    """Whether a row belongs before an entry; a place that is no number is a SQLite row somebody tampered with."""
    return stored is None or (isinstance(stored, int | float) and stored < sequence)
