"""A register as files, in the form in which it is imported: the same bytes for the same register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

from api.domain.registers.lists import Register, RegisterItem, RegisterList
from api.files.columns import TableKind, columns_of
from api.files.csv_tables import write_csv


def write_csv_files(register: Register) -> dict[str, bytes]:
    """Return the files lists.csv and items.csv."""
    return {f"{kind}.csv": write_csv(columns_of(kind), rows) for kind, rows in _tables(register).items()}


def write_xlsx_file(register: Register) -> bytes:
    """Return the workbook with the sheets lists and items."""
    from api.files.xlsx_tables import write_workbook

    return write_workbook({kind: (columns_of(kind), rows) for kind, rows in _tables(register).items()})


def _tables(register: Register) -> dict[TableKind, list[list[str]]]:
    return {kind: _rows(kind, _entries(register, kind)) for kind in TableKind}


def _entries(register: Register, kind: TableKind) -> Sequence[RegisterList | RegisterItem]:
    match kind:
        case TableKind.LISTS:
            return register.lists
        case TableKind.ITEMS:
            return register.items
        case _:
            assert_never(kind)


def _rows(kind: TableKind, entries: Sequence[RegisterList | RegisterItem]) -> list[list[str]]:
    names = columns_of(kind)
    return [[_text(getattr(entry, name)) for name in names] for entry in entries]


def _text(value: str | int | Decimal | dt.date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)
