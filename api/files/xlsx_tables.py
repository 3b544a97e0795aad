"""Tables as sheets of an XLSX workbook: those of a register as `lists` and `items`.

What a clerk does not see on the screen is not imported by surprise: formulas, merged cells, hidden rows, columns and
sheets are faults, and so is what a format shows otherwise than a cell holds it. A workbook that is written has text
alone and no timestamp.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from api.files.columns import Cell, CellKind, TableKind
from api.files.csv_form import tidy
from api.files.faults import Fault, file_fault
from api.files.number_formats import day_shown_otherwise, number_shown_otherwise, text_shown
from api.files.spreadsheet_library import (
    FORMAT_TEXT,
    Alignment,
    MergedCell,
    SheetCell,
    Workbook,
    Worksheet,
    load_workbook,
)
from api.files.tables import MAX_ROWS, Table, read_table

MAX_UNPACKED_BYTES = 256 * 1024**2
MAX_COLUMNS = 100
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WRITTEN = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS = {"title": 48, "description": 60, "source": 48, "remarks": 40, "when": 48, "say": 48, "duties": 72}


def read_workbook(source: str, content: bytes) -> list[Table]:
    """Return the tables of a register in a workbook."""
    return [_table(cells) for cells in read_sheets(source, content, tuple(TableKind))]


def _table(cells: SheetCells) -> Table:
    kind = TableKind(cells.name or TableKind.ITEMS)
    if not cells.is_read:
        return Table(cells.source, kind, (), cells.faults)
    table = read_table(cells.source, kind, cells.rows)
    return Table(cells.source, kind, table.rows, (*table.faults, *cells.faults))


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The numbered rows of cells of a sheet, and what was wrong with it; no name if it is none of those wanted."""

    source: str
    name: str | None
    rows: Sequence[tuple[int, Sequence[Cell]]]
    faults: tuple[Fault, ...]
    is_read: bool = True


def read_sheets(source: str, content: bytes, names: Sequence[str]) -> list[SheetCells]:
    """Return the sheets of these names in a workbook, and what stands against reading it."""
    book = _load(content)
    if book is None:
        fault = file_fault(
            source, "cannot be read as a workbook", "save it as an XLSX workbook without a password"
        )
        return [_unread(source, None, fault)]
    sheets = [cells for sheet in book.worksheets if (cells := _read_sheet(source, sheet, names))]
    if not sheets:
        fact = f"has no sheet {' and none '.join(f'`{name}`' for name in names)}"
        sheets.append(_unread(source, None, file_fault(source, fact, "name its sheets so")))
    return sheets


