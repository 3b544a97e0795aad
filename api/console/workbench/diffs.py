"""What a draft changes, line by line, with the words that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from itertools import groupby, pairwise

from api.domain.line_changes import DiffLine, FileChange, LineKind, find_changes

MAX_LINES = 400
"""Of a file that changes in more lines, the rest stands in the patch."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

MarkedPieces = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether the other text has something else in its place."""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line in pieces; a gap has none, and the number of the line behind it."""

    kind: LineKind
    number: int | None
    pieces: MarkedPieces = ()


@dataclass(frozen=True, slots=True)
class MarkedChange:
    """What changes in a file, and its lines in pieces that say what differs within a line; a gap comes first."""

    change: FileChange
    lines: tuple[MarkedLine, ...]
    is_cut: bool


def compare_files(present: Mapping[str, bytes], changes: Mapping[str, str | None]) -> Sequence[MarkedChange]:
    """Return what changes make of the files in force, in the order of their names."""
    before = {name: text.decode(errors="replace") for name, text in present.items() if name in changes}
    after = {name: text for name, text in changes.items() if text is not None}
    return [
        MarkedChange(change, tuple(_marked(change.lines[:MAX_LINES])), len(change.lines) > MAX_LINES)
        for change in find_changes(before, after)
    ]


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


def _marked(lines: Sequence[DiffLine]) -> Iterator[MarkedLine]:
    """The lines in pieces; of as many lines as were there before, the words that differ are marked."""
    runs = [[*run] for _, run in groupby(lines, key=lambda line: line.kind)]
    marks = dict[DiffLine, MarkedPieces]()
    for gone, added in pairwise(runs):
        kinds = gone[0].kind, added[0].kind
        if kinds == (LineKind.REMOVED, LineKind.ADDED) and len(gone) == len(added):
            for old, new in zip(gone, added, strict=True):
                marks[old], marks[new] = mark_words(old.text, new.text)
    for place, line in enumerate(lines):
        if place == 0:
            yield MarkedLine(LineKind.GAP, line.after or line.before)
        if line.kind is not LineKind.GAP:
            yield MarkedLine(line.kind, line.after or line.before, marks.get(line, ((line.text, False),)))
        elif place + 1 < len(lines):
            yield MarkedLine(LineKind.GAP, lines[place + 1].after or lines[place + 1].before)


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
