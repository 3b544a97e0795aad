"""The comments of a policy file: found between its values, and given to the entries they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.formatting.entries import FileEntry, Listing, Scalar, Tree, all_entries, listings

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """What a comment says, where it begins, and whether it has a line of its own, below an empty one."""

    index: int
    column: int
    text: str
    alone: bool
    spaced: bool

    @property
    def lines(self) -> list[str]:
        """The comment as lines, with the empty one above it if there is one."""
        return ["", self.text] if self.alone and self.spaced else [self.text]


def find_comments(text: str, tree: Tree) -> list[Comment]:
    """Return every comment of a file in order; `tree` are the entries of `text`."""
    found = []
    for start, end in _gaps(text, tree):
        position = start
        while match := _COMMENT.search(text, position, end):
            begin = text.rfind("\n", 0, match.start()) + 1
            before = text[begin : match.start()]
            alone, spaced = not before.strip(" \t"), _is_below_empty_line(text, begin)
            found.append(Comment(match.start(), len(before), match[0].rstrip(" \t\r"), alone, spaced))
            position = match.end()
    return found


def _is_below_empty_line(text: str, begin: int) -> bool:
    return begin > 0 and not text[: begin - 1].rpartition("\n")[2].strip(" \t\r")


def _gaps(text: str, tree: Tree) -> Iterator[tuple[int, int]]:
    """The stretches of the file outside every key and value; the rest of the line with `|` or `>` is one, too."""
    position = 0
    for start, end in _spans(text, tree):
        yield position, start
        position = end
    yield position, len(text)


def _spans(text: str, tree: Tree) -> Iterator[tuple[int, int]]:
    if isinstance(tree, Listing):
        for entry in tree.entries:
            if entry.key is not None:
                yield entry.key.start, entry.key.end
            yield from _spans(text, entry.value)
    elif tree.is_block:
        yield tree.start, tree.start + 1
        yield _content(text, tree), tree.end
    else:
        yield tree.start, tree.end


def _content(text: str, scalar: Scalar) -> int:
    """Where the lines of a block scalar begin."""
    head = text.find("\n", scalar.start, scalar.end)
    return scalar.end if head < 0 else head


def attach_comments(text: str, tree: Tree) -> None:
    """Give each comment of the file to an entry: above it, behind it, or below it."""
    entries = list(all_entries(tree))
    flows = [listing for listing in listings(tree) if listing.flow]
    for comment in find_comments(text, tree):
        before = [entry for entry in entries if entry.start < comment.index]
        after = [entry for entry in entries if entry.start > comment.index]
        if (owner := _beside(text, comment, before)) is not None:
            if comment.alone or owner.behind:
                owner.above += comment.lines
            else:
                owner.behind = comment.text
        elif inside := [flow for flow in flows if flow.start < comment.index < flow.end]:
            _attach_within(comment, inside[-1], before, after)
        else:
            _attach_between(comment, before, after)
    for entry in entries:
        if _is_below_empty_line(text, text.rfind("\n", 0, entry.start) + 1):
            entry.above.append("")


def _beside(text: str, comment: Comment, before: Sequence[FileEntry]) -> FileEntry | None:
    """The entry that a comment stands in, between key and value, or behind."""
    for entry in reversed(before):
        if _is_between(text, comment, entry):
            return entry
    if comment.alone:
        return None
    ended = [
        entry
        for entry in before
        if entry.is_whole
        and entry.value.end <= comment.index
        and "\n" not in text[entry.value.end : comment.index]
    ]
    return max(ended, key=lambda entry: (-entry.depth, entry.start), default=None)


def _is_between(text: str, comment: Comment, entry: FileEntry) -> bool:
    value = entry.value
    if isinstance(value, Scalar) and value.is_block and value.start < comment.index < _content(text, value):
        return True
    if entry.key is None or not entry.key.end <= comment.index < value.start:
        return False
    # Between a key and the first of its entries, a comment in a line of its own is about that first entry.
    return not comment.alone or isinstance(value, Scalar) or value.flow


def _attach_within(
    comment: Comment, flow: Listing, before: Sequence[FileEntry], after: Sequence[FileEntry]
) -> None:
    """Give a comment within brackets to what follows there, else to the last entry, else to the whole."""
    if after and after[0].start < flow.end:
        after[0].above += comment.lines
    elif flow.entries:
        flow.entries[-1].below += comment.lines
    elif before:
        before[-1].above += comment.lines


def _attach_between(comment: Comment, before: Sequence[FileEntry], after: Sequence[FileEntry]) -> None:
    """Give a comment to the entry that follows, or to one above it if it is set further in than that."""
    if not before:
        if after:
            after[0].above += comment.lines
        return
    chain = [entry for entry in _chain(before[-1]) if not _is_within_flow(entry)]
    fitting = next((entry for entry in chain if entry.column <= comment.column), chain[-1])
    if after and fitting.column <= after[0].column:
        after[0].above += comment.lines
    else:
        fitting.below += comment.lines


def _chain(entry: FileEntry | None) -> Iterator[FileEntry]:
    """An entry and those around it, the innermost first."""
    while entry is not None:
        yield entry
        entry = entry.around


def _is_within_flow(entry: FileEntry) -> bool:
    return any(isinstance(outer.value, Listing) and outer.value.flow for outer in _chain(entry.around))
