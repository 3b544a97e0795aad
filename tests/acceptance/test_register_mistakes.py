"""What a clerk gets wrong in the files of a register, and what the import says to each: place, fact, remedy.

Covers: api.files.import_plan
"""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.support.registers import ITEM, LIST, Row, as_csv, folder, run, workbook

LISTS, ITEMS = as_csv(LIST), as_csv(ITEM)
TOMORROW = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)).isoformat()


def item(**changes: str) -> tuple[None, bytes]:
    return None, as_csv({**ITEM, **changes})


def items(*rows: Row) -> tuple[None, bytes]:
    return None, as_csv(*rows)


def listed(**changes: str) -> tuple[bytes, None]:
    return as_csv({**LIST, **changes}), None


def semicolons(content: bytes) -> bytes:
    """The same file as a spreadsheet writes it where the comma is the decimal point."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(rows)
    return stream.getvalue().encode()


def without(row: Row, column: str) -> bytes:
    return as_csv({name: value for name, value in row.items() if name != column})


HEADER = ",".join(ITEM).encode()
MISTAKES: dict[str, tuple[tuple[bytes | None, bytes | None], str]] = {
    "wrong header": (
        (None, b"number,what,how many\n1,2,3\n"),
        "items.csv, row 1: is not a row of the column names of lists or items; name the columns in it",
    ),
    "missing column": (
        (None, without(ITEM, "quantity")),
        "items.csv, row 1: the column `quantity` is missing; add it; its cells may be empty",
    ),
    "missing column that each row fills": (
        (None, without(ITEM, "kind")),
        "items.csv, row 1: the column `kind` is missing; add it, filled in each row",
    ),
    "misspelt column": (
        (None, ITEMS.replace(b"description", b"descripton")),
        "items.csv, row 1: the column `descripton` is not one of items; did you mean `description`?",
    ),
    "unknown column": (
        (None, as_csv({**ITEM, "price": "5"})),
        "items.csv, row 1: the column `price` is not one of items; delete it; the columns are item_no",
    ),
    "column twice": (
        (None, ITEMS.replace(b"provided_to", b"unit")),
        "items.csv, row 1: the column `unit` stands there twice; delete one of them",
    ),
    "column without a name": (
        (None, ITEMS.replace(b"unit", b"")),
        "items.csv, row 1: cell 6 of the column names is empty; name the column or delete it",
    ),
    "two header rows": (
        (None, ITEMS + HEADER + b"\n"),
        "items.csv, row 3: repeats the column names; delete the row",
    ),
    "ragged row, too short": (
        (None, ITEMS + b"A-002,kp-a\n"),
        "items.csv, row 3: has 2 cells under 9 column names; give each column its cell",
    ),
    "ragged row, too long": (
        (None, ITEMS + b"A-002,kp-a,one, two,drawing,,,,,,x\n"),
        "items.csv, row 3: has 11 cells under 9 column names; give each column its cell",
    ),
    "empty file": ((None, b""), "items.csv: is empty; give a file with a row of column names"),
    "no row": (
        (None, HEADER + b"\n"),
        "items.csv: has no row under the column names; add a row for each entry",
    ),
    "bad UTF-8": (
        (None, ITEMS.replace(b"Synthetic", b"\xb9\xa4")),
        "items.csv, row 2: holds a byte that is not UTF-8; save the file as `CSV UTF-8`",
    ),
    "NUL": (
        item(description="a\0b"),
        "items.csv, row 2, column description: holds a character that is no text, U+0000; delete",
    ),
    "quote left open": (
        (None, ITEMS + b'A-002,kp-a,"open,drawing,,,,,\n'),
        "items.csv, row 3: has a double quote that does not close",
    ),
    "text behind a quote": (
        (None, ITEMS + b'A-002,kp-a,"a"b,drawing,,,,,\n'),
        "items.csv, row 3: has a double quote that does not close, or text behind a closing one",
    ),
    "comma and semicolon": (
        (None, b"item_no,list_id;item_no,description\n"),
        "items.csv, row 1: does not tell which character stands between its cells",
    ),
    "tabs": (
        (None, ITEMS.replace(b",", b"\t")),
        "items.csv, row 1: does not tell which character stands between its cells; save it as CSV with a comma",
    ),
    "empty number": (item(item_no=" "), "items.csv, row 2, column item_no: is empty; fill it in"),
    "number with a slash": (
        item(item_no="A/1"),
        "items.csv, row 2, column item_no: is not 1 to 64 letters, digits, dots, hyphens and underscores",
    ),
    "number twice": (
        items(ITEM, {**ITEM, "remarks": "again"}),
        "items.csv, row 3, column item_no: A-001 stands in items.csv, row 2 already; delete one of the two",
    ),
    "bad kind": (
        item(kind="drawings"),
        "items.csv, row 2, column kind: is none of the words it can be; did you mean `drawing`?",
    ),
    "kind in other words": (
        item(kind="blueprint"),
        "items.csv, row 2, column kind: is none of the words it can be; write one of document, drawing",
    ),
    "quantity in words": (
        item(quantity="two"),
        "items.csv, row 2, column quantity: is not a plain number; write digits with a point if need be",
    ),
    "quantity below zero": (item(quantity="-2"), "column quantity: is not a plain number"),
    "quantity that can be read two ways": (
        (None, semicolons(as_csv({**ITEM, "quantity": "1,234"}))),
        "items.csv, row 2, column quantity: can be read as 1234 and as 1.234, for commas may stand for points in this"
        " file; write 1234, or 1.2340 if that is meant",
    ),
    "quantity with a point that can be read two ways": (
        (None, semicolons(as_csv({**ITEM, "quantity": "12.000"}))),
        "items.csv, row 2, column quantity: can be read as 12000 and as 12.000",
    ),
    "session that can be read two ways": (
        (semicolons(as_csv({**LIST, "put_to_session": "1.234"})), None),
        "lists.csv, row 2, column put_to_session: can be read as 1234 and as 1.234",
    ),
    "invisible character in a number": (
        item(item_no="A-001\u200b"),
        "items.csv, row 2, column item_no: holds a character that is not seen, U+200B ZERO WIDTH SPACE; delete",
    ),
    "invisible character in a word": (
        item(kind="draw\u00ading"),
        "column kind: holds a character that is not seen, U+00AD SOFT HYPHEN",
    ),
    "invisible character in a code": (
        listed(country="KP\u200e"),
        "column country: holds a character that is not seen, U+200E LEFT-TO-RIGHT MARK",
    ),
    "invisible character in a name": (
        item(provided_to="Insti\ufefftute"),
        "column provided_to: holds a character that is not seen, U+FEFF ZERO WIDTH NO-BREAK SPACE",
    ),
    "name in another form": (
        item(provided_to="Cafe\u0301"),
        "column provided_to: is not in the normal form NFC, for it holds U+0301 COMBINING ACUTE ACCENT; write Caf",
    ),
    "batch in jamo": (
        listed(batch="\u1112\u1161\u11ab"),
        "column batch: is not in the normal form NFC, for it holds U+1161 HANGUL JUNGSEONG A; write \ud55c",
    ),
    "name by a sign that is another": (
        item(unit="\u212b"),
        "column unit: is not in the normal form NFC, for it holds U+212B ANGSTROM SIGN; write \u00c5",
    ),
    "quantity with a thousands comma": (item(quantity="1,000"), "column quantity: is not a plain number"),
    "bad date": (
        item(provided_on="30.9.1964"),
        "items.csv, row 2, column provided_on: is not a day of the calendar; write it as YYYY-MM-DD",
    ),
    "no day of the calendar": (
        item(provided_on="1964-09-31"),
        "column provided_on: is not a day of the calendar",
    ),
    "date in the future": (
        item(provided_on=TOMORROW),
        "items.csv, row 2, column provided_on: lies after today (",
    ),
    "too long a text": (
        item(description="x" * 2001),
        "items.csv, row 2, column description: has 2001 characters, and at most 2000 are kept; shorten it",
    ),
    "item of an unknown list": (
        items(ITEM, {**ITEM, "item_no": "A-002", "list_id": "kp-b"}),
        "items.csv, row 3, column list_id: no list kp-b is given or recorded; add it to the lists",
    ),
    "list without items": (
        (as_csv(LIST, {**LIST, "list_id": "kp-b"}), None),
        "lists.csv, row 3, column list_id: the list kp-b has no item; add its items, or delete the row",
    ),
    "list twice": (
        (as_csv(LIST, LIST), None),
        "lists.csv, row 3, column list_id: kp-a stands in lists.csv, row 2 already",
    ),
    "wrong country": (
        listed(country="XX"),
        "lists.csv, row 2, column country: is not the code of a country; write its ISO 3166-1 alpha-2 code",
    ),
    "country by the code it had": (
        listed(country="VD"),
        "lists.csv, row 2, column country: VD was withdrawn; write VN",
    ),
    "country by a code that is none": (
        listed(country="UK"),
        "column country: UK is reserved, and the code of no country; write GB",
    ),
    "country by the code of what is several now": (
        listed(country="PC"),
        "column country: PC was withdrawn; state which of FM, MH, MP, PW is meant",
    ),
    "country by name": (listed(country="Korea"), "column country: is not the code of a country"),
    "bad legacy list": (
        listed(legacy_list="channel72"),
        "lists.csv, row 2, column legacy_list: is none of the words it can be; did you mean `channel_72`?",
    ),
    "bad transfer procedure": (
        listed(transfer_procedure="yes"),
        "column transfer_procedure: is none of the words it can be; write one of recorded, not_recorded, none",
    ),
    "session in words": (
        listed(put_to_session="seventh"),
        "column put_to_session: is not the number of a session; write a whole number from 1 to 999",
    ),
    "transfer of what was not provided": (
        (as_csv({**LIST, "legacy_list": "pending"}), as_csv({**ITEM, "provided_on": ""})),
        "column transfer_procedure: is recorded, though nothing on a list that is pending was transferred; write",
    ),
    "provided on a pending list": (
        (as_csv({**LIST, "legacy_list": "pending", "transfer_procedure": "none"}), None),
        "items.csv, row 2, column provided_on: is filled, though the list kp-a is pending; leave it empty",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_reported_with_its_place_and_remedy(mistake: str, tmp_path: Path) -> None:
    (lists, rows), expected = MISTAKES[mistake]
    result = run("import", folder(tmp_path / "files", lists, rows), "--database", tmp_path / "log.db")
    assert result.exit_code == 1, result.output
    assert expected in result.output
    assert result.output.splitlines()[-1].endswith("nothing was recorded")
    assert not (tmp_path / "log.db").exists()


def fill(sheet: str, cell: str, value: Any) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


def show(cell: str, value: Any, code: str) -> Callable[[Workbook], None]:
    """Hold a value in a cell of the items, and show it by a number format."""

    def change(book: Workbook) -> None:
        book["items"][cell] = value
        book["items"][cell].number_format = code

    return change


def merge(book: Workbook) -> None:
    book["items"].merge_cells("C2:D2")


def hide_row(book: Workbook) -> None:
    book["items"].row_dimensions[2].hidden = True


def hide_column(book: Workbook) -> None:
    book["items"].column_dimensions["I"].hidden = True


def hide_sheet(book: Workbook) -> None:
    book["lists"].sheet_state = "hidden"


def another_sheet(book: Workbook) -> None:
    book.create_sheet("notes")["A1"] = "see there"


def no_sheet(book: Workbook) -> None:
    book["lists"].title = "Sheet1"
    book["items"].title = "Sheet2"


WORKBOOK_MISTAKES: dict[str, tuple[Callable[[Workbook], None], str]] = {
    "number of a spreadsheet": (
        fill("items", "A2", 7),
        "r.xlsx, sheet items, row 2, column item_no: is a number to the spreadsheet, which drops leading zeros;"
        " format the column as text and type the cell again",
    ),
    "date of a spreadsheet": (
        fill("items", "C2", dt.datetime(1964, 9, 30)),
        "row 2, column description: is a date to the spreadsheet; format the column as text",
    ),
    "hour beside the day": (
        fill("items", "G2", dt.datetime(1964, 9, 30, 12)),
        "r.xlsx, sheet items, row 2: the cell G2 holds an hour beside the day; type the day alone",
    ),
    "month shown of a day": (
        show("G2", dt.datetime(1964, 12, 1), "mmm yyyy"),
        "r.xlsx, sheet items, row 2: the cell G2 shows Dec 1964 and holds 1964-12-01; format it as YYYY-MM-DD and see"
        " whether that day is meant; if none is known, leave it empty",
    ),
    "month and short year shown of a day": (
        show("G2", dt.datetime(1964, 12, 1), "mmm-yy"),
        "the cell G2 shows Dec-64 and holds 1964-12-01",
    ),
    "two digits shown of a year": (
        show("G2", dt.datetime(1964, 12, 1), "dd.mm.yy"),
        "the cell G2 shows 01.12.64 and holds 1964-12-01",
    ),
    "number shown rounded": (
        show("E2", 12.6, "0"),
        "r.xlsx, sheet items, row 2: the cell E2 shows 13 and holds 12.6; type the number that is meant, in a format"
        " that shows the whole of it",
    ),
    "number shown in percent": (show("E2", 0.5, "0%"), "the cell E2 shows 50% and holds 0.5"),
    "number shown in thousands": (show("E2", 12000, "0,"), "the cell E2 shows 12 and holds 12000"),
    "number shown as a fraction": (show("E2", 0.3, "# ?/?"), "the cell E2 shows 2/7 and holds 0.3"),
    "number not shown": (show("E2", 2, ";;;"), "the cell E2 shows nothing of it and holds 2"),
    "text not shown": (
        show("C2", "Synthetic", ";;;"),
        "the cell C2 shows something else and holds Synthetic",
    ),
    "number for a day": (
        fill("items", "G2", 23712),
        "row 2, column provided_on: is a number to the spreadsheet, and not a day; type the day as YYYY-MM-DD",
    ),
    "date for a number": (
        fill("items", "E2", dt.datetime(1964, 9, 30)),
        "row 2, column quantity: is a date to the spreadsheet; format the column as a number",
    ),
    "formula": (
        fill("items", "E2", "=1+1"),
        "r.xlsx, sheet items, row 2: the cell E2 is a formula; copy the cell and paste it as a value",
    ),
    "half a character": (
        fill("items", "C2", "_xD800_"),
        "column description: holds a character that is no text",
    ),
    "error": (fill("items", "I2", "#N/A"), "row 2: the cell I2 shows an error; type what it should say"),
    "truth value": (fill("items", "I2", True), "row 2: the cell I2 is a truth value; type it as text"),
    "half a session": (fill("lists", "H2", 7.5), "column put_to_session: is not the number of a session"),
    "merged cells": (
        merge,
        "r.xlsx, sheet items, row 2: the cells C2:D2 are merged; unmerge them and fill each cell",
    ),
    "hidden row": (hide_row, "r.xlsx, sheet items, row 2: is hidden; unhide the row, or clear the filter"),
    "hidden column": (
        hide_column,
        "r.xlsx, sheet items: the column I is hidden; unhide it and look through it",
    ),
    "hidden sheet": (hide_sheet, "r.xlsx, sheet lists: is a hidden sheet; unhide it and look through it"),
    "another sheet": (another_sheet, "r.xlsx, sheet notes: is neither `lists` nor `items`; rename the sheet"),
    "no sheet of these names": (no_sheet, "r.xlsx, sheet Sheet1: is neither `lists` nor `items`"),
    "far cell": (
        fill("items", "A200000", "A-9"),
        "r.xlsx, sheet items: reaches to row 200000 and column 9; delete the empty rows and columns",
    ),
}


@pytest.mark.parametrize("mistake", WORKBOOK_MISTAKES)
def test_a_mistake_in_a_workbook_is_reported_with_its_cell(mistake: str, tmp_path: Path) -> None:
    change, expected = WORKBOOK_MISTAKES[mistake]
    book = workbook()
    change(book)
    book.save(tmp_path / "r.xlsx")
    result = run("import", tmp_path / "r.xlsx", "--database", tmp_path / "log.db")
    assert result.exit_code == 1, result.output
    assert expected in result.output
    assert not (tmp_path / "log.db").exists()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("r.xlsx", b"no workbook", "r.xlsx: cannot be read as a workbook; save it as an XLSX workbook"),
        ("r.xls", b"", "r.xls: is neither a CSV file nor an XLSX workbook; save it as one of the two"),
    ],
)
def test_a_file_of_another_make_is_named(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("import", tmp_path / name, "--database", tmp_path / "log.db")
    assert (result.exit_code, expected in result.output) == (1, True), result.output


@pytest.mark.parametrize("name", ["missing.csv", "empty"])
def test_a_file_that_is_not_there_ends_the_command(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    result = run("import", tmp_path / name, "--database", tmp_path / "log.db")
    assert (result.exit_code, name in result.output) == (2, True), result.output


def test_every_fault_is_reported_at_once_in_the_order_of_the_rows(tmp_path: Path) -> None:
    rows = [
        {**ITEM, "item_no": "A-001", "kind": "x"},
        {**ITEM, "item_no": "A-002", "quantity": "x", "provided_on": "x"},
        {**ITEM, "item_no": "A-001", "list_id": "kp-b"},
    ]
    place = folder(tmp_path / "files", as_csv({**LIST, "country": "x"}), as_csv(*rows))
    lines = run("import", place, "--database", tmp_path / "log.db").output.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "items.csv, row 2, column kind",
        "items.csv, row 3, column quantity",
        "items.csv, row 3, column provided_on",
        "items.csv, row 4, column item_no",
        "items.csv, row 4, column list_id",
        "lists.csv, row 2, column country",
        "6 faults; nothing was recorded",
    ]
    assert "already, on the list kp-a;" in lines[3]


def test_a_broken_file_of_lists_is_not_reported_again_for_each_item(tmp_path: Path) -> None:
    place = folder(tmp_path / "files", as_csv({**LIST, "colour": "red"}))
    lines = run("import", place, "--database", tmp_path / "log.db").output.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == ["lists.csv, row 1"]


def test_of_many_faults_two_hundred_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    rows = [{**ITEM, "item_no": f"A-{number}", "kind": "x"} for number in range(250)]
    place = folder(tmp_path / "files", None, as_csv(*rows))
    lines = run("import", place, "--database", tmp_path / "log.db").output.splitlines()
    assert (len(lines), lines[-1]) == (201, "250 faults (50 of them not shown); nothing was recorded")


def test_what_a_file_holds_does_not_steer_the_terminal(tmp_path: Path) -> None:
    place = folder(tmp_path / "files", None, as_csv({**ITEM, "\x1b[2J": ""}))
    output = run("import", place, "--database", tmp_path / "log.db").output
    assert "is not one of items" in output
    assert "\x1b" not in output
