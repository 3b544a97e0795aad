"""Which lines two versions of some files differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import assert_never

AROUND = 3
"""So many lines that stay are shown before and after those that change."""


class LineKind(StrEnum):
    """What becomes of a line; `gap` stands for lines between that stay."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    GAP = "gap"

    @property
    def sign(self) -> str:
        """What stands before the line."""
        match self:
            case LineKind.SAME:
                return " "
            case LineKind.ADDED:
                return "+"
            case LineKind.REMOVED:
                return "−"
            case LineKind.GAP:
                return "…"
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line with its number in the older or newer file, where it has one."""

    kind: LineKind
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """What changes in a file: how many lines are new and gone, and the lines with some around them."""

    name: str
    is_new: bool
    is_gone: bool
    lines: tuple[DiffLine, ...]

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(one.kind is LineKind.ADDED for one in self.lines)

    @property
    def removed(self) -> int:
        """How many lines are gone."""
        return sum(one.kind is LineKind.REMOVED for one in self.lines)


def find_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Return what changes in each file that does, by name."""
    return tuple(
        FileChange(
            name,
            is_new=name not in before,
            is_gone=name not in after,
            lines=tuple(changed_lines(before.get(name, ""), after.get(name, ""))),
        )
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def changed_lines(before: str, after: str) -> Iterator[DiffLine]:
    """Yield the lines that change, with some around them."""
    old, new = (text.split("\n") if text else [] for text in (before, after))
    first = _same_at_start(old, new)
    last = _same_at_start(old[first:][::-1], new[first:][::-1])
    start = max(0, first - AROUND)
    old_part = old[start : len(old) - max(0, last - AROUND)]
    new_part = new[start : len(new) - max(0, last - AROUND)]
    matcher = SequenceMatcher(None, old_part, new_part, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if number:
            yield DiffLine(LineKind.GAP, None, None, "")
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                for offset, text in enumerate(old_part[old_from:old_to]):
                    yield DiffLine(
                        LineKind.SAME, start + old_from + offset + 1, start + new_from + offset + 1, text
                    )
                continue
            for offset, text in enumerate(old_part[old_from:old_to]):
                yield DiffLine(LineKind.REMOVED, start + old_from + offset + 1, None, text)
            for offset, text in enumerate(new_part[new_from:new_to]):
                yield DiffLine(LineKind.ADDED, None, start + new_from + offset + 1, text)


def _same_at_start(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts begin with alike."""
    count = 0
    for mine, others in zip(one, other, strict=False):
        if mine != others:
            break
        count += 1
    return count
