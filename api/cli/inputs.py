"""Reading the input of a command: a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from api.cli.exit_codes import fail


def read_input(file: str, what: str) -> bytes:
    """Return the content of a file, or of standard input for `-`, that should hold `what`; else end the command."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror})", f"name a file with {what}, or - for standard input")
