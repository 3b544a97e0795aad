"""Tables of rules as sheets for officers: written as CSV or a workbook, and read back over the rows there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.files.columns import Cell, CellWords
from api.files.csv_form import tidy
from api.files.csv_tables import read_csv_cells, write_csv
from api.files.faults import CellFault, Fault, RegisterFaults, file_fault
from api.files.register_files import RegisterFile, find_excess, find_files, is_csv
from api.files.rule_cells import COLUMNS, row_of, values_by_column, write_cell
from api.files.tables import Row, read_rows
from engine import Diagnostic, Document, Place, RuleValues

SHEET = "rows"
MAX_CELL = 32_767
"""How many characters a cell of a workbook takes."""

_ANY = CellWords(dt.date.max)


@dataclass(frozen=True, slots=True)
class RuleSheet:
    """A sheet as read: where from, its rows, and in which row of it each rule stands."""

    source: str
    rows: tuple[RuleValues, ...]
    numbers: Mapping[str, int]


def write_sheet(rows: Sequence[RuleValues], name: str) -> bytes:
    """Return the file of the rows of a table, of the form that its name says. Raises `RegisterFaults`."""
    names = [column.name for column in COLUMNS]
    texts = [[written.get(name, "") for name in names] for written in map(_cells_of, rows)]
    if is_csv(name):
        return write_csv(names, texts)
    faults = [
        Fault(name, number, position, names[position - 1], "is longer than a cell of a workbook", "write CSV")
        for number, row in enumerate(texts, 2)
        for position, text in enumerate(row, 1)
        if len(text) > MAX_CELL
    ]
    if faults:
        raise RegisterFaults(faults)
    from api.files.xlsx_tables import write_workbook

    return write_workbook({SHEET: (names, texts)})


def read_sheet(path: Path, known: Sequence[RuleValues]) -> RuleSheet:
    """Return the rows of a sheet; what a cell says as before keeps its value in the row of that rule among the known.

    Raises `RegisterFaults`, and `FilesUnreadable` if there is nothing to read.
    """
    file = _find_file(path)
    rows, faults = _rows_in(file)
    by_name = {row["rule"]: row for row in known}
    read: list[RuleValues] = []
    numbers: dict[str, int] = {}
    for row in rows:
        old = by_name.get(row.cells["rule"].text, {})
        values, wrong = _values_of(file.name, row, old)
        faults += wrong
        name = values.get("rule")
        if name in numbers:
            fact = f"the rule `{name}` stands in row {numbers[name]} already"
            faults.append(Fault(file.name, row.number, 1, "rule", fact, "rename or delete one of them"))
        elif name is not None:
            numbers[name] = row.number
        read.append(row_of(values, old))
    if faults:
        raise RegisterFaults(faults)
    return RuleSheet(file.name, tuple(read), numbers)


def _cells_of(row: RuleValues) -> dict[str, str]:
    return {name: write_cell(name, value) for name, value in values_by_column(row).items()}


def _find_file(path: Path) -> RegisterFile:
    if path.is_dir():
        raise RegisterFaults([file_fault(path.name, "is a folder", "name a CSV file or an XLSX workbook")])
    return find_files([path])[0]


def _rows_in(file: RegisterFile) -> tuple[tuple[Row, ...], list[Fault]]:
    """The rows of a file under the names of the columns, and what is wrong with its form."""
    if excess := find_excess(file):
        return (), list(excess)
    if is_csv(file.name):
        cells = read_csv_cells(file.name, file.content)
        if cells.faults and not cells.rows:
            return (), list(cells.faults)
        rows, faults = read_rows(file.name, "a table of rules", COLUMNS, cells.rows)
        return rows, [*faults, *cells.faults]
    from api.files.xlsx_tables import read_sheets

    found, unread = tuple[Row, ...](), list[Fault]()
    for sheet in read_sheets(file.name, file.content, [SHEET]):
        unread += sheet.faults
        if sheet.is_read:
            rows, faults = read_rows(sheet.source, "a table of rules", COLUMNS, sheet.rows)
            found, unread = (*found, *rows), [*unread, *faults]
    return found, unread


def _values_of(source: str, row: Row, old: RuleValues) -> tuple[dict[str, Any], list[Fault]]:
    """The values of a row by column, and the faults of its cells."""
    before, written = values_by_column(old), _cells_of(old)
    values, faults = dict[str, Any](), list[Fault]()
    for position, column in enumerate(COLUMNS, 1):
        cell = row.cells.get(column.name, Cell(""))
        if column.name in before and cell.text == tidy(written[column.name]):
            values[column.name] = before[column.name]
            continue
        try:
            value = column.value_of(cell, _ANY)
        except CellFault as fault:
            faults.append(Fault(source, row.number, position, column.name, fault.fact, fault.remedy))
            continue
        if value is not None:
            values[column.name] = value
    return values, faults


def faults_in_sheet(
    sheet: RuleSheet, table: str, document: Document, findings: Iterable[Diagnostic]
) -> tuple[list[Fault], list[Diagnostic]]:
    """Return the findings about the rows of a table as faults of their cells, and the others.

    `document` is the policy file with the rows of the sheet, to which the findings belong.
    """
    faults, others = list[Fault](), list[Diagnostic]()
    for finding in findings:
        path = _path_in_table(document, table, finding.place) if finding.place.file == document.file else ()
        if not path:
            others.append(finding)
            continue
        rule = document.value_at((*path[:4], "rule"))
        keys = [str(step) for step in path[4:] if str(step) in _POSITIONS]
        column = keys[0] if keys else "from" if "in_force" in path else ""
        position = _POSITIONS.get(column, 0)
        faults.append(
            Fault(sheet.source, sheet.numbers[rule], position, column, finding.message, finding.remedy)
        )
    return faults, others


_POSITIONS = {column.name: position for position, column in enumerate(COLUMNS, 1)}


def _path_in_table(document: Document, table: str, place: Place) -> tuple[str | int, ...]:
    """The path to what a place within a row is about; empty if it is in no row of the table."""
    index = document.line_starts[place.line - 1] + place.column - 1
    names = [entry["table"] for entry in document.value["tables"]]
    rows = ("tables", names.index(table), "rows")
    begun = [
        (start, path)
        for path, start in (
            *document.keys.items(),
            *((path, at) for path, (at, _) in document.places.items()),
        )
        if path[:3] == rows and len(path) > 3 and start <= index < document.places[path[:4]][1]
    ]
    return max(begun, key=lambda found: (found[0], len(found[1])), default=(0, ()))[1]
