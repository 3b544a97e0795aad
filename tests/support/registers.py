"""Files of a register as a clerk keeps them, and the command line that takes them."""

import csv
import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from typer.testing import CliRunner, Result

from api.cli.main import app

ROOT = Path(__file__).parents[2]
BALANCE = ROOT / "examples" / "opening_balance"

LIST = {
    "list_id": "kp-a",
    "title": "A list",
    "country": "KP",
    "legacy_list": "provided",
    "source": "synthetic",
    "batch": "batch-a",
    "transfer_procedure": "recorded",
    "put_to_session": "7",
}
ITEM = {
    "item_no": "A-001",
    "list_id": "kp-a",
    "description": "Synthetic item 0001: drawing",
    "kind": "drawing",
    "quantity": "2.5",
    "unit": "sheet",
    "provided_on": "1964-09-30",
    "provided_to": "",
    "remarks": "",
}
Row = dict[str, Any]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["registers", *map(str, arguments)])


def as_csv(*rows: Row) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def folder(place: Path, lists: bytes | None = None, items: bytes | None = None) -> Path:
    """A folder with lists.csv and items.csv, those of one list and one item by default."""
    place.mkdir(exist_ok=True)
    (place / "lists.csv").write_bytes(as_csv(LIST) if lists is None else lists)
    (place / "items.csv").write_bytes(as_csv(ITEM) if items is None else items)
    return place


def workbook(lists: list[Row] | None = None, items: list[Row] | None = None) -> Workbook:
    """The same as the sheets of a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("lists", lists or [LIST]), ("items", items or [ITEM])):
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([value if value != "" else None for value in row.values()])
    return book
