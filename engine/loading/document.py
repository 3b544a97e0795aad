"""A policy file as plain values, with the line and column of each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.diagnostics import Diagnostic, Place

Path = tuple[str | int, ...]

MAX_FILE_BYTES = 1_000_000
"""A file of more bytes is not read."""

_UNITS = {
    '"': re.compile(r"\\[ntrvfNLP_\s]|(?P<shown>\\(?:x..|u.{4}|U.{8}|.)|\S)", re.DOTALL),
    "'": re.compile(r"(?P<shown>''|\S)"),
    "": re.compile(r"(?P<shown>\S)"),
}
"""How a file writes one character of a text other than a space, by the quotes around the text."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file. `value` is made of dict, list, str, int, Decimal, bool, date and None."""

    file: str
    text: str = field(repr=False)
    value: Any
    places: Mapping[Path, tuple[int, int]] = field(repr=False)
    keys: Mapping[Path, int] = field(repr=False)
    line_starts: Sequence[int] = field(repr=False)
    remarks: tuple[Diagnostic, ...] = field(default=(), repr=False)
    """What only newer checks of the form find in it; empty unless it is from a recorded set."""

    def place(self, path: Path = ()) -> Place:
        """The place of the value at `path`, or of the nearest value around it that exists."""
        while path not in self.places:
            path = path[:-1]
        return self._at(*self.places[path])

    def key_place(self, path: Path) -> Place:
        """The place of the key that `path` ends with."""
        if path not in self.keys:
            return self.place(path)
        start = self.keys[path]
        quotes = 2 if self.text[start] in ("'", '"') else 0
        return self._at(start, start + len(str(path[-1])) + quotes)

    def place_within(self, path: Path, offset: int, end: int | None = None) -> Place:
        """The place of the characters from `offset` to `end` of the text value at `path`, however it is quoted.

        `end` is exclusive, and that of the text if left out.
        """
        if path not in self.places:
            return self.place(path)
        last = max(offset, (len(str(self.value_at(path))) if end is None else end) - 1)
        return self._at(self._index_within(path, offset), self._index_within(path, last) + 1)

    def _index_within(self, path: Path, offset: int) -> int:
        start, end = self.places[path]
        value, first_sign = str(self.value_at(path)), self.text[start : start + 1]
        quote = first_sign if first_sign in ("'", '"') else ""
        source = self.text[start : end - len(quote)]
        first = source.index("\n") if first_sign in ("|", ">") else len(quote)
        units = [unit for unit in _UNITS[quote].finditer(source, first) if unit["shown"]]
        before = value[:offset]
        count = len("".join(before.split()))
        if value[offset : offset + 1].isspace():
            last = units[count - 1].end() if count else 0
            return start + last + len(before) - len(before.rstrip())
        return start + units[min(count, len(units) - 1)].start() if units else start

    def written(self, path: Path) -> str:
        """The value at `path` as the file has it, cut to its first words."""
        start, end = self.places[path]
        text = " ".join(self.text[start:end].split())
        return text if len(text) <= 60 else f"{text[:57]}..."

    def value_at(self, path: Path) -> Any:
        """The plain value at `path`."""
        value = self.value
        for step in path:
            value = value[step]
        return value

    def _at(self, index: int, end: int) -> Place:
        """The same as `_place_at`, without counting the lines again for each of many places."""
        line = bisect_right(self.line_starts, index)
        in_line = self.text[index:end].split("\n", 1)[0].rstrip()
        return Place(self.file, line, index - self.line_starts[line - 1] + 1, max(1, len(in_line)))
