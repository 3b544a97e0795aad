"""The rows of a table of rules as plain values, and exchanged for others; what stays is written as it was."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.formatting.comments import attach_comments
from engine.formatting.entries import FileEntry, Listing, Scalar, Tree, all_entries, read_entries
from engine.formatting.layout import comments_of, lasting, render, same_content
from engine.loading.yaml_reader import load_document

RuleValues = Mapping[str, Any]
"""A row by its keys: texts, days, and lists of texts or of such mappings."""


def tables_in(file: str, content: bytes) -> dict[str, list[RuleValues]]:
    """Return the rows of each table of a policy file, which has passed the check, by the name of the table."""
    return {table["table"]: table["rows"] for table in load_document(file, content).value.get("tables", ())}


def exchange_rows(file: str, content: bytes, table: str, rows: Sequence[RuleValues]) -> bytes:
    """Return a policy file with these rows in a table, in this order, in the layout of all policy files.

    A comment stays with the row that it belongs to, found again by its name, and goes with one that goes. If the rows
    are those of the file, no byte changes. Raises LayoutLost if anything else would change.
    """
    before = load_document(file, content)
    number = list(tables_in(file, content)).index(table)
    given = before.value["tables"][number]["rows"]
    if same_content(given, list(rows)):
        return content
    tree = read_entries(before.text)
    attach_comments(before.text, tree)
    assert isinstance(tree, Listing)
    entry = _under(_item(_under(tree, "tables"), number).value, "rows")
    assert isinstance(entry.value, Listing)
    found = {old["rule"]: (old, item) for old, item in zip(given, entry.value.entries, strict=True)}
    gone = [item for name, (_, item) in found.items() if name not in {row["rule"] for row in rows}]
    items = [
        changed_mapping(row, *found[row["rule"]]) if row["rule"] in found else item_of(row) for row in rows
    ]
    entry.value = Listing(0, 0, False, False, tuple(items))
    tables = list(before.value["tables"])
    tables[number] = {**tables[number], "rows": list(rows)}
    comments = comments_of(before.text)
    for comment in (text for item in gone for text in comments_at(item)):
        comments.remove(comment)
    return lasting(file, render(tree), {**before.value, "tables": tables}, comments)


def _under(tree: Tree, key: str) -> FileEntry:
    assert isinstance(tree, Listing)
    return next(entry for entry in tree.entries if entry.key and entry.key.value == key)


def _item(entry: FileEntry, number: int) -> FileEntry:
    assert isinstance(entry.value, Listing)
    return entry.value.entries[number]


def changed_mapping(row: RuleValues, old: RuleValues, item: FileEntry) -> FileEntry:
    """Return the entry of a mapping that is there already, `old`, with what is new in `row` in it."""
    assert isinstance(item.value, Listing)
    entries = []
    for entry in item.value.entries:
        key = entry.key.value if entry.key else ""
        if key not in row:
            item.above += comments_at(entry)
            continue
        if not same_content(row[key], old[key]):
            exchange(entry, key, row[key], old[key])
        entries.append(entry)
    entries += [entry_of(key, value) for key, value in row.items() if key not in old]
    item.value = Listing(0, 0, item.value.flow, True, tuple(entries))
    return item


def exchange(entry: FileEntry, key: str, value: Any, old: Any) -> None:
    """Put a value in the place of another in an entry; items of a list that stay are written as they were.

    The comments on those that go are still about the key, and stand above it.
    """
    remaining = []
    if isinstance(entry.value, Listing) and isinstance(old, list):
        remaining = list(zip(old, entry.value.entries, strict=True))
    if not isinstance(value, list):
        entry.above += comments_within(entry.value)
        entry.value = _tree(key, value)
        return
    flow = entry.value.flow if isinstance(entry.value, Listing) else _is_flow(value)
    items = []
    for part in value:
        at = next((at for at, (known, _) in enumerate(remaining) if same_content(known, part)), None)
        items.append(item_of(part, key) if at is None else remaining.pop(at)[1])
    entry.above += [comment for _, item in remaining for comment in comments_at(item)]
    entry.value = Listing(0, 0, flow, False, tuple(items))


def comments_at(entry: FileEntry) -> list[str]:
    """Return the comments on an entry and within it."""
    own = (*entry.above, entry.behind, *entry.below)
    return [*(text for text in own if text), *comments_within(entry.value)]


def comments_within(tree: Tree) -> Iterator[str]:
    """Yield the comments on the entries within a part of a file."""
    for entry in all_entries(tree):
        yield from (text for text in (*entry.above, entry.behind, *entry.below) if text)


def entry_of(key: str, value: Any) -> FileEntry:
    """Return a key with a plain value."""
    return FileEntry(_text(key), _tree(key, value), 0, 0)


def item_of(value: Any, key: str = "") -> FileEntry:
    """Return an item of the list under `key`, with a plain value."""
    return FileEntry(None, _tree(key, value), 0, 0)


def _tree(key: str, value: Any) -> Tree:
    """A value as the layout writes it: duties and further clauses in braces, the rest by one key a line."""
    if isinstance(value, Mapping):
        entries = tuple(entry_of(name, inner) for name, inner in value.items())
        return Listing(0, 0, key in _IN_BRACES, True, entries)
    if isinstance(value, list):
        return Listing(0, 0, _is_flow(value), False, tuple(item_of(inner, key) for inner in value))
    if isinstance(value, str):
        return _text(value)
    written = value.isoformat() if isinstance(value, dt.date) else json.dumps(value, default=str).strip('"')
    return Scalar(0, 0, written, written, "", is_text=False)


_IN_BRACES = frozenset({"duties", "cite_when", "in_force"})


def _is_flow(value: Sequence[Any]) -> bool:
    return not any(isinstance(part, Mapping) for part in value)


def _text(value: str) -> Scalar:
    return Scalar(0, 0, value, value, '"', is_text=True)
