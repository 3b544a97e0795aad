"""Reading the input of a command: a file, or standard input."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from pathlib import Path

from api.cli.exit_codes import fail


def read_input(file: str, what: str) -> bytes:
    """Return the content of a file, or of standard input for `-`, that should hold `what`; else end the command.

    Editors and shells put a byte order mark before UTF-8, which is no part of the content.
    """
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.removeprefix(BOM_UTF8)
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror})", f"name a file with {what}, or - for standard input")
