"""A view of the items of the registers as a file: CSV in pieces, or a workbook of bounded size."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from api.domain.registers.lists import RegisterItem
from api.domain.registers.stages import Stage
from api.files.csv_form import guard

if TYPE_CHECKING:
    from api.files.spreadsheet_library import SheetCell, Worksheet

VIEW_COLUMNS = (
    "item_no",
    "list_id",
    "country",
    "description",
    "kind",
    "quantity",
    "unit",
    "provided_on",
    "provided_to",
    "remarks",
    "state",
)
MAX_WORKBOOK_ROWS = 20_000
"""A workbook is made in memory as a whole; a CSV file is not, and has no bound."""
_ROWS_AT_ONCE = 500


def item_row(item: RegisterItem, country: str, stage: Stage) -> tuple[str, ...]:
    """Return the cells of an item."""
    return (
        item.item_no,
        item.list_id,
        country,
        item.description,
        item.kind,
        "" if item.quantity is None else format(item.quantity, "f"),
        item.unit or "",
        "" if item.provided_on is None else item.provided_on.isoformat(),
        item.provided_to or "",
        item.remarks or "",
        stage.value,
    )


def write_csv_view(rows: Iterable[Sequence[str]], names: Sequence[str] = VIEW_COLUMNS) -> Iterator[bytes]:
    """Yield the pieces of a CSV file, with no cell that a spreadsheet would run."""
    yield BOM_UTF8 + _lines([names])
    remaining = iter(rows)
    while piece := [*islice(remaining, _ROWS_AT_ONCE)]:
        yield _lines(piece)


def write_workbook_view(rows: Iterable[Sequence[str]], names: Sequence[str] = VIEW_COLUMNS) -> bytes:
    """Return the workbook of rows, written row by row; all of its cells are text."""
    from api.files.spreadsheet_library import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("items")
    sheet.freeze_panes = "A2"
    for texts in (names, *rows):
        sheet.append([_cell(sheet, text) if _TAKEN_FOR_OTHER.match(text) else text for text in texts])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_TAKEN_FOR_OTHER = re.compile("[=#]|.*_x[0-9A-Fa-f]{4}_", re.DOTALL)
"""What the library would take for a formula or an error, and what a reader would take for an escaped character."""


def _cell(sheet: Worksheet, text: str) -> SheetCell:
    from api.files.spreadsheet_library import LooseCell
    from api.files.xlsx_tables import escape_text

    cell = LooseCell(sheet)
    cell.value = escape_text(text)
    cell.data_type = "s"
    return cell


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([guard(text) for text in row] for row in rows)
    return stream.getvalue().encode()
