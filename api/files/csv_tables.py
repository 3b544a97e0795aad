"""Tables as CSV files: UTF-8, comma or semicolon between cells, safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with one of = + - @ as a formula, whoever wrote the file. Such a cell is
written with an apostrophe before it, which disarms it and is removed again when the file is read; so is
one apostrophe of several before such a sign, so that every text is read back as it was.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from api.files.columns import Cell, TableKind, columns_of
from api.files.faults import Fault, file_fault
from api.files.tables import Table, read_table

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile("'*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
_ESCAPED = re.compile("'+[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def read_csv(source: str, content: bytes) -> Table:
    """Return the table of a file, with or without byte order mark, with line ends of any kind."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        outside_quotes = content[: error.start].split(b'"')[::2]
        row = sum(part.count(b"\n") for part in outside_quotes) + 1
        fault = file_fault(source, "holds a byte that is not UTF-8", "save the file as `CSV UTF-8`", row)
        return Table(source, TableKind.ITEMS, (), (fault,))
    separator = _separator(source, text)
    if isinstance(separator, Fault):
        return Table(source, TableKind.ITEMS, (), (separator,))
    rows, broken = list[tuple[int, list[Cell]]](), tuple[Fault, ...]()
    try:
        for texts in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append((len(rows) + 1, [Cell(_unescaped(tidy(cell))) for cell in texts]))
    except csv.Error:
        broken = (_broken(source, len(rows) + 1),)
    if broken and not rows:
        return Table(source, TableKind.ITEMS, (), broken)
    table = read_table(source, None, rows)
    return Table(source, table.kind, table.rows, (*table.faults, *broken))


def write_csv(kind: TableKind, rows: Iterable[Sequence[str]]) -> bytes:
    """Return the file of a table, the same bytes for the same rows; by its mark Excel knows that it is UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns_of(kind))
    writer.writerows([_escaped(text) for text in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def tidy(text: str) -> str:
    """Return the text of a cell without the blanks around it, its line ends as one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _escaped(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _unescaped(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def _separator(source: str, text: str) -> str | Fault:
    """The character between the cells: the one between the column names, none of which contains it."""
    first = next((line for line in text.splitlines() if line.strip(",; \t")), "")
    found = [mark for mark in ",;" if mark in first]
    if len(found) == 2 or (not found and "\t" in first):
        return file_fault(
            source,
            "does not tell which character stands between its cells",
            "save it as CSV with a comma or a semicolon between all cells",
            1,
        )
    return found[0] if found else ","


def _broken(source: str, row: int) -> Fault:
    return file_fault(
        source,
        "has a double quote that does not close, or text behind a closing one; what follows was not read",
        'put the cell between double quotes, and write each double quote in it as ""',
        row,
    )
