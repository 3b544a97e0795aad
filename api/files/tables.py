"""Tables between files and rows: the row of column names, and the rows of cells read by them.

`csv_tables` and `xlsx_tables` read and write the two forms; here is what both have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.files.columns import TABLES, Cell, Column, TableKind, columns_of
from api.files.faults import Fault, file_fault
from engine import suggestion

MAX_ROWS = 100_000
MAX_NAMES = 200
"""So many column names are read; a file made to be slow has hundreds of thousands."""

Cells = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its number as the spreadsheet counts, and its cells by column."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: where from, which of the two it is, its rows, and what was wrong with its form."""

    source: str
    kind: TableKind
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()


def kind_of(names: Iterable[str]) -> TableKind | None:
    """Return the kind of table that a row of column names belongs to, if that is clear."""
    given = set(names)
    lists, items = (len(given & set(columns_of(kind))) for kind in TableKind)
    if lists == items:
        return None
    return TableKind.LISTS if lists > items else TableKind.ITEMS


def read_table(source: str, kind: TableKind | None, rows: Iterable[tuple[int, Cells]]) -> Table:
    """Return the table of numbered rows of cells, the first being the names; rows without content are passed over.

    Without a `kind` the names decide which table it is.
    """
    filled = _filled(rows)
    if filled and kind is None:
        head, first = filled[0]
        kind = kind_of(_names(first))
        if kind is None:
            return Table(source, TableKind.ITEMS, (), (_no_names(source, head),))
    kind = kind or TableKind.ITEMS
    return Table(source, kind, *read_rows(source, kind, TABLES[kind], filled))


def read_rows(
    source: str, what: str, columns: Sequence[Column], rows: Iterable[tuple[int, Cells]]
) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """Return the rows of numbered cells under the names of their columns, and what is wrong with the form of them.

    `what` names the table that has these columns.
    """
    filled = _filled(rows)
    if not filled:
        remedy = "give a file with a row of column names, then a row for each entry"
        return (), (file_fault(source, "is empty", remedy),)
    (head, first), *others = filled
    names = _names(first)
    if faults := _name_faults(source, head, names, what, columns):
        return (), tuple(faults)
    filled_rows, faults = list[Row](), list[Fault]()
    for number, cells in others:
        if fault := _row_fault(source, number, cells, names):
            faults.append(fault)
        else:
            filled_rows.append(Row(number, dict(zip(names, cells, strict=False))))
    if not others:
        faults.append(file_fault(source, "has no row under the column names", "add a row for each entry"))
    return tuple(filled_rows), tuple(faults)


def _filled(rows: Iterable[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
    return [(number, cells) for number, cells in rows if _trimmed(cells)]


def _names(first: Cells) -> list[str]:
    return [cell.text.casefold() for cell in _trimmed(first)]


def _trimmed(cells: Cells) -> Cells:
    """The cells up to the last one that is not empty."""
    end = len(cells)
    while end and not cells[end - 1].text:
        end -= 1
    return cells[:end]


def _no_names(source: str, row: int) -> Fault:
    names = "; ".join(f"{kind}: {', '.join(column.name for column in TABLES[kind])}" for kind in TABLES)
    return file_fault(
        source,
        "is not a row of the column names of lists or items",
        f"name the columns in it ({names})",
        row,
    )


def too_many_names(source: str, row: int, count: int) -> Fault:
    """Return the fault of a row of column names that is looked at no further."""
    remedy = "delete the columns that are none of the table"
    return Fault(source, row, 1, "", f"{count:,} columns are named, and {MAX_NAMES} at most are read", remedy)


def _name_faults(
    source: str, row: int, names: Sequence[str], what: str, columns: Sequence[Column]
) -> list[Fault]:
    """What is wrong with the row of names: each column is in it once, in any order."""
    if len(names) > MAX_NAMES:
        return [too_many_names(source, row, len(names))]
    known = [column.name for column in columns]
    found = []
    for position, name in enumerate(names, 1):
        if not name:
            fact, remedy = f"cell {position} of the column names is empty", "name the column or delete it"
        elif name not in known:
            fact = f"the column `{name[:40]}` is not one of {what}"
            remedy = suggestion(name, known) or f"delete it; the columns are {', '.join(known)}"
        elif name in names[: position - 1]:
            fact, remedy = f"the column `{name}` stands there twice", "delete one of them"
        else:
            continue
        found.append(Fault(source, row, position, "", fact, remedy))
    for place, column in enumerate(columns, len(names) + 1):
        if column.name not in names:
            remedy = "add it, filled in each row" if column.required else "add it; its cells may be empty"
            found.append(Fault(source, row, place, "", f"the column `{column.name}` is missing", remedy))
    return found


def _row_fault(source: str, number: int, cells: Cells, names: Sequence[str]) -> Fault | None:
    filled = len(_trimmed(cells))
    if filled > len(names) or len(cells) < len(names):
        return file_fault(
            source,
            f"has {max(filled, len(cells))} cells under {len(names)} column names",
            "give each column its cell, an empty one too; put a cell that holds the separator between double quotes",
            number,
        )
    if [cell.text.casefold() for cell in cells[:filled]] == list(names):
        return file_fault(source, "repeats the column names", "delete the row", number)
    return None
