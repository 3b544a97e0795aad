"""Reading the input of a command: files, folders of files, or standard input."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from pathlib import Path

from api.cli.exit_codes import fail

STANDARD_INPUT = "-"


class InputUnreadable(Exception):
    """A file that cannot be read, with the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


def read_input(file: str, what: str) -> bytes:
    """Return the content of a file, or of standard input for `-`, that should hold `what`.

    Editors and shells put a byte order mark before UTF-8, which is no part of the content. Raises `InputUnreadable`.
    """
    try:
        content = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        return content.removeprefix(BOM_UTF8)
    except OSError as error:
        fact = f"{file} cannot be read ({error.strerror})"
        raise InputUnreadable(fact, f"name a file with {what}, or - for standard input") from error


def read_text(file: Path, remedy: str) -> str:
    """Return the text of a file in UTF-8, without a byte order mark; where it cannot be read, end the command."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror})", remedy)
    except ValueError:
        fail(f"{file} cannot be read (it is not UTF-8)", remedy)


def find_json_files(named: Sequence[str], what: str) -> list[str]:
    """Return the files named, and in the place of a folder those in it named *.json, by their names.

    What else a folder holds is named on standard error; one with no such file ends the command.
    """
    return [
        file for name in named for file in (_files_of(Path(name), what) if Path(name).is_dir() else [name])
    ]


def _files_of(folder: Path, what: str) -> Iterator[str]:
    try:
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        fail(f"{folder} cannot be read ({error.strerror})", f"name a file with {what}")
    chosen = [path for path in inside if path.suffix.casefold() == ".json" and not path.is_dir()]
    if not chosen:
        fail(f"{folder} holds no file named *.json", f"name a file with {what}, or a folder with such files")
    for path in inside:
        if path not in chosen:
            sys.stderr.write(f"channelgate: {path} is not read; of a folder, the files named *.json are\n")
    yield from map(str, chosen)
