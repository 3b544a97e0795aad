"""One layout for all policy files: order of keys, indentation, width and quotes; comments and values stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.formatting.comments import attach_comments, find_comments
from engine.formatting.entries import FileEntry, Listing, Scalar, Tree, all_entries, read_entries
from engine.formatting.key_order import keys_in_order, kind_of_file, sort_within
from engine.formatting.scalars import WIDTH, in_lines, inline
from engine.loading.yaml_reader import load_document

STEP = 2
"""By how many columns a part stands further in than its key."""


_JOINTS = {"when": " (?=and |or )", "unless": " (?=and |or )"}
"""Where the text under a key is broken, if not at every space: a condition, before `and` and `or`."""


class LayoutLost(Exception):
    """A file cannot be laid out without losing something, so it has to stay as it is."""


@dataclass(frozen=True, slots=True)
class _EntryLines:
    """An entry as lines: the comments above it, which an item shares with its first key, and the rest."""

    above: list[str]
    lines: list[str]


def lay_out(file: str, content: bytes) -> bytes:
    """Return a policy file in the layout of all policy files.

    Laying out again changes nothing. Raises PolicyFaults if the file is not well-formed (codes Y..), and LayoutLost
    if a value or comment would not come through, or the layout would not last; that should never happen.
    """
    before = load_document(file, content)
    text = _laid_out(before.text)
    return lasting(file, text, before.value, comments_of(before.text))


def lasting(file: str, text: str, value: Any, comments: Sequence[str]) -> bytes:
    """Return a file in its layout, if it holds this value and these comments. Raises LayoutLost."""
    if not same_content(value, load_document(file, text.encode()).value):
        raise LayoutLost("a value would change")
    if sorted(comments) != sorted(comments_of(text)):
        raise LayoutLost("a comment would be lost")
    if _laid_out(text) != text:
        raise LayoutLost("the layout would not last")
    return text.encode()


def same_content(one: Any, other: Any) -> bool:
    """Return whether two documents hold the same, whatever the order of keys; 1 and true differ, as do 1 and 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same_content(value, other[key]) for key, value in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_content, one, other))
    return type(one) is type(other) and str(one) == str(other)


def comments_of(text: str) -> list[str]:
    """Return the comments of a file."""
    return [comment.text for comment in find_comments(text, read_entries(text))]


def _laid_out(text: str) -> str:
    tree = read_entries(text)
    attach_comments(text, tree)
    return text if isinstance(tree, Scalar) or not tree.entries else render(tree)


def render(tree: Listing) -> str:
    """Return the text of a file with these entries and their comments, in the layout."""
    heading = _tidied(tree.entries[0].above)
    tree.entries[0].above.clear()
    sort = kind_of_file([entry.key.value for entry in tree.entries if entry.key])
    first, *rest = _parts(tree, 0, sort)
    lines = [*heading, *_tidied(first.above), *first.lines]
    for part in rest:
        lines += [*part.above, *part.lines]
    return "\n".join(lines) + "\n"


def _tidied(lines: Sequence[str]) -> list[str]:
    """Lines without the empty ones they begin with."""
    start = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    return list(lines[start:])


def _parts(listing: Listing, indent: int, sort: Any) -> list[_EntryLines]:
    """The entries of a part in their order, each as lines set in by `indent`."""
    return [_part(entry, indent, within) for entry, within in _ordered(listing, sort)]


def _ordered(listing: Listing, sort: Any) -> list[tuple[FileEntry, Any]]:
    """The entries in the order of their keys, each with the sort of its value; items stay as they are."""
    order = {key: position for position, key in enumerate(keys_in_order(sort))}
    last = len(order)
    entries = sorted(listing.entries, key=lambda entry: order.get(_name(entry) or "", last))
    return [(entry, sort_within(sort, _name(entry))) for entry in entries]


def _name(entry: FileEntry) -> str | None:
    return entry.key.value if entry.key else None


def _part(entry: FileEntry, indent: int, sort: Any) -> _EntryLines:
    margin = " " * indent
    head = f"{margin}{inline(entry.key, flow=False)}:" if entry.key else f"{margin}-"
    above = [_set_in(line, margin) for line in entry.above]
    below = [_set_in(line, margin) for line in entry.below]
    behind = f"  {entry.behind}" if entry.behind else ""
    if isinstance(entry.value, Scalar):
        first, *rest = in_lines(entry.value, len(head), indent + STEP, _JOINTS.get(_name(entry) or ""))
        lines = [f"{head} {first}{behind}", *(_set_in(line, margin + " " * STEP) for line in rest)]
        return _EntryLines(above, [*lines, *below])
    in_a_line = f"{head} {_flow(entry.value, sort)}"
    if not entry.value.entries or (entry.value.flow and _fits(in_a_line, entry.value)):
        return _EntryLines(above, [f"{in_a_line}{behind}", *below])
    first_part, *others = _parts(entry.value, indent + STEP, sort)
    further = [line for part in others for line in (*part.above, *part.lines)]
    if entry.key is not None:
        lines = [f"{head}{behind}", *_tidied(first_part.above), *first_part.lines]
        return _EntryLines(above, [*lines, *further, *below])
    # A comment on an item, or of the first key in it, stands above its hyphen.
    above += [*([_set_in(entry.behind, margin)] if behind else []), *_tidied(first_part.above)]
    above = [_set_in(line.strip(" "), margin) for line in above]
    begun = f"{margin}-{' ' * (STEP - 1)}{first_part.lines[0].lstrip(' ')}"
    return _EntryLines(above, [begun, *first_part.lines[1:], *further, *below])


def _set_in(line: str, margin: str) -> str:
    return f"{margin}{line}" if line else ""


def _fits(line: str, listing: Listing) -> bool:
    """Whether a part in brackets can stand in one line: it is short enough and no comment stands in it."""
    return len(line) <= WIDTH and not any(
        entry.behind or entry.below or any(entry.above) for entry in all_entries(listing)
    )


def _flow(tree: Tree, sort: Any) -> str:
    """A part in brackets, in one line, with its keys in order."""
    if isinstance(tree, Scalar):
        return inline(tree, flow=True)
    written = [
        (f"{inline(entry.key, flow=True)}: " if entry.key else "") + _flow(entry.value, within)
        for entry, within in _ordered(tree, sort)
    ]
    return f"{{{', '.join(written)}}}" if tree.keyed else f"[{', '.join(written)}]"
