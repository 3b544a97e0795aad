"""The only module that uses DuckDB: it runs the statements of a screening, within a memory limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, assert_never

import duckdb

from api.bulk.screening.sources import FileKind, RowFile, SourceColumn, UnusableFile
from api.files.csv_form import BLANKS, FORMULA, GUARDED
from api.parsing.characters import NORMAL_FORM
from engine.bulk.column_forms import ColumnForm
from engine.bulk.reading import BAD, ROW


class Duck:
    """A database for one screening; what does not fit into `memory` is spilled to files in `folder`."""

    dialect = "duckdb"
    reads = frozenset({FileKind.PARQUET, FileKind.CSV})

    def __init__(self, folder: Path, memory: str, threads: int | None = None) -> None:
        self.connection = duckdb.connect()
        with _unusable_file("the memory that DuckDB may use cannot be set", "write it as in 2GB"):
            self.connection.execute(f"SET memory_limit = {_text(memory)}")
        self.connection.execute(f"SET temp_directory = {_text(str(folder / 'spilled'))}")
        self.connection.execute("SET TimeZone = 'UTC'")
        # A column of long texts would be fetched whole, and need not fit into the memory.
        self.connection.execute("SET disable_parquet_prefetching = true")
        # A screening downloads no extensions.
        self.connection.execute("SET autoinstall_known_extensions = false")
        if threads:
            self.connection.execute(f"SET threads = {threads}")

    def open_file(self, source: RowFile) -> None:
        """Make the file the table `source`, with a column for each fact, and the place of each row, from 0."""
        read = _reading(source)
        taken = ", ".join(f"{_taken(column, source)} AS {_name(column.fact)}" for column in source.columns)
        place = f"row_number() OVER () - 1 AS {ROW}"
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW source AS SELECT {taken}, {place} FROM {read}")

    def store(self, statement: str) -> bool:
        """Store the lines that the statement finds, replacing those before; whether there are bad ones."""
        with _unusable_file("the rows cannot be read", "mend the file"):
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE lines AS {statement}")
        return bool(self.rows(f"SELECT 1 FROM lines WHERE {BAD} LIMIT 1"))

    def batches(self, rows: int) -> Iterator[Any]:
        """The good lines, as Arrow batches of at most so many, in their order."""
        with _unusable_file("the rows cannot be read", "mend the file"):
            yield from self.connection.sql(f"FROM lines WHERE NOT {BAD}").to_arrow_reader(rows)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that the statement finds."""
        with _unusable_file("the rows cannot be read", "mend the file"):
            return self.connection.execute(statement).fetchall()

    def write(self, statement: str, path: Path, kind: FileKind) -> None:
        """Write the rows that the statement finds to a text file."""
        with _unusable_file(f"{path} cannot be written", "choose another place with --out"):
            self.connection.execute(f"COPY ({statement}) TO {_text(str(path))} {_format_of(kind)}")

    def progress(self) -> float:
        """The progress of the running statement in percent; negative if unknown."""
        return float(self.connection.query_progress())


def _reading(source: RowFile) -> str:
    match source.kind:
        case FileKind.CSV:
            names = ", ".join(f"{_text(column.fact)}: 'VARCHAR'" for column in source.columns)
            return (
                f"read_csv({_text(str(source.path))}, columns = {{{names}}}, auto_detect = false, header = true,"
                f" skip = {source.head - 1}, delim = {_text(source.separator)}, quote = '\"', escape = '\"',"
                " nullstr = '', max_line_size = 10000000)"
            )
        case FileKind.PARQUET:
            return f"read_parquet({_text(str(source.path))})"
        case FileKind.JSON_LINES:
            raise AssertionError("requests as lines of JSON are stored as parquet before they are read")
        case _:
            assert_never(source.kind)


def _taken(column: SourceColumn, source: RowFile) -> str:
    """What a column holds, with texts that a caller states in their normal form."""
    held = _read_cell(_path(column)) if source.kind is FileKind.CSV else _path(column)
    if column.fact not in source.stated_texts:
        return held
    if column.form is ColumnForm.CODES:
        return f"list_transform({held}, lambda code: {NORMAL_FORM.lower()}_normalize(code))"
    return f"{NORMAL_FORM.lower()}_normalize({held})"


def _read_cell(column: str) -> str:
    """The text of a cell as `api.files.csv_form` reads it, by functions of the database; null if it is empty."""
    lines = f"replace(replace({column}, chr(13) || chr(10), chr(10)), chr(13), chr(10))"
    tidy = f"trim({lines}, {_text(BLANKS)})"
    read = f"nullif(regexp_replace({tidy}, {_text(GUARDED)}, '\\1'), '')"
    # Few cells need it, and to ask costs a fraction of doing it.
    needed = f"^['{BLANKS}]|[{BLANKS}]$|\r"
    return f"CASE WHEN regexp_matches({column}, {_text(needed)}) THEN {read} ELSE {column} END"


def guarded_cell(column: str) -> str:
    """The text of a cell as `api.files.csv_form` writes it, by functions of the database."""
    return f"CASE WHEN regexp_matches({column}, {_text(FORMULA)}) THEN chr(39) || {column} ELSE {column} END"


def _format_of(kind: FileKind) -> str:
    match kind:
        case FileKind.CSV:
            return "(FORMAT csv, HEADER)"
        case FileKind.JSON_LINES:
            return "(FORMAT json)"
        case FileKind.PARQUET:
            return "(FORMAT parquet)"
        case _:
            assert_never(kind)


@contextmanager
def _unusable_file(fact: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UnusableFile(
            "the memory given does not suffice", "give more with --memory, such as 4GB"
        ) from error
    except duckdb.Error as error:
        raise UnusableFile(f"{fact} ({str(error).splitlines()[0]})", remedy) from error


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _path(column: SourceColumn) -> str:
    return ".".join(_name(step) for step in column.path)