def write_workbook(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """Return the workbook of sheets, each the names of its columns and its rows: the same bytes for the same rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, (names, rows) in sheets.items():
        sheet = book.create_sheet(title)
        for number, texts in enumerate([names, *rows], 1):
            for position, text in enumerate(texts, 1):
                _write(sheet.cell(number, position), text)
        sheet.freeze_panes = "A2"
        for position, name in enumerate(names, 1):
            letter = sheet.cell(1, position).column_letter
            sheet.column_dimensions[letter].width = _WIDTHS.get(name, 18)
    stream = io.BytesIO()
    book.save(stream)
    return _without_time(stream.getvalue())


def _load(content: bytes) -> Workbook | None:
    """The workbook, or None: a file of another make can fail anywhere in the library, with any exception."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(content), keep_links=False)
    except Exception:
        return None


def _unread(place: str, name: str | None, fault: Fault) -> SheetCells:
    return SheetCells(place, name, (), (fault,), is_read=False)


def _read_sheet(source: str, sheet: Worksheet, names: Sequence[str]) -> SheetCells | None:
    """The cells of a sheet; None for an empty sheet of another name."""
    place = f"{source}, sheet {sheet.title}"
    name = next((name for name in names if name == sheet.title.strip().casefold()), None)
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        fact = f"reaches to row {sheet.max_row} and column {sheet.max_column}"
        fault = file_fault(
            place, fact, f"delete the empty rows and columns; {MAX_ROWS} rows are read at most"
        )
        return _unread(place, name, fault)
    filled = _filled_rows(sheet)
    if name is None:
        return _unread(place, None, _another(place, names)) if filled else None
    read = {number: {at: _read_cell(cell) for at, cell in row.items()} for number, row in filled.items()}
    faults = [
        *_unseen(place, sheet),
        *(
            found
            for number, row in read.items()
            for at, cell in row.items()
            if (found := _cell_fault(place, filled[number][at], cell))
        ),
    ]
    width = max((at for row in read.values() for at in row), default=0)
    empty = Cell("")
    rows = [(number, [row.get(at, empty) for at in range(1, width + 1)]) for number, row in read.items()]
    return SheetCells(place, name, rows, tuple(faults))


def _filled_rows(sheet: Worksheet) -> dict[int, dict[int, SheetCell | MergedCell]]:
    """The cells that hold something, by row and column. To go through a sheet would make each cell that it lacks."""
    rows: dict[int, dict[int, SheetCell | MergedCell]] = {}
    for (row, column), cell in sorted(sheet._cells.items()):
        if cell.value is not None:
            rows.setdefault(row, {})[column] = cell
    return rows


def _another(place: str, names: Sequence[str]) -> Fault:
    shown = " nor ".join(f"`{name}`" for name in names)
    fact = f"is {'neither' if len(names) > 1 else 'not'} {shown}"
    return file_fault(place, fact, "rename the sheet, or move it to another workbook")


def _unseen(place: str, sheet: Worksheet) -> Iterator[Fault]:
    """What the screen does not show, or shows as something else than the cells hold."""
    if sheet.sheet_state != "visible":
        yield file_fault(place, "is a hidden sheet", "unhide it and look through it")
    for area in sheet.merged_cells.ranges:
        fact = f"the cells {area.coord} are merged"
        yield file_fault(place, fact, "unmerge them and fill each cell", area.min_row)
    for number, row in sorted(sheet.row_dimensions.items()):
        if row.hidden and number <= sheet.max_row:
            yield file_fault(place, "is hidden", "unhide the row, or clear the filter that hides it", number)
    for letter, column in sorted(sheet.column_dimensions.items()):
        if column.hidden and (column.min or 0) <= sheet.max_column:
            yield file_fault(place, f"the column {letter} is hidden", "unhide it and look through it")


def _cell_fault(place: str, cell: SheetCell | MergedCell, read: Cell) -> Fault | None:
    """The fault that prevents a cell from being read at all."""
    if isinstance(cell.value, str | int | float | dt.date) and cell.data_type in "snd":
        moment = cell.value
        if not isinstance(moment, dt.datetime) or moment.time() == dt.time():
            return _shown_otherwise(place, cell, read)
        fact, remedy = "holds an hour beside the day", "type the day alone"
    else:
        fact, remedy = _UNREADABLE.get(
            cell.data_type, ("holds no text, number or day", "type the cell as text")
        )
    return Fault(place, cell.row or 0, cell.column or 0, "", f"the cell {cell.coordinate} {fact}", remedy)


def _shown_otherwise(place: str, cell: SheetCell | MergedCell, read: Cell) -> Fault | None:
    """The fault of a cell whose format shows less than it holds, or something else."""
    code = cell.number_format
    match read.kind:
        case CellKind.DATE:
            shown = day_shown_otherwise(dt.date.fromisoformat(read.text), code)
            remedy = (
                "format it as YYYY-MM-DD and see whether that day is meant; if none is known, leave it empty"
            )
        case CellKind.NUMBER:
            shown = number_shown_otherwise(Decimal(read.text), code)
            remedy = "type the number that is meant, in a format that shows the whole of it"
        case CellKind.TEXT:
            shown = None if text_shown(code) else "something else"
            remedy = "format the cell as text"
        case _:
            assert_never(read.kind)
    if shown is None:
        return None
    fact = f"the cell {cell.coordinate} shows {shown} and holds {read.text[:40]}"
    return Fault(place, cell.row or 0, cell.column or 0, "", fact, remedy)


_UNREADABLE = {
    "f": ("is a formula", "copy the cell and paste it as a value"),
    "e": ("shows an error", "type what it should say"),
    "b": ("is a truth value", "type it as text"),
}


def _read_cell(cell: SheetCell | MergedCell) -> Cell:
    value = cell.value
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return Cell(value.isoformat(), CellKind.DATE)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(_number(value), CellKind.NUMBER)
    return Cell(tidy(_unescaped(value))) if isinstance(value, str) else Cell("")


def _number(value: int | float) -> str:
    """A number as a spreadsheet stores it: the shortest digits that mean it, never with an exponent."""
    return format(Decimal(repr(value)).normalize(), "f")


def _write(cell: SheetCell | MergedCell, text: str) -> None:
    """Write a cell as text, whatever it looks like, so that no spreadsheet makes a number or a formula of it."""
    if text and isinstance(cell, SheetCell):
        cell.value = escape_text(text)
        cell.data_type = "s"
        cell.number_format = FORMAT_TEXT
        if "\n" in text:
            cell.alignment = Alignment(wrapText=True)


def escape_text(text: str) -> str:
    """Return a text as a cell holds it, so that nothing in it is read as an escaped character."""
    return _LOOKS_ESCAPED.sub("_x005F_", text)


def _unescaped(text: str) -> str:
    """The text of a cell in which a character may be written as _xHHHH_ (ECMA-376, ST_Xstring)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _without_time(content: bytes) -> bytes:
    """The same workbook without timestamps; uncompressed, since compression differs by machine."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as written, ZipFile(stream, "w", ZIP_STORED) as lasting:
        for name in sorted(written.namelist()):
            lasting.writestr(ZipInfo(name, _EPOCH), _WRITTEN.sub(b"", written.read(name)))
    return stream.getvalue()
