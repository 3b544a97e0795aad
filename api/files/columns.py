"""The columns of the two tables of a register, `lists` and `items`, and how a cell of each is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, assert_never

from api.domain.registers.lists import TransferProcedure
from api.files.faults import CellFault
from api.parsing.characters import find_invisible, find_unnormal
from api.parsing.fields import MAX_NAME, MAX_TEXT, is_country, read_amount, read_day, read_whole_number
from engine import suggestion
from engine.contract.countries import describe_withdrawn

MAX_SESSION = 999
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class TableKind(StrEnum):
    """The two tables of a register."""

    LISTS = "lists"
    ITEMS = "items"


class CellKind(StrEnum):
    """The kind of a cell in a spreadsheet; in a CSV file every cell is text."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, trimmed, and its kind in a spreadsheet."""

    text: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class CellWords:
    """By what cells are read: today, and the words of the directive; None for any, as of what was recorded once."""

    today: dt.date
    lists: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None


CellReader = Callable[[str, CellWords], Any]
ValueCheck = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its text is read, whether each row fills it, and which kinds of cells it takes."""

    name: str
    read: CellReader
    required: bool = False
    kinds: frozenset[CellKind] = frozenset({CellKind.TEXT})
    check: ValueCheck = lambda _: None
    """What is refused of a new entry alone, for it was taken before: it raises `CellFault`."""

    def value_of(self, cell: Cell, words: CellWords) -> Any:
        """Return the value of the cell, None if it is empty. Raises `CellFault`."""
        if not cell.text:
            if self.required:
                raise CellFault("is empty", "fill it in")
            return None
        if found := _FORBIDDEN.search(cell.text):
            raise CellFault(
                f"holds a character that is no text, U+{ord(found[0]):04X}",
                "delete the cell and type it anew",
            )
        if cell.kind not in self.kinds:
            raise CellFault(*_wrong_kind(cell.kind, self.kinds))
        try:
            return self.read(cell.text, words)
        except CellFault as fault:
            if unseen := find_invisible(cell.text):
                raise _invisible(unseen) from fault
            raise


def _wrong_kind(kind: CellKind, wanted: frozenset[CellKind]) -> tuple[str, str]:
    as_text = "format the column as text and type the cell again"
    match kind:
        case CellKind.NUMBER if CellKind.DATE in wanted:
            return "is a number to the spreadsheet, and not a day", "type the day as YYYY-MM-DD"
        case CellKind.NUMBER:
            return "is a number to the spreadsheet, which drops leading zeros", as_text
        case CellKind.DATE if CellKind.NUMBER in wanted:
            return "is a date to the spreadsheet", "format the column as a number and type the cell again"
        case CellKind.DATE:
            return "is a date to the spreadsheet", as_text
        case CellKind.TEXT:
            return "is text to the spreadsheet", "type the cell again"
        case _:
            assert_never(kind)


def _invisible(unseen: str) -> CellFault:
    return CellFault(f"holds a character that is not seen, {unseen}", "delete the cell and type it anew")


def _check_name(text: str | None) -> None:
    """Refuse what makes two names of one: they would look alike, and not be found together."""
    if text is None:
        return
    if unseen := find_invisible(text):
        raise _invisible(unseen)
    if found := find_unnormal(text):
        sign, composed = found
        raise CellFault(f"is not in the normal form NFC, for it holds {sign}", f"write {composed}")


def _read_id(text: str, _: CellWords) -> str:
    if not _ID.fullmatch(text):
        raise CellFault(
            "is not 1 to 64 letters, digits, dots, hyphens and underscores beginning with a letter or digit",
            "write it like NE-0017",
        )
    return text


def _read_text(limit: int, text: str, _: CellWords) -> str:
    if len(text) > limit:
        raise CellFault(f"has {len(text)} characters, and at most {limit} are kept", "shorten it")
    return text


def _read_word(choices: tuple[str, ...] | None, text: str) -> str:
    if choices is None or text in choices:
        return text
    near = suggestion(text, choices)
    raise CellFault("is none of the words it can be", near or f"write one of {', '.join(choices)}")


def _read_list_word(text: str, words: CellWords) -> str:
    return _read_word(words.lists, text)


def _read_kind(text: str, words: CellWords) -> str:
    return _read_word(words.kinds, text)


def _read_procedure(text: str, _: CellWords) -> TransferProcedure:
    return TransferProcedure(_read_word(tuple(TransferProcedure), text))


def _read_country(text: str, _: CellWords) -> str:
    if not is_country(text):
        otherwise = ("is not the code of a country", "write its ISO 3166-1 alpha-2 code, such as KP")
        raise CellFault(*(describe_withdrawn(text) or otherwise))
    return text


def _read_quantity(text: str, _: CellWords) -> Decimal:
    quantity = read_amount(text)
    if quantity is None:
        raise CellFault(
            "is not a plain number",
            "write digits with a point if need be, such as 12 or 2.5; words go into unit",
        )
    return quantity


def _read_day(text: str, words: CellWords) -> dt.date:
    day = read_day(text)
    if day is None:
        raise CellFault(
            "is not a day of the calendar", "write it as YYYY-MM-DD; leave it empty if it is not known"
        )
    if day > words.today:
        raise CellFault(f"lies after today ({words.today})", "write the day it was provided")
    return day


def _read_session(text: str, _: CellWords) -> int:
    session = read_whole_number(text, 1, MAX_SESSION)
    if session is None:
        raise CellFault("is not the number of a session", f"write a whole number from 1 to {MAX_SESSION}")
    return session


_SHORT, _LONG = partial(_read_text, MAX_NAME), partial(_read_text, MAX_TEXT)
_NUMBER = frozenset({CellKind.TEXT, CellKind.NUMBER})
_DATE = frozenset({CellKind.TEXT, CellKind.DATE})

LIST_COLUMNS = (
    Column("list_id", _read_id, required=True),
    Column("title", _SHORT, required=True, check=_check_name),
    Column("country", _read_country, required=True),
    Column("legacy_list", _read_list_word, required=True),
    Column("source", _LONG, required=True),
    Column("batch", _SHORT, required=True, check=_check_name),
    Column("transfer_procedure", _read_procedure, required=True),
    Column("put_to_session", _read_session, kinds=_NUMBER),
)
ITEM_COLUMNS = (
    Column("item_no", _read_id, required=True),
    Column("list_id", _read_id, required=True),
    Column("description", _LONG, required=True),
    Column("kind", _read_kind, required=True),
    Column("quantity", _read_quantity, kinds=_NUMBER),
    Column("unit", _SHORT, check=_check_name),
    Column("provided_on", _read_day, kinds=_DATE),
    Column("provided_to", _SHORT, check=_check_name),
    Column("remarks", _LONG),
)


def _columns(kind: TableKind) -> tuple[Column, ...]:
    match kind:
        case TableKind.LISTS:
            return LIST_COLUMNS
        case TableKind.ITEMS:
            return ITEM_COLUMNS
        case _:
            assert_never(kind)


TABLES: Mapping[TableKind, tuple[Column, ...]] = MappingProxyType(
    {kind: _columns(kind) for kind in TableKind}
)


def columns_of(kind: TableKind) -> tuple[str, ...]:
    """Return the names of the columns of a table, in the order in which they are written."""
    return tuple(column.name for column in TABLES[kind])
