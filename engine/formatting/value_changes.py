"""One value of a policy file exchanged, added or taken out; everything else is written as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.formatting.comments import attach_comments
from engine.formatting.entries import FileEntry, Listing, read_entries
from engine.formatting.layout import comments_of, lasting, render, same_content
from engine.formatting.table_rows import (
    changed_mapping,
    comments_at,
    entry_of,
    exchange,
    item_of,
)
from engine.loading.yaml_reader import load_document

PathStep = str | int
IN_ONE_LINE = "parameters"
"""Under this key, new entries are written in braces, as far as a line takes them."""


def put_value(file: str, content: bytes, path: Sequence[PathStep], value: Any) -> bytes:
    """Return a policy file with a plain value at a path of keys and positions, in the layout of all policy files.

    The last step may be a key that is not there yet, or the position behind the last item; with the value None, what
    is there is taken out, and whatever would be empty then. A comment stays with the entry that it belongs to, and
    goes with one that goes. Raises PolicyFaults if the file is not well-formed, LookupError if there is no such path,
    and LayoutLost if anything else would change.
    """
    before = load_document(file, content)
    tree = read_entries(before.text)
    attach_comments(before.text, tree)
    root = FileEntry(None, tree, 0, 0)
    way = list(path)
    if value is None:
        _reach(root, way)
        while len(way) > 1 and len(before.value_at(tuple(way[:-1]))) == 1:
            way.pop()
    comments = comments_of(before.text)
    if value is None:
        for comment in _take_out(root, way):
            comments.remove(comment)
    else:
        _put(root, before.value, way, value)
    changed = _changed(before.value, way, value)
    if same_content(changed, before.value):
        return content
    assert isinstance(root.value, Listing)
    return lasting(file, render(root.value), changed, comments)


def _changed(whole: Any, path: Sequence[PathStep], value: Any) -> Any:
    """The plain value of a file with another value at a path."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    copy: Any = dict(whole) if isinstance(whole, dict) else list(whole)
    if rest or value is not None:
        part = _changed(whole[first] if rest else None, rest, value)
        if isinstance(copy, list) and first == len(copy):
            copy.append(part)
        else:
            copy[first] = part
    else:
        del copy[first]
    return copy


def _put(root: FileEntry, whole: Any, path: Sequence[PathStep], value: Any) -> None:
    around, old = _reach(root, path[:-1]), whole
    for step in path[:-1]:
        old = old[step]
    last = path[-1]
    listing = around.value
    if not isinstance(listing, Listing) or listing.keyed is not isinstance(last, str):
        raise LookupError(last)
    if isinstance(last, str) and last in old:
        _exchange(_child(listing, last), last, value, old[last])
    elif isinstance(last, int) and last < len(old):
        _exchange(listing.entries[last], _key_above(path), value, old[last])
    else:
        entry = entry_of(last, value) if isinstance(last, str) else item_of(value, _key_above(path))
        if IN_ONE_LINE in path:
            _put_in_braces(entry)
        if isinstance(last, int) and listing.entries and listing.entries[-1].above[:1] == [""]:
            entry.above.append("")
        around.value = Listing(0, 0, listing.flow, listing.keyed, (*listing.entries, entry))


def _exchange(entry: FileEntry, key: str, value: Any, old: Any) -> None:
    if isinstance(value, Mapping) and isinstance(old, Mapping):
        changed_mapping(value, old, entry)
    elif not same_content(value, old):
        exchange(entry, key, value, old)


def _take_out(root: FileEntry, path: Sequence[PathStep]) -> list[str]:
    """Take an entry out, and return its comments."""
    around = _reach(root, path[:-1])
    listing = around.value
    assert isinstance(listing, Listing)
    last = path[-1]
    gone = _child(listing, last) if isinstance(last, str) else listing.entries[last]
    left = tuple(entry for entry in listing.entries if entry is not gone)
    around.value = Listing(0, 0, listing.flow, listing.keyed, left)
    return comments_at(gone)


def _reach(root: FileEntry, path: Sequence[PathStep]) -> FileEntry:
    """The entry at a path. Raises LookupError."""
    entry = root
    for step in path:
        if not isinstance(entry.value, Listing):
            raise LookupError(step)
        entry = _child(entry.value, step) if isinstance(step, str) else entry.value.entries[step]
    return entry


def _child(listing: Listing, key: str) -> FileEntry:
    found = next((entry for entry in listing.entries if entry.key and entry.key.value == key), None)
    if found is None:
        raise LookupError(key)
    return found


def _key_above(path: Sequence[PathStep]) -> str:
    """The key of the list that the last step of a path is a position in."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _put_in_braces(entry: FileEntry) -> None:
    """Write a mapping of single values in braces, or each item of a list of such."""
    value = entry.value
    if not isinstance(value, Listing):
        return
    for inner in value.entries:
        _put_in_braces(inner)
    if value.keyed and not any(isinstance(inner.value, Listing) for inner in value.entries):
        entry.value = Listing(0, 0, True, True, value.entries)
