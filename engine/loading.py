"""Text of a policy file -> a document of plain values that remembers the line and column of each.

YAML 1.2. What would make a file mean something else than it shows is refused: duplicate keys, anchors and
aliases, tags, several documents, tabs in the indentation, a byte order mark, any encoding but UTF-8.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.diagnostics import Diagnostic, Place, PolicyFaults

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

_CORE = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TAG = re.compile(r"!\S*")


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file. `value` is made of dict, list, str, int, Decimal, bool, date and None."""

    file: str
    text: str = field(repr=False)
    value: Any
    places: Mapping[Path, tuple[int, int]] = field(repr=False)
    keys: Mapping[Path, int] = field(repr=False)

    def place(self, path: Path = ()) -> Place:
        """Where the value at `path` stands, or the nearest value around it that exists."""
        while path not in self.places:
            path = path[:-1]
        return self._at(self.places[path][0])

    def key_place(self, path: Path) -> Place:
        """Where the key stands that `path` ends with."""
        return self._at(self.keys[path]) if path in self.keys else self.place(path)

    def place_within(self, path: Path, offset: int) -> Place:
        """Where the character at `offset` of the text value at `path` stands, whatever way the text is quoted."""
        start, end = self.places[path]
        value = str(self.value_at(path))
        source = self.text
        position = start
        if source[start : start + 1] in ("|", ">"):
            position = source.index("\n", start)
        for index, char in enumerate(value[: offset + 1]):
            if char.isspace():
                while index < offset and position < end and not source[position].isspace():
                    position += 1
                while position < end and source[position].isspace():
                    position += 1
                continue
            found = source.find(char, position, end)
            if found < 0:
                return self._at(start)
            position = found if index == offset else found + 1
        return self._at(min(position, max(start, end - 1)))

    def value_at(self, path: Path) -> Any:
        """The plain value at `path`."""
        value = self.value
        for step in path:
            value = value[step]
        return value

    def _at(self, index: int) -> Place:
        line = self.text.count("\n", 0, index)
        return Place(self.file, line + 1, index - (self.text.rfind("\n", 0, index) + 1) + 1)


def load_document(file: str, content: bytes) -> Document:
    """Read one policy file. Raises PolicyFaults with every fault of its form (codes Y01 to Y12)."""
    text = _decoded(file, content)
    node = _composed(file, text)
    reader = _Reader(file, text)
    value = reader.read(node, ())
    if reader.faults:
        raise PolicyFaults(reader.faults)
    return Document(file, text, value, reader.places, reader.keys)


def _decoded(file: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _fault(
            "Y01", Place(file), f"the file is larger than {MAX_BYTES:,} bytes", "split it by subject"
        )
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _fault(
            "Y02", Place(file), "the file begins with a byte order mark", "save it as UTF-8 without BOM"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Place(file, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise _fault("Y03", place, "here is a byte that is not UTF-8", "save the file as UTF-8") from error
    if not text.strip():
        raise _fault("Y04", Place(file), "the file is empty", "write the policy, or remove the file")
    for number, line in enumerate(text.split("\n"), 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation and line.strip():
            place = Place(file, number, indentation.index("\t") + 1)
            raise _fault("Y05", place, "the indentation has a tab", "indent with spaces")
    return text


def _composed(file: str, text: str) -> Node:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        if error.problem and "single document" in error.problem:
            raise _fault(
                "Y06", place, "a second document begins here", "keep one document in a file"
            ) from error
        raise _fault("Y07", place, *_explained(error)) from error
    except (YAMLError, RecursionError) as error:
        raise _fault(
            "Y07", Place(file), "the file cannot be read as YAML", "look for control characters"
        ) from error
    if node is None:
        raise _fault("Y04", Place(file), "the file has only comments", "write the policy, or remove the file")
    return node


def _explained(error: MarkedYAMLError) -> tuple[str, str]:
    problem = " ".join(str(error.problem or error.context or "").split())
    if "mapping values are not allowed" in problem:
        return "a colon stands where none can", "put a text that contains `: ` in quotes"
    if "expected ',' or '}'" in problem or "expected ',' or ']'" in problem:
        return "a list or entry in brackets is not closed properly", "put a text with , : { } [ ] in quotes"
    if "expected <block end>" in problem or "could not find expected ':'" in problem:
        return (
            "the indentation or a colon is wrong here",
            "align this line with its neighbours, as `key: value`",
        )
    if "found character" in problem and "cannot start any token" in problem:
        return "this character cannot begin a value", "put the value in quotes"
    if "quoted scalar" in f"{problem} {error.context or ''}":
        return "a quotation mark is not closed", "close it with the same mark"
    if "undefined alias" in problem:
        return (
            "a value begins with *",
            "aliases are not used in policies; put a text that begins with * in quotes",
        )
    return f"the file is not well-formed here ({problem})", "compare with the lines around it"


def _fault(code: str, place: Place, message: str, remedy: str) -> PolicyFaults:
    return PolicyFaults([Diagnostic(place, code, message, remedy)])


class _Reader:
    """Turns a YAML node into plain values, noting where each stands and every fault on the way."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, int] = {}
        self.faults: list[Diagnostic] = []

    def read(self, node: Node, path: Path) -> Any:
        self.places[path] = (node.start_mark.index, node.end_mark.index)
        if node.anchor is not None:
            self._report(
                "Y08", node, "an anchor or alias stands here", "write the value out in full where it is used"
            )
        source = self.text[node.start_mark.index : node.end_mark.index]
        if _TAG.match(source):
            self._report(
                "Y09",
                node,
                "a tag stands here",
                "leave the tag out, or put a text that begins with ! in quotes",
            )
        if len(path) > MAX_DEPTH:
            self._report("Y10", node, f"more than {MAX_DEPTH} levels are nested", "write it flatter")
            return None
        if isinstance(node, MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, SequenceNode):
            return [self.read(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node)

    def _entries(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._report(
                    "Y11", key_node, "a key is not a single word", "put a text with { } or [ ] in quotes"
                )
                continue
            key = str(key_node.value)
            if key in seen:
                self._report(
                    "Y12",
                    key_node,
                    f"`{key}` stands here twice, first in line {seen[key]}",
                    "remove or rename one",
                )
                continue
            seen[key] = key_node.start_mark.line + 1
            self.keys[(*path, key)] = key_node.start_mark.index
            yield key, self.read(value_node, (*path, key))

    def _scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        match str(node.tag).removeprefix(_CORE):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" if text.lstrip("+-").isdecimal() and len(text) <= 30:
                return int(text)
            case "float" if re.fullmatch(r"[+-]?\d+\.\d+", text) and len(text) <= 30:
                return Decimal(text)
            case "timestamp" if _DATE.fullmatch(text):
                return self._date(node, text)
            case _:
                return text

    def _date(self, node: ScalarNode, text: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self._report(
                "Y13", node, f"{text} is not a day of the calendar", "write an existing day as YYYY-MM-DD"
            )
            return None

    def _report(self, code: str, node: Node, message: str, remedy: str) -> None:
        place = Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        self.faults.append(Diagnostic(place, code, message, remedy))
