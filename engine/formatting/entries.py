"""A policy file as entries that know where they begin and end, and the comments that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.loading.libyaml import compose

TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: what it says, and how the file has it; `style` is its first sign, empty if it is bare."""

    start: int
    end: int
    value: str
    source: str
    style: str
    is_text: bool

    @property
    def is_block(self) -> bool:
        """Whether the text stands in lines of its own, after `|` or `>`."""
        return self.style in ("|", ">")


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries with keys, or items without; in brackets if `flow`."""

    start: int
    end: int
    flow: bool
    keyed: bool
    entries: tuple[FileEntry, ...]


Tree = Scalar | Listing


@dataclass(slots=True, eq=False)
class FileEntry:
    """A key with its value, or an item; with the comments above, behind and below it ("" is an empty line)."""

    key: Scalar | None
    value: Tree
    column: int
    depth: int
    around: FileEntry | None = None
    above: list[str] = field(default_factory=list)
    behind: str = ""
    below: list[str] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where the entry begins; an item, where its value does."""
        return self.key.start if self.key else self.value.start

    @property
    def is_whole(self) -> bool:
        """Whether the value is a bare or quoted one, or in brackets: something a comment can stand behind."""
        return self.value.flow if isinstance(self.value, Listing) else not self.value.is_block


def read_entries(text: str) -> Tree:
    """Return the entries of a file that has been found to be well-formed; comments are not attached yet."""
    node = compose(text)
    assert node is not None
    return _tree(text, node, None, 0)


def all_entries(tree: Tree) -> Iterator[FileEntry]:
    """Every entry in the order in which they begin; an item before the entries in it."""
    if isinstance(tree, Listing):
        for entry in tree.entries:
            yield entry
            yield from all_entries(entry.value)


def listings(tree: Tree) -> Iterator[Listing]:
    """Every part of the file that holds entries, the outer before the inner."""
    if isinstance(tree, Listing):
        yield tree
        for entry in tree.entries:
            yield from listings(entry.value)


def _tree(text: str, node: Node, around: FileEntry | None, depth: int) -> Tree:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode):
        return _scalar(text, node)
    assert isinstance(node, MappingNode | SequenceNode)
    flow = bool(node.flow_style)
    entries = []
    if isinstance(node, MappingNode):
        for key, value in node.value:
            entry = FileEntry(_scalar(text, key), _nothing(start), key.start_mark.column, depth, around)
            entry.value = _tree(text, value, entry, depth + 1)
            entries.append(entry)
    else:
        for item in node.value:
            column = item.start_mark.column if flow else node.start_mark.column
            entry = FileEntry(None, _nothing(start), column, depth, around)
            entry.value = _tree(text, item, entry, depth + 1)
            entries.append(entry)
    if not flow and entries:
        end = entries[-1].value.end
    return Listing(start, end, flow, isinstance(node, MappingNode), tuple(entries))


def _nothing(at: int) -> Scalar:
    return Scalar(at, at, "", "", "", is_text=True)


def _scalar(text: str, node: ScalarNode) -> Scalar:
    start, end = node.start_mark.index, node.end_mark.index
    source = text[start:end].rstrip(" \t\r\n")
    style = source[:1] if source[:1] in ('"', "'", "|", ">") else ""
    return Scalar(start, start + len(source), str(node.value), source, style, node.tag == TEXT_TAG)
