"""A view of the items of the registers as a file: CSV in pieces, or a workbook of bounded size."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from api.domain.registers.lists import RegisterItem
from api.domain.registers.stages import Stage
from api.files.csv_form import guard
from api.files.xlsx_tables import write_workbook

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
    """Return the workbook of at most `MAX_WORKBOOK_ROWS` rows; all of its cells are text."""
    return write_workbook({"items": (names, rows)})


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([guard(text) for text in row] for row in rows)
    return stream.getvalue().encode()
