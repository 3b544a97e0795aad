"""How much work a file of a register may be, found out by counting, before anything is built of it.

A workbook of a few hundred kilobytes can unpack to gigabytes, hold millions of cells, or merge a million of them in
one line; each of them would be an object in memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat
from zipfile import ZipFile

MAX_UNPACKED_BYTES = 64 * 1024**2
MAX_PARTS = 1_000
MAX_SEPARATORS = 2_000_000
MAX_CELLS = 100_000
MAX_ELEMENTS = 8 * MAX_CELLS
MAX_PARTICULARS = MAX_CELLS
"""So many elements may describe something else than rows, cells and their texts: each costs as much as a cell."""
MAX_DEPTH = 100
MAX_FORMULAS = 500
MAX_FORMULA = 8_192
_AT_ONCE = 1024**2
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_AREA = re.compile(r"\$?([A-Z]{1,3})?\$?([0-9]{1,7})?(?::\$?([A-Z]{1,3})?\$?([0-9]{1,7})?)?")


MOST_UPLOADED_SEPARATORS = 300_000
MOST_UPLOADED_ROWS = 30_000
"""What is uploaded is read beside the calls of others, so that it may be less: seconds of work, for 20,000 items."""
_IN_CELLS = frozenset({"row", "c", "v", "is", "si", "t"})


class TooMuchWork(Exception):  # reported to a clerk, with the name of the file
    """What a file has too much of, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy


def check_csv_work(content: bytes, most: int = MAX_SEPARATORS, remedy: str = "split it by lists") -> None:
    """Raise `TooMuchWork` for a CSV file with too many cells; separators within texts are counted with the others."""
    if sum(map(content.count, (b",", b";", b"\n", b"\r"))) > most:
        raise TooMuchWork(f"has more than {most:,} commas, semicolons and line ends", remedy)


def check_workbook_work(content: bytes, most_rows: int = LAST_ROW) -> None:
    """Raise `TooMuchWork` for a workbook beyond the limits; a file that is no workbook is left to its reader."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
                raise TooMuchWork(
                    f"unpacks to {unpacked:,} bytes in {len(parts):,} parts; read are {MAX_UNPACKED_BYTES:,} in"
                    f" {MAX_PARTS:,} at most",
                    "split it by lists, and take out pictures and other sheets",
                )
            counted = _Work(most_rows)
            for part in parts:
                with archive.open(part) as stream:
                    _count(stream, counted)
    except TooMuchWork:
        raise
    except Exception:  # of another make, encrypted or damaged: the reader says so
        return


def _count(stream: IO[bytes], work: _Work) -> None:
    """Count what a part holds; one that is no XML holds nothing, and no reader gets further in it."""
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = work.begin, work.end
    parser.CharacterDataHandler = work.text
    parser.StartDoctypeDeclHandler = work.declaration
    work.depth, work.formula = 0, None
    try:
        while chunk := stream.read(_AT_ONCE):
            parser.Parse(chunk)
    except expat.ExpatError:
        return


class _Work:
    """The counts of a workbook, as far as it has been read. Raises `TooMuchWork` where one is too large."""

    def __init__(self, most_rows: int) -> None:
        self.most_rows = most_rows
        self.rows = self.cells = self.elements = self.particulars = self.formulas = self.depth = 0
        self.formula: int | None = None
        """The length of the formula that is being read."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS or self.depth > MAX_DEPTH:
            raise TooMuchWork(
                f"has more than {MAX_ELEMENTS:,} elements, or some in {MAX_DEPTH} others", _LESS
            )
        kind = name.rpartition(":")[2]
        self.particulars += kind not in _IN_CELLS
        if self.particulars > MAX_PARTICULARS:
            raise TooMuchWork(
                f"has more than {MAX_PARTICULARS:,} formats and other particulars", _PASTE_VALUES
            )
        match kind:
            case "row":
                self.rows += 1
                if self.rows > self.most_rows:
                    raise TooMuchWork(f"has more than {self.most_rows:,} rows", _LESS)
            case "c":
                self._add_cells(1)
            case "f":
                self.formulas, self.formula = self.formulas + 1, 0
                if self.formulas > MAX_FORMULAS:
                    raise TooMuchWork(f"has more than {MAX_FORMULAS} formulas", _PASTE_VALUES)
            case "mergeCell" | "hyperlink":
                self._add_cells(_area_of(attributes.get("ref", "")))
            case _:
                pass

    def end(self, name: str) -> None:
        self.depth -= 1
        self.formula = None

    def text(self, text: str) -> None:
        if self.formula is not None:
            self.formula += len(text)
            if self.formula > MAX_FORMULA:
                raise TooMuchWork(f"has a formula of more than {MAX_FORMULA:,} characters", _PASTE_VALUES)

    def declaration(self, *_: object) -> None:
        raise TooMuchWork("declares a document type, as no workbook does", "save it anew as an XLSX workbook")

    def _add_cells(self, number: int) -> None:
        self.cells += number
        if self.cells > MAX_CELLS:
            counted = "counting empty ones that have a format, and each of those that are merged or linked"
            raise TooMuchWork(f"has more than {MAX_CELLS:,} cells, {counted}", _LESS)


_LESS = "delete what is not part of the lists, or give the lists as CSV"
_PASTE_VALUES = "copy the sheet and paste it as values"


def _area_of(reference: str) -> int:
    """How many cells a reference such as A1:C7 names, or the columns A:C, or the rows 1:7; 0 for one that is none."""
    match = _AREA.fullmatch(reference.upper())
    if match is None:
        return 0
    left, top, right, bottom = match.groups()
    columns = abs(_column(right or left) - _column(left)) + 1 if left else LAST_COLUMN
    rows = abs(int(bottom or top) - int(top)) + 1 if top else LAST_ROW
    return columns * rows


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
