"""The lines of a large case, some on each page: those from the number that the address names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.parsing.fields import read_whole_number

LINES = 10
FIRST_LINE = "first_line"


@dataclass(frozen=True, slots=True)
class LinePage:
    """The lines from the one at the place `first` to the one at `last`, both counted from 1, of `count`."""

    marks: Sequence[int | str]
    first: int
    count: int

    @property
    def last(self) -> int:
        """The place of the last line that is shown."""
        return self.first + len(self.marks) - 1

    @property
    def before(self) -> int | None:
        """Where the page before begins."""
        return max(self.first - LINES, 1) if self.first > 1 else None

    @property
    def behind(self) -> int | None:
        """Where the next page begins."""
        return self.last + 1 if self.last < self.count else None


def read_line_page(lines: Sequence[int | str], query: Mapping[str, str]) -> LinePage:
    """Return the lines that a page shows; a place that no line has leads to the first ones."""
    first = read_whole_number(query.get(FIRST_LINE, "1"), 1, len(lines)) or 1
    return LinePage(lines[first - 1 : first - 1 + LINES], first, len(lines))
