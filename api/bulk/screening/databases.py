"""The interface of a database for a screening: it reads the lines of a file and yields them in batches."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from api.bulk.screening.sources import FileKind, RowFile


class Engine(StrEnum):
    """The databases that can read the rows of a screening."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class ScreeningDatabase(Protocol):
    """A database used by one screening alone."""

    dialect: str
    """The SQL that it is given, as `engine.bulk.reading` names it."""

    reads: frozenset[FileKind]
    """The files that it reads itself; others are stored as parquet for it."""

    def open_file(self, source: RowFile) -> None:
        """Make the file the table `source`, with a column for each fact, and the place of each row, from 0."""

    def store(self, statement: str) -> bool:
        """Store the lines that the statement finds, replacing those before; whether there are bad ones."""

    def batches(self, rows: int) -> Iterator[Any]:
        """The good lines, as Arrow batches of at most so many, in their order."""

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that the statement finds."""

    def progress(self) -> float:
        """The progress of the running statement in percent; negative if unknown."""
