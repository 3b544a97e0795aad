"""What is wrong with the files of a register: fact, place, remedy, the place as a spreadsheet shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault; faults are ordered by their places.

    `row` is counted as a spreadsheet does, the row of the names being 1, and 0 means the file; `position` is the
    place of the column, by which the faults of a row are ordered.
    """

    source: str
    row: int
    position: int
    column: str
    fact: str
    remedy: str

    @property
    def place(self) -> str:
        """Where it is, in words."""
        row = f", row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.source}{row}{column}"


def file_fault(source: str, fact: str, remedy: str, row: int = 0) -> Fault:
    """Return a fault of a file, or of a whole row of it."""
    return Fault(source, row, 0, "", fact, remedy)


_ORDER = attrgetter(*(member.name for member in fields(Fault)))
"""Their order as one tuple each: a file may have a hundred thousand, and to compare two makes tuples each time."""


class RegisterFaults(Exception):  # reported to a clerk, like a fault of the policies
    """Every fault of the files of a register; with any, nothing of them is recorded."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(sorted(set(faults), key=_ORDER))


class CellFault(Exception):  # reported to a clerk, with the place of the cell
    """What is wrong with a cell, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy
