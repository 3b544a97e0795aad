"""Lines of a page: wrapped as text, or with the signs of Markdown escaped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 100


def marked(text: str) -> str:
    """The text with the special characters of Markdown escaped."""
    return "".join(f"\\{sign}" if sign in "\\`*_<>[]{}|#" else sign for sign in text)


def wrapped(texts: Iterable[str], indent: str) -> list[str]:
    """The texts in lines of the page, each behind the indentation."""
    return [
        line
        for text in texts
        for line in textwrap.wrap(
            text,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=f"{indent}   ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]
