"""The files to screen: their kinds and their columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any, assert_never

from api.files.csv_form import SeparatorUnclear, find_separator, is_blank, tidy
from engine import Vocabulary
from engine.bulk.column_forms import HOLDING_TEXTS, ColumnForm


class FileKind(StrEnum):
    """The format of a file, recognised by the suffix of its name."""

    PARQUET = ".parquet"
    CSV = ".csv"
    JSON_LINES = ".jsonl"


class UnusableFile(Exception):
    """A file as a whole cannot be screened or written; `remedy` says what to do."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column, named after its fact: its path in the file, and its form."""

    fact: str
    path: tuple[str, ...]
    form: ColumnForm


def kind_of(path: Path) -> FileKind:
    """The kind of a file. Raises UnusableFile for another name."""
    ends = {**{kind.value: kind for kind in FileKind}, ".ndjson": FileKind.JSON_LINES}
    if path.suffix.lower() in ends:
        return ends[path.suffix.lower()]
    raise UnusableFile(f"{path} is of no kind that can be screened", "name a .parquet, .csv or .jsonl file")


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file of rows and its columns; of a CSV file, what stands between its cells and which line the names are.

    Its texts are `stated` by callers, unless they have been read as requests before.
    """

    path: Path
    kind: FileKind
    columns: Sequence[SourceColumn]
    separator: str = ","
    head: int = 1
    stated: bool = True

    @property
    def stated_texts(self) -> frozenset[str]:
        """The columns whose texts are yet to be taken in their normal form."""
        texts = (column.fact for column in self.columns if column.form in HOLDING_TEXTS)
        return frozenset(texts) if self.stated else frozenset()


def row_file(vocabulary: Vocabulary, path: Path) -> RowFile:
    """The file with its columns; those of JSON lines are found when they have been read. Raises UnusableFile."""
    match kind := kind_of(path):
        case FileKind.PARQUET:
            return RowFile(path, kind, parquet_columns(path))
        case FileKind.CSV:
            return csv_file(vocabulary, path)
        case FileKind.JSON_LINES:
            return RowFile(path, kind, ())
        case _:
            assert_never(kind)


def csv_file(vocabulary: Vocabulary, path: Path) -> RowFile:
    """The columns of a CSV file, from the first line that is not blank. Raises UnusableFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first, blank = _first_line(file)
            separator = find_separator(first)
            names = csv.reader(chain([first], file), delimiter=separator)
            header = [tidy(name).casefold() for name in next(names, [])]
            head = blank + 1
    except SeparatorUnclear as unclear:
        raise UnusableFile(f"the first line of {path} {unclear.fact}", unclear.remedy) from unclear
    except UnicodeDecodeError as error:
        raise UnusableFile(f"{path} is not UTF-8", "store it as UTF-8") from error
    except OSError as error:
        raise UnusableFile(
            f"{path} cannot be read ({error.strerror})", "name a file with requests"
        ) from error
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or not header:
        fact = f"the column `{twice[0]}` stands twice in {path}" if twice else f"{path} is empty"
        raise UnusableFile(fact, "give each column its own name, in the first line")
    columns = [SourceColumn(name, (name,), _written_form(vocabulary, name, separator)) for name in header]
    return RowFile(path, FileKind.CSV, columns, separator, head)


def _first_line(file: Iterable[str]) -> tuple[str, int]:
    """The first line that is not blank, and how many are before it."""
    for number, line in enumerate(file):
        if not is_blank(line):
            return line, number
    return "", 0


def _written_form(vocabulary: Vocabulary, name: str, separator: str) -> ColumnForm:
    """Where cells are separated by semicolons, a comma may stand in a number."""
    word = vocabulary.words.get(name)
    if separator == ";" and word is not None and word.is_amount:
        return ColumnForm.WRITTEN_WITH_COMMA
    return ColumnForm.WRITTEN


def parquet_columns(path: Path) -> list[SourceColumn]:
    """The columns of a parquet file, members of structures among them. Raises UnusableFile."""
    import pyarrow
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise UnusableFile(f"{path} cannot be read as parquet", "name a whole parquet file") from error
    columns = [column for field in schema for column in _columns(field, ())]
    names = [column.fact for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableFile(f"the column `{twice[0]}` stands twice in {path}", "give each column its own name")
    return columns


def _columns(field: Any, before: tuple[str, ...]) -> Iterator[SourceColumn]:
    from pyarrow import types

    path, kind = (*before, field.name), field.type
    if types.is_struct(kind):
        for inner in kind:
            yield from _columns(inner, path)
        return
    if types.is_dictionary(kind):
        kind = kind.value_type
    form = next((form for form in ColumnForm if _has_form(kind, form)), None)
    name = ".".join(path)
    if form is None:
        raise UnusableFile(
            f"the column `{name}` holds values that no fact has ({kind})",
            "store truths as booleans, days as dates and words as texts, one row for each item",
        )
    yield SourceColumn(name, path, form)


def _has_form(kind: Any, form: ColumnForm) -> bool:
    from pyarrow import types

    match form:
        case ColumnForm.TRUTH:
            return bool(types.is_boolean(kind))
        case ColumnForm.TEXT:
            return bool(types.is_string(kind) or types.is_large_string(kind))
        case ColumnForm.WHOLE:
            return bool(types.is_integer(kind))
        case ColumnForm.DECIMAL:
            return bool(types.is_decimal(kind))
        case ColumnForm.FLOATING:
            return bool(types.is_floating(kind))
        case ColumnForm.DAY:
            return bool(types.is_date32(kind))
        case ColumnForm.CODES:
            return bool(types.is_list(kind) and types.is_string(kind.value_type))
        case ColumnForm.WRITTEN | ColumnForm.WRITTEN_WITH_COMMA:
            return False  # only text files have unparsed values
        case _:
            assert_never(form)
