"""What a command would change in a file, line by line."""

from __future__ import annotations

import difflib


def show_difference(name: str, before: bytes, after: bytes) -> str:
    """Return what differs in a file, as a unified diff."""
    lines = difflib.unified_diff(
        before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True), name, name
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
