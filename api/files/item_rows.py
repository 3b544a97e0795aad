"""The items of a request as rows of a CSV file or a workbook: a column a fact, an empty cell for none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.domain.interview.countries import Mistake
from api.domain.interview.readers import read_value
from api.files.columns import Cell
from api.files.csv_form import is_blank
from api.files.csv_tables import read_csv_cells, write_csv
from api.files.faults import Fault, RegisterFaults, file_fault
from api.files.register_files import CSV_SUFFIX, SUFFIXES, RegisterFile, find_excess, find_files, is_csv
from api.files.tables import MAX_NAMES, too_many_names
from api.files.work_limits import TooMuchWork, check_csv_work
from api.parsing.characters import in_normal_form
from engine import Vocabulary, suggestion
from engine.contract.vocabulary import ITEM

SHEET = "items"
MAX_ITEMS = 1000
MAX_SEPARATORS = 100 * MAX_ITEMS
"""So many commas, semicolons and line ends a table of items has at most; a file of a register may have more."""

_Rows = Sequence[tuple[int, Sequence[Cell]]]


def read_item_rows(path: Path, vocabulary: Vocabulary) -> list[Mapping[str, Any]]:
    """Return what each row of a file states, by the names of facts, in the order of the rows.

    A column is named after its fact, with or without `item.`. Raises `RegisterFaults` with every fault, and
    `FilesUnreadable` if there is nothing to read.
    """
    (file,) = find_files([path])
    return _items_in(file.name, *_cells_in(file), vocabulary)


def read_items(file: RegisterFile, vocabulary: Vocabulary) -> list[Mapping[str, Any]]:
    """Return what each row states, as `read_item_rows` does, of a file that is at hand. Raises `RegisterFaults`."""
    if not file.name.casefold().endswith(SUFFIXES):
        fact = "is neither a CSV file nor an XLSX workbook"
        raise RegisterFaults([file_fault(file.name, fact, "save it as one of the two")])
    return _items_in(file.name, *_cells_in(file), vocabulary)


def read_pasted_items(source: str, text: str, vocabulary: Vocabulary) -> list[Mapping[str, Any]]:
    """Return what each row states of a table that was copied from a spreadsheet, or of the text of a CSV file.

    Raises `RegisterFaults`, in which the table is called `source`.
    """
    _check_work(source, text.replace("\t", ",").encode())
    file = RegisterFile(f"{source}{CSV_SUFFIX}", _as_csv(text))
    rows, faults = _cells_in(file)
    return _items_in(source, rows, [replace(one, source=source) for one in faults], vocabulary)


def _as_csv(pasted: str) -> bytes:
    """A table with tabs between its cells as a CSV file; any other text as it is."""
    head = next((line for line in pasted.splitlines() if not is_blank(line)), "")
    if "\t" not in head:
        return pasted.encode()
    try:
        first, *others = csv.reader(io.StringIO(pasted, newline=""), delimiter="\t")
    except csv.Error:  # a cell without end; the reader of the file says what to do
        return pasted.encode()
    return write_csv(first, others)


def _items_in(
    source: str, rows: _Rows, faults: list[Fault], vocabulary: Vocabulary
) -> list[Mapping[str, Any]]:
    filled = [(number, cells) for number, cells in rows if any(cell.text for cell in cells)]
    if not filled and not faults:
        faults = [file_fault(source, "is empty", "give a row of column names, then a row for each item")]
    items: list[Mapping[str, Any]] = []
    if filled:
        (head, names), *others = filled
        columns = [_fact_of(cell.text) for cell in names]
        faults += _name_faults(source, head, columns, vocabulary)
        if not others or len(others) > MAX_ITEMS:
            faults.append(file_fault(source, f"has {len(others)} items", f"give 1 to {MAX_ITEMS} rows"))
        if not faults:
            for number, cells in others:
                stated, wrong = _row(source, number, columns, cells, vocabulary)
                items.append(stated)
                faults += wrong
    if faults:
        raise RegisterFaults(faults)
    return items


def _cells_in(file: RegisterFile) -> tuple[_Rows, list[Fault]]:
    if excess := find_excess(file):
        return (), [*excess]
    if is_csv(file.name):
        _check_work(file.name, file.content)
        found = read_csv_cells(file.name, file.content)
        return found.rows, [*found.faults]
    from api.files.xlsx_tables import read_sheets

    (sheet, *others) = read_sheets(file.name, file.content, (SHEET,))
    return sheet.rows, [fault for each in (sheet, *others) for fault in each.faults]


def _check_work(source: str, content: bytes) -> None:
    """Raise `RegisterFaults` for a table that nobody has items for, before anything is built of it."""
    remedy = f"give 1 to {MAX_ITEMS} rows, and no columns but those of an item"
    try:
        check_csv_work(content, MAX_SEPARATORS, remedy)
    except TooMuchWork as much:
        raise RegisterFaults([file_fault(source, much.fact, remedy)]) from much


def _fact_of(name: str) -> str:
    text = name.casefold()
    return text if text.startswith(ITEM) else f"{ITEM}{text}"


def _name_faults(source: str, head: int, columns: Sequence[str], vocabulary: Vocabulary) -> Iterator[Fault]:
    if len(columns) > MAX_NAMES:
        yield too_many_names(source, head, len(columns))
        return
    known = [name for name in vocabulary.facts if name.startswith(ITEM)]
    for position, fact in enumerate(columns, 1):
        short = fact.removeprefix(ITEM)
        if fact not in known:
            shorts = [name.removeprefix(ITEM) for name in known]
            remedy = suggestion(short, shorts) or f"name it after a fact of an item: {', '.join(shorts)}"
            yield Fault(source, head, position, "", f"no table of items has a column `{short[:40]}`", remedy)
        elif fact in columns[: position - 1]:
            yield Fault(source, head, position, short, "stands there twice", "delete one of the two columns")


def _row(
    source: str, number: int, columns: Sequence[str], cells: Sequence[Cell], vocabulary: Vocabulary
) -> tuple[Mapping[str, Any], list[Fault]]:
    if any(cell.text for cell in cells[len(columns) :]):
        fact = f"has more cells than the {len(columns)} columns that are named"
        return {}, [
            file_fault(source, fact, "put a cell that holds the separator between double quotes", number)
        ]
    stated: dict[str, Any] = {}
    faults: list[Fault] = []
    for position, (fact, cell) in enumerate(zip(columns, cells, strict=False), 1):
        if not cell.text:
            continue
        word = vocabulary.words[fact]
        value = read_value(word, in_normal_form(cell.text), word.choices_in_words)
        if isinstance(value, Mistake):
            faults.append(Fault(source, number, position, fact.removeprefix(ITEM), value.fact, value.remedy))
        else:
            stated[fact] = value
    return stated, faults
