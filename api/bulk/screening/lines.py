"""The lines of a file: the line numbers of rows, lines that are no rows, and requests as rows."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, assert_never

from api.bulk.screening.sources import FileKind, RowFile, UnusableFile
from api.files.csv_form import tidy, unguard
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from engine import Kind, Request, Vocabulary, Word
from engine.bulk.reading import LINE, REQUEST_ID
from engine.bulk.rows import RequestRow, request_rows
from engine.contract.vocabulary import COUNTRIES

Reject = Callable[[int, Sequence[dict[str, str]], str | None], None]
BATCH = 20_000
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Line:
    """The line number of a row, from 1, and its text if the file is text."""

    number: int
    text: str | None


def line_numbers(source: RowFile, rows: Sequence[int]) -> list[Line]:
    """The places of rows, which are counted from 0 and ascend; in a parquet file, the row counts as the line."""
    if source.kind is not FileKind.CSV:
        return [Line(row + 1, None) for row in rows]
    sought, found = set(rows), []
    fitting = (record for record in _records(source) if not record[2])
    for number, (line, cells, _) in enumerate(fitting):
        if number in sought:
            found.append(Line(line, _written(cells, source)))
            if len(found) == len(sought):
                break
    return found


def sift_csv(source: RowFile, good: Path, reject: Reject) -> RowFile:
    """Copy the rows with a cell for each column; the others are rejected."""
    with good.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=source.separator, quoting=csv.QUOTE_ALL)
        writer.writerow(column.fact for column in source.columns)
        for line, cells, fault in _records(source):
            if fault:
                reject(line, [{"fact": "", "fault": fault}], _written(cells, source))
            else:
                writer.writerow(cells)
    return replace(source, path=good, head=1)


def store_texts(source: RowFile, out: Path, reject: Reject) -> RowFile:
    """Store the rows with a cell for each column as a table of texts; the others are rejected."""
    import pyarrow
    import pyarrow.parquet

    def fitting() -> Iterator[list[str | None]]:
        for line, cells, fault in _records(source):
            if fault:
                reject(line, [{"fact": "", "fault": fault}], _written(cells, source))
            else:
                yield [unguard(tidy(cell)) or None for cell in cells]

    header = [column.fact for column in source.columns]
    schema = pyarrow.schema([(name, pyarrow.string()) for name in header])
    rows = fitting()
    with pyarrow.parquet.ParquetWriter(out, schema) as writer:
        while batch := list(islice(rows, BATCH)):
            columns = dict(zip(header, zip(*batch, strict=True), strict=True))
            writer.write_table(pyarrow.table(columns, schema=schema))
    return RowFile(out, FileKind.PARQUET, source.columns)


def _records(source: RowFile) -> Iterator[tuple[int, list[str], str]]:
    """Each row with the line it begins at and what is wrong with it, if anything; rows too few or too many cells of
    which are all blank are no rows.
    """
    width = len(source.columns)
    with source.path.open(encoding="utf-8", errors="replace", newline="") as file:
        for _ in range(source.head):
            next(file)
        reader = csv.reader(file, delimiter=source.separator)
        before = source.head
        for cells in reader:
            line, before = before + 1, source.head + reader.line_num
            fault = ""
            if len(cells) != width:
                if not any(map(tidy, cells)):
                    continue
                fault = f"has {len(cells)} cells, and the first line has {width}"
            elif any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
                fault = "is not UTF-8"
            yield line, cells, fault


def _written(cells: Sequence[str], source: RowFile) -> str:
    special = {source.separator, *'"\r\n'}
    return source.separator.join(
        '"' + cell.replace('"', '""') + '"' if set(cell) & special else cell for cell in cells
    )


def _column_type(word: Word) -> Any:
    import pyarrow

    match word.kind:
        case Kind.TRUTH:
            return pyarrow.bool_()
        case Kind.CHOICE | Kind.TEXT:
            return pyarrow.string()
        case Kind.NUMBER if word.whole:
            return pyarrow.int64()
        case Kind.NUMBER:
            return pyarrow.decimal128(38, 10)
        case Kind.DATE:
            return pyarrow.date32()
        case _:
            assert_never(word.kind)


def store_requests(
    vocabulary: Vocabulary, requests: Path | Iterable[Request], path: Path, reject: Reject | None = None
) -> None:
    """Store requests as a table of lines; of a file, each line is read as `channelgate check` reads a request."""
    import pyarrow
    import pyarrow.parquet

    columns = [REQUEST_ID, LINE, *vocabulary.row_facts]
    types = {name: _column_type(word) for name, word in vocabulary.words.items()}
    types |= {name: pyarrow.string() for name in (REQUEST_ID, LINE)}
    types |= {COUNTRIES: pyarrow.list_(pyarrow.string())}
    schema = pyarrow.schema([(name, types[name]) for name in columns])
    rows = (
        _rows_in(vocabulary, requests, reject)
        if isinstance(requests, Path)
        else _rows_of(vocabulary, requests)
    )
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(rows, BATCH)):
            found = {name: [row.get(name) for row in batch] for name in columns}
            writer.write_table(pyarrow.table(found, schema=schema))


def _rows_of(vocabulary: Vocabulary, requests: Iterable[Request]) -> Iterator[RequestRow]:
    for request in requests:
        yield from request_rows(vocabulary, request)


def _rows_in(vocabulary: Vocabulary, path: Path, reject: Reject | None) -> Iterator[RequestRow]:
    assert reject is not None
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                body = line.removeprefix(BOM_UTF8) if number == 1 else line
                if body.strip():
                    yield from _rows_at(vocabulary, number, body, reject)
    except OSError as error:
        raise UnusableFile(
            f"{path} cannot be read ({error.strerror})", "name a file with requests"
        ) from error


def _rows_at(vocabulary: Vocabulary, number: int, body: bytes, reject: Reject) -> list[RequestRow]:
    received = read_request(body, vocabulary)
    text = body.decode(errors="replace").rstrip("\r\n")
    if isinstance(received, Problem):
        faults = [{"fact": fault.pointer or "", "fault": fault.detail} for fault in received.errors or ()]
        reject(number, faults or [{"fact": "", "fault": received.detail}], text)
        return []
    try:
        return list(request_rows(vocabulary, received.request))
    except ValueError as error:
        reject(number, [{"fact": "", "fault": str(error)}], text)
        return []
