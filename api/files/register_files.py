"""The files of a register: folders, CSV files and workbooks read into tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.files.columns import TableKind
from api.files.csv_tables import read_csv
from api.files.faults import Fault, RegisterFaults, file_fault
from api.files.tables import Table
from api.files.work_limits import (
    MOST_UPLOADED_ROWS,
    MOST_UPLOADED_SEPARATORS,
    TooMuchWork,
    check_csv_work,
    check_workbook_work,
)
from api.runtime.regular_files import read_regular_file

MAX_FILE_BYTES = 32 * 1024**2
CSV_SUFFIX = ".csv"
SUFFIXES = (CSV_SUFFIX, ".xlsx")


class FilesUnreadable(Exception):  # reported to a clerk, like a fault of the policies
    """A file or folder that could not be read at all, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file as it was given: its name without folder, and its bytes."""

    name: str
    content: bytes


_REMEDY = "name a CSV file, an XLSX workbook, or a folder with them"


def find_files(paths: Sequence[Path]) -> list[RegisterFile]:
    """Return the files named, and the CSV files and workbooks of the folders named, each once.

    Raises `FilesUnreadable` for what is not there, and `RegisterFaults` for files of another make.
    """
    found: dict[Path, None] = {}
    for path in paths:
        inside = _register_files(path) if path.is_dir() else [path]
        found.update(dict.fromkeys(file.resolve() for file in inside))
    for file in found:
        if not file.exists():
            raise FilesUnreadable(f"there is no file {file}", _REMEDY)
    faults = [
        file_fault(file.name, "is neither a CSV file nor an XLSX workbook", "save it as one of the two")
        for file in found
        if file.suffix.casefold() not in SUFFIXES
    ]
    names = [file.name for file in found]
    faults += [
        file_fault(name, "is the name of two files given", "rename one, so that its faults can be told apart")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if faults:
        raise RegisterFaults(faults)
    return [RegisterFile(file.name, _read(file)) for file in found]


def read_tables(files: Sequence[RegisterFile]) -> list[Table]:
    """Return the tables in the files; what is wrong with the form of one, or too much in it, is in its faults."""
    return [table for file in files for table in _too_much(file) or _tables_in(file)]


def read_recorded_tables(files: Sequence[RegisterFile]) -> list[Table]:
    """Return the tables in files that were imported; what was taken then is read, however much it is."""
    return [table for file in files for table in _tables_in(file)]


def _tables_in(file: RegisterFile) -> list[Table]:
    if is_csv(file.name):
        return [read_csv(file.name, file.content)]
    from api.files.xlsx_tables import read_workbook

    return read_workbook(file.name, file.content)


def _too_much(file: RegisterFile) -> list[Table]:
    """The fault of a file that is more work than is done for one, as an empty table."""
    return [Table(file.name, TableKind.ITEMS, (), (fault,)) for fault in find_excess(file)]


def find_excess(file: RegisterFile) -> tuple[Fault, ...]:
    """Return the fault of a file that is more work than is done for one."""
    try:
        check_csv_work(file.content) if is_csv(file.name) else check_workbook_work(file.content)
    except TooMuchWork as excess:
        return (file_fault(file.name, excess.fact, excess.remedy),)
    return ()


def check_uploads(files: Sequence[RegisterFile]) -> None:
    """Raise `TooMuchWork` for files that are more work than one call may cause, all together."""
    check_csv_work(b"".join(file.content for file in files if is_csv(file.name)), MOST_UPLOADED_SEPARATORS)
    for file in files:
        if not is_csv(file.name):
            check_workbook_work(file.content, MOST_UPLOADED_ROWS)


def is_csv(name: str) -> bool:
    """Return whether a file is CSV by its name, and no workbook."""
    return name.casefold().endswith(CSV_SUFFIX)


def _register_files(folder: Path) -> list[Path]:
    found = sorted(file for file in folder.iterdir() if file.suffix.casefold() in SUFFIXES)
    if not found:
        raise FilesUnreadable(
            f"{folder} holds no CSV file and no XLSX workbook", "name a folder with lists.csv and items.csv"
        )
    return found


def _read(file: Path) -> bytes:
    try:
        content = read_regular_file(file, MAX_FILE_BYTES)
    except OSError as error:
        raise FilesUnreadable(f"{file} cannot be read ({error.strerror})", _REMEDY) from error
    if len(content) > MAX_FILE_BYTES:
        raise FilesUnreadable(f"{file} is larger than {MAX_FILE_BYTES:,} bytes", "split it by lists")
    return content
