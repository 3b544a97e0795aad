"""A file that would be too much work is refused by counting, whatever makes it so; one at the limits is read.

Covers: api.files.register_files
"""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from api.files import work_limits
from api.files.register_files import RegisterFile, check_uploads, read_recorded_tables, read_tables
from api.files.work_limits import (
    MAX_CELLS,
    MAX_FORMULA,
    MAX_FORMULAS,
    MAX_PARTICULARS,
    MAX_SEPARATORS,
    MOST_UPLOADED_ROWS,
    MOST_UPLOADED_SEPARATORS,
    TooMuchWork,
    check_workbook_work,
)
from tests.support.registers import ITEM, LIST, as_csv, workbook

OPENING = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def packed(sheet: str, more: dict[str, bytes] | None = None) -> bytes:
    """A workbook whose sheet of items is `sheet`."""
    book, packed = io.BytesIO(), io.BytesIO()
    workbook().save(book)
    with ZipFile(book) as plain, ZipFile(packed, "w", ZIP_DEFLATED) as changed:
        for name in plain.namelist():
            changed.writestr(name, sheet if name.endswith("sheet2.xml") else plain.read(name))
        for name, content in (more or {}).items():
            changed.writestr(name, content)
    return packed.getvalue()


def rows(number: int, cells: str) -> str:
    return f"{OPENING}<sheetData>{f'<row>{cells}</row>' * number}</sheetData></worksheet>"


def with_range(kind: str, reference: str) -> str:
    return f'{OPENING}<sheetData/><{kind}s><{kind} ref="{reference}"/></{kind}s></worksheet>'


EXCESSES: dict[str, tuple[str, str]] = {
    "cells": (rows(MAX_CELLS // 9 + 1, "<c/>" * 9), "has more than 100,000 cells"),
    "merged cells": (with_range("mergeCell", "A1:Z9999"), "has more than 100,000 cells"),
    "merged columns": (with_range("mergeCell", "$A:$B"), "has more than 100,000 cells"),
    "merged rows": (with_range("mergeCell", "1:7"), "has more than 100,000 cells"),
    "linked cells": (with_range("hyperlink", "A1:Z9999"), "has more than 100,000 cells"),
    "elements": (rows(2_000_001, ""), "has more than 800,000 elements"),
    "formats": (
        OPENING + "<a/>" * MAX_PARTICULARS + "</worksheet>",
        "has more than 100,000 formats and other",
    ),
    "depth": (OPENING + "<a>" * 200, "or some in 100 others"),
    "formulas": (rows(MAX_FORMULAS + 1, "<c><f>1</f></c>"), "has more than 500 formulas"),
    "a long formula": (
        rows(1, f"<c><f>{'1+' * MAX_FORMULA}1</f></c>"),
        "has a formula of more than 8,192",
    ),
    "a document type": (
        f'<!DOCTYPE a [<!ENTITY b "c">]>{rows(1, "<c><v>&b;</v></c>")}',
        "declares a document type",
    ),
}


@pytest.mark.parametrize("excess", EXCESSES)
def test_a_workbook_that_is_too_much_work_is_refused_before_it_is_read(excess: str) -> None:
    sheet, fact = EXCESSES[excess]
    content = packed(sheet)
    assert len(content) < 200_000
    (table,) = read_tables([RegisterFile("r.xlsx", content)])
    (fault,) = table.faults
    assert (fault.source, table.rows) == ("r.xlsx", ())
    assert fact in fault.fact
    assert fault.remedy


@pytest.mark.parametrize(
    "more",
    [{"big.xml": bytes(work_limits.MAX_UNPACKED_BYTES)}, {f"part{number}": b"" for number in range(1001)}],
    ids=["bytes", "parts"],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused(more: dict[str, bytes]) -> None:
    with pytest.raises(TooMuchWork, match="unpacks to"):
        check_workbook_work(packed(rows(1, "<c/>"), more))


SOUND: dict[str, Callable[[], bytes]] = {
    "a sheet": lambda: packed(rows(100, "<c><v>1</v></c>")),
    "a picture": lambda: packed(rows(1, "<c/>"), {"xl/media/a.png": b"\x89PNG\r\n"}),
    "no workbook": lambda: b"PK no workbook",
}


@pytest.mark.parametrize("sound", SOUND)
def test_any_other_file_is_left_to_its_reader(sound: str) -> None:
    check_workbook_work(SOUND[sound]())


def test_a_far_cell_costs_no_more_than_a_near_one() -> None:
    book = workbook()
    book["items"]["CV90000"] = "x"
    stream = io.BytesIO()
    book.save(stream)
    *_, items = read_tables([RegisterFile("r.xlsx", stream.getvalue())])
    assert [(fault.row, fault.fact) for fault in items.faults] == [
        (90000, "has 100 cells under 9 column names")
    ]


def test_a_csv_file_with_too_many_cells_is_refused() -> None:
    (table,) = read_tables([RegisterFile("items.csv", as_csv(ITEM) + b"," * MAX_SEPARATORS)])
    assert [fault.fact for fault in table.faults] == [
        "has more than 2,000,000 commas, semicolons and line ends"
    ]


def test_what_was_imported_once_is_read_whatever_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    workbook([LIST], [ITEM]).save(stream)
    file = RegisterFile("r.xlsx", stream.getvalue())
    monkeypatch.setattr(work_limits, "MAX_CELLS", 5)
    assert [len(table.rows) for table in read_tables([file])] == [0]
    assert [len(table.rows) for table in read_recorded_tables([file])] == [1, 1]


LINES = as_csv(ITEM) + b"x\n" * (MOST_UPLOADED_SEPARATORS // 2)


@pytest.mark.parametrize(
    ("files", "fact"),
    [
        ([("items.csv", LINES * 2)], "has more than 300,000 commas, semicolons and line ends"),
        ([("items.csv", LINES), ("lists.csv", LINES)], "has more than 300,000 commas"),
        ([("r.xlsx", packed(rows(MOST_UPLOADED_ROWS + 1, "<c/>")))], "has more than 30,000 rows"),
    ],
    ids=["a table", "two tables together", "a workbook"],
)
def test_what_is_uploaded_may_be_less_than_a_file_on_the_command_line(
    files: list[tuple[str, bytes]], fact: str
) -> None:
    uploaded = [RegisterFile(*file) for file in files]
    with pytest.raises(TooMuchWork, match=fact):
        check_uploads(uploaded)
    assert not any("has more than" in fault.fact for table in read_tables(uploaded) for fault in table.faults)


def test_twenty_thousand_items_can_be_uploaded() -> None:
    head, row, *_ = as_csv(ITEM).splitlines(keepends=True)
    check_uploads([RegisterFile("items.csv", head + row * 20_000)])
