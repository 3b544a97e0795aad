"""The places of findings for tools that identify files by path and count columns as editors do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import Place


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a policy folder, as they were checked."""

    folder: Path
    files: Mapping[str, bytes]

    def path(self, place: Place) -> Path:
        """The file of a place: seen from the folder the command runs in if it lies below it, else absolute."""
        absolute = (self.folder / place.file).absolute()
        here = Path.cwd()
        return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute

    def line(self, place: Place) -> str:
        """The line of a place as it is in the file; empty if there is none."""
        lines = self.files.get(place.file, b"").decode("utf-8", "replace").split("\n")
        return lines[place.line - 1].removesuffix("\r") if place.line <= len(lines) else ""

    def columns(self, place: Place) -> tuple[int, int]:
        """The first column of a place and the one behind it, in UTF-16 code units, from 1."""
        line = self.line(place)
        start = place.column - 1
        first = _units(line[:start]) + 1
        return first, first + max(1, _units(line[start : start + place.length]))


def _units(text: str) -> int:
    """The length of a text as UTF-16; what lies beyond U+FFFF counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
