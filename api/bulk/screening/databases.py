"""What a database has to do for a screening: read the lines of a file, and hand them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from api.bulk.screening.sources import Column, FileKind


class Engine(StrEnum):
    """The databases that can read the rows of a screening."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class Database(Protocol):
    """A database of its own for one screening."""

    dialect: str
    """The SQL that it is given, as `engine.bulk.reading` names it."""

    reads: frozenset[FileKind]
    """The files that it reads itself; others are stored as parquet for it."""

    def open_file(self, path: Path, kind: FileKind, columns: Sequence[Column]) -> None:
        """Make the file the table `source`, with a column for each fact, and the place of each row, from 0."""

    def keep(self, statement: str) -> bool:
        """Keep the lines that the statement finds, in place of those before; whether there are bad ones."""

    def batches(self, rows: int) -> Iterator[Any]:
        """The good lines, as Arrow batches of at most so many, in their order."""

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the statement finds."""

    def progress(self) -> float:
        """How far the running statement is, of 100; less than 0 where that is not known."""
