"""Tables as CSV files: UTF-8, comma or semicolon between cells, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.files.columns import TABLES, Cell, CellKind, TableKind
from api.files.csv_form import (
    SeparatorUnclear,
    find_doubt,
    find_separator,
    guard,
    is_blank,
    tidy,
    unguard,
    with_point,
)
from api.files.faults import Fault, file_fault
from api.files.tables import Row, Table, read_table


@dataclass(frozen=True, slots=True)
class CsvCells:
    """The numbered rows of cells of a file, what stands between them, and what was wrong with its form."""

    rows: Sequence[tuple[int, Sequence[Cell]]] = ()
    separator: str = ","
    faults: tuple[Fault, ...] = ()


def read_csv(source: str, content: bytes) -> Table:
    """Return the table of a register in a file."""
    found = read_csv_cells(source, content)
    if found.faults and not found.rows:
        return Table(source, TableKind.ITEMS, (), found.faults)
    table = read_table(source, None, found.rows)
    if found.separator == ";":
        table = _with_points(table)
    return Table(source, table.kind, table.rows, (*table.faults, *found.faults))


def read_csv_cells(source: str, content: bytes) -> CsvCells:
    """Return the cells of a file, with or without byte order mark, with line ends of any kind."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        outside_quotes = content[: error.start].split(b'"')[::2]
        row = sum(part.count(b"\n") for part in outside_quotes) + 1
        fault = file_fault(source, "holds a byte that is not UTF-8", "save the file as `CSV UTF-8`", row)
        return CsvCells(faults=(fault,))
    try:
        separator = _separator(text)
    except SeparatorUnclear as unclear:
        fault = file_fault(source, unclear.fact, unclear.remedy, 1)
        return CsvCells(faults=(fault,))
    rows, broken = list[tuple[int, list[Cell]]](), tuple[Fault, ...]()
    try:
        for texts in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append((len(rows) + 1, [Cell(unguard(tidy(cell))) for cell in texts]))
    except csv.Error:
        broken = (_broken(source, len(rows) + 1),)
    return CsvCells(rows, separator, broken)


def write_csv(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return the file of a table, the same bytes for the same rows; by its mark Excel knows that it is UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([guard(text) for text in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _separator(text: str) -> str:
    return find_separator(next((line for line in text.splitlines() if not is_blank(line)), ""))


def _with_points(table: Table) -> Table:
    """A table whose numbers may be written with a comma for the point: with points, and those in doubt as faults."""
    columns = [
        (at, column) for at, column in enumerate(TABLES[table.kind], 1) if CellKind.NUMBER in column.kinds
    ]
    rows, faults = list[Row](), list(table.faults)
    for row in table.rows:
        written = {column.name: row.cells[column.name].text for _, column in columns}
        for at, column in columns:
            if doubt := find_doubt(written[column.name]):
                faults.append(Fault(table.source, row.number, at, column.name, *doubt))
        points = {name: Cell(with_point(text)) for name, text in written.items()}
        rows.append(Row(row.number, {**row.cells, **points}))
    return Table(table.source, table.kind, tuple(rows), tuple(faults))


def _broken(source: str, row: int) -> Fault:
    return file_fault(
        source,
        "has a double quote that does not close, or text behind a closing one; what follows was not read",
        'put the cell between double quotes, and write each double quote in it as ""',
        row,
    )
