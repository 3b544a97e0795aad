"""The answers of a returned list for confirmation: an item a row, and what was answered for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.domain.registers.lists import RegisterItem, RegisterList
from api.files.columns import Cell
from api.files.csv_tables import read_csv_cells
from api.files.faults import Fault, RegisterFaults, file_fault
from api.files.register_files import RegisterFile, find_excess, is_csv
from engine import suggestion

SHEET = "items"
NUMBER, ANSWER = "item_no", "answer"
RETURNED_COLUMNS = (NUMBER, "list_id", "description", "quantity", "unit", ANSWER)
"""The columns of a list that is sent out to be filled in; of a returned one, `item_no` and `answer` are read."""

_NumberedCells = Sequence[tuple[int, Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a row answers for an item, and where it stands."""

    source: str
    row: int
    item_no: str
    state: str

    def fault(self, column: str, fact: str, remedy: str) -> Fault:
        """Return a fault at a column of the row."""
        return Fault(self.source, self.row, RETURNED_COLUMNS.index(column) + 1, column, fact, remedy)


@dataclass(frozen=True, slots=True)
class ReturnedList:
    """The rows with an answer, and how many have none yet."""

    rows: Sequence[AnswerRow]
    unanswered: int


def open_row(item: RegisterItem, listed: RegisterList) -> tuple[str, ...]:
    """Return the cells of an item on a list that is sent out, its answer left empty."""
    quantity = "" if item.quantity is None else format(item.quantity, "f")
    return item.item_no, listed.list_id, item.description, quantity, item.unit or "", ""


def read_answers(file: RegisterFile, words: Mapping[str, str]) -> ReturnedList:
    """Return the answers of a file. `words` are what may stand for an answer, in small letters, and which it is.

    Raises `RegisterFaults` with every fault.
    """
    rows, faults = _cells_in(file)
    filled = [(number, cells) for number, cells in rows if any(cell.text for cell in cells)]
    if faults or not filled:
        raise RegisterFaults(faults or [file_fault(file.name, "is empty", "fill in the list that was sent")])
    (head, names), *others = filled
    columns = [cell.text.casefold() for cell in names]
    for column in (NUMBER, ANSWER):
        if columns.count(column) != 1:
            fact = f"the column `{column}` is there {columns.count(column)} times"
            remedy = f"name the columns {', '.join(RETURNED_COLUMNS)}, each once"
            faults.append(file_fault(file.name, fact, remedy, head))
    if faults:
        raise RegisterFaults(faults)
    answered, unanswered = list[AnswerRow](), 0
    seen: dict[str, int] = {}
    for number, cells in others:
        texts = dict(zip(columns, (cell.text for cell in cells), strict=False))
        row = AnswerRow(file.name, number, texts.get(NUMBER, ""), texts.get(ANSWER, ""))
        if not row.state:
            unanswered += 1
            continue
        state = words.get(row.state.casefold())
        faults += _row_faults(row, state, words, seen.get(row.item_no))
        seen.setdefault(row.item_no, number)
        answered.append(AnswerRow(row.source, row.row, row.item_no, state or row.state))
    if faults:
        raise RegisterFaults(faults)
    return ReturnedList(answered, unanswered)


def _row_faults(
    row: AnswerRow, state: str | None, words: Mapping[str, str], before: int | None
) -> Iterator[Fault]:
    if not row.item_no:
        yield row.fault(NUMBER, "is empty", "write the number of the item that is answered for")
    if state is None:
        remedy = suggestion(row.state.casefold(), [*words]) or f"write one of: {', '.join(words)}"
        yield row.fault(ANSWER, f"“{row.state[:40]}” is no answer", remedy)
    if row.item_no and before is not None:
        yield row.fault(NUMBER, f"{row.item_no} stands in row {before} already", "delete one of the two rows")


def _cells_in(file: RegisterFile) -> tuple[_NumberedCells, list[Fault]]:
    if excess := find_excess(file):
        return (), [*excess]
    if is_csv(file.name):
        found = read_csv_cells(file.name, file.content)
        return found.rows, [*found.faults]
    from api.files.xlsx_tables import read_sheets

    (sheet, *others) = read_sheets(file.name, file.content, (SHEET,))
    return sheet.rows, [fault for each in (sheet, *others) for fault in each.faults]
