"""Text that is indented as a whole, without the blanks to the right that a box of text has."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


def print_indented(console: Console, columns: int, text: str | Text) -> None:
    """Print a text wrapped to the console, each line behind so many columns."""
    whole = Text(text) if isinstance(text, str) else text
    indent = " " * columns
    for line in whole.wrap(console, max(1, console.width - columns)):
        line.rstrip()
        console.print(Text.assemble(indent, line), soft_wrap=True)


def print_title(console: Console, columns: int, title: str) -> None:
    """Print the underlined title of a part."""
    console.print(Text.assemble(" " * columns, (title, "underline")))
