"""What a draft changes, line by line, with the words that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from enum import StrEnum
from typing import assert_never

CONTEXT = 3
MAX_LINES = 400
"""Of a file that changes in more lines, the rest stands in the patch."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class LineState(StrEnum):
    """What became of a line; a gap stands for lines that are not shown."""

    SAME = "same"
    GONE = "gone"
    ADDED = "added"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line in pieces, each with whether it differs within the line; `number` is its place in its file."""

    state: LineState
    number: int
    pieces: tuple[tuple[str, bool], ...] = ()

    @property
    def sign(self) -> str:
        """What stands before the line; nothing before a gap, which has a number in its place."""
        match self.state:
            case LineState.SAME:
                return " "
            case LineState.GONE:
                return "−"
            case LineState.ADDED:
                return "+"
            case LineState.GAP:
                return ""
            case _:
                assert_never(self.state)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What becomes of a file: added, deleted or changed, and how many lines come and go."""

    name: str
    is_new: bool
    is_deleted: bool
    added: int
    gone: int
    lines: tuple[DiffLine, ...]
    is_cut: bool


def compare_files(present: Mapping[str, bytes], changes: Mapping[str, str | None]) -> Sequence[FileDiff]:
    """Return what changes make of the files in force, in the order of their names."""
    return [_compare(name, present.get(name), text) for name, text in sorted(changes.items())]


def write_patch(present: Mapping[str, bytes], changes: Mapping[str, str | None], folder: str) -> str:
    """Return the changes as a patch that `git apply` and `patch -p1` take; the files lie in `folder`."""
    pieces: list[str] = []
    for name, text in sorted(changes.items()):
        old = present.get(name)
        before = None if old is None else old.decode(errors="replace")
        pieces.append(f"diff --git a/{folder}/{name} b/{folder}/{name}\n")
        pieces += ["new file mode 100644\n"] if before is None else []
        pieces += ["deleted file mode 100644\n"] if text is None else []
        for line in unified_diff(
            (before or "").splitlines(keepends=True),
            (text or "").splitlines(keepends=True),
            "/dev/null" if before is None else f"a/{folder}/{name}",
            "/dev/null" if text is None else f"b/{folder}/{name}",
        ):
            pieces.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(pieces)


def _compare(name: str, old: bytes | None, text: str | None) -> FileDiff:
    before = [] if old is None else old.decode(errors="replace").splitlines()
    after = [] if text is None else text.splitlines()
    lines = list(_lines(before, after))
    return FileDiff(
        name=name,
        is_new=old is None,
        is_deleted=text is None,
        added=sum(line.state is LineState.ADDED for line in lines),
        gone=sum(line.state is LineState.GONE for line in lines),
        lines=tuple(lines[:MAX_LINES]),
        is_cut=len(lines) > MAX_LINES,
    )


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    matcher = SequenceMatcher(None, before, after)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        yield DiffLine(LineState.GAP, group[0][3] + 1)
        for tag, first, last, start, end in group:
            if tag == "equal":
                for number in range(start, end):
                    yield DiffLine(LineState.SAME, number + 1, ((after[number], False),))
            elif last - first == end - start:
                yield from _replaced(before, after, first, last, start)
            else:
                for number in range(first, last):
                    yield DiffLine(LineState.GONE, number + 1, ((before[number], False),))
                for number in range(start, end):
                    yield DiffLine(LineState.ADDED, number + 1, ((after[number], False),))


def _replaced(
    before: Sequence[str], after: Sequence[str], first: int, last: int, start: int
) -> Iterator[DiffLine]:
    """As many lines as were there before: those that go, then those that come, with the words that differ."""
    pairs = [mark_words(before[first + i], after[start + i]) for i in range(last - first)]
    for i, (gone, _) in enumerate(pairs):
        yield DiffLine(LineState.GONE, first + i + 1, gone)
    for i, (_, added) in enumerate(pairs):
        yield DiffLine(LineState.ADDED, start + i + 1, added)


MarkedPieces = tuple[tuple[str, bool], ...]


def mark_words(old: str, new: str) -> tuple[MarkedPieces, MarkedPieces]:
    """Return two texts in pieces, each with whether the other has something else in its place."""
    one, other = _WORDS.findall(old), _WORDS.findall(new)
    gone: list[tuple[str, bool]] = []
    added: list[tuple[str, bool]] = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if b > a:
            gone.append(("".join(one[a:b]), tag != "equal"))
        if d > c:
            added.append(("".join(other[c:d]), tag != "equal"))
    return tuple(gone), tuple(added)
