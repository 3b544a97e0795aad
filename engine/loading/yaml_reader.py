"""Text of a policy file -> a document of plain values that records the line and column of each.

YAML 1.2. What would make a file mean something else than it shows is refused: duplicate keys, keys left empty,
anchors and aliases, merge keys, tags, `%` lines, several documents, tabs in the indentation, characters that do
not show or look like others, a byte order mark, any encoding but UTF-8.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.diagnostics import Diagnostic, Place, PolicyFaults, Severity
from engine.loading.characters import find_characters, find_escapes
from engine.loading.document import MAX_FILE_BYTES, Document, Path
from engine.loading.libyaml import compose
from engine.loading.yaml_faults import MAX_DEPTH, malformed, place_at, single_fault, too_deep

_CORE = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TAG = re.compile(r"!\S*")
_BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)


def load_document(file: str, content: bytes, remarked: Collection[str] = ()) -> Document:
    """Read one policy file. Raises PolicyFaults with every fault of its form (codes Y01 to Y20).

    What is found under the codes in `remarked` is no fault: it is among the remarks of the document.
    """
    text = _decoded(file, content)
    characters = list(find_characters(file, text))
    if faults := [found for found in characters if found.code not in remarked]:
        raise PolicyFaults(faults)
    _check_lines(file, text)
    node = _composed(file, text)
    reader = _YamlReader(file, text)
    value = reader.read(node, ())
    if faults := [found for found in reader.faults if found.code not in remarked]:
        raise PolicyFaults(faults)
    remarks = tuple(replace(found, severity=Severity.HINT) for found in (*characters, *reader.faults))
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return Document(file, text, value, reader.places, reader.keys, line_starts, remarks)


def _decoded(file: str, content: bytes) -> str:
    if len(content) > MAX_FILE_BYTES:
        raise single_fault(
            "Y01", Place(file), f"the file is larger than {MAX_FILE_BYTES:,} bytes", "split it by subject"
        )
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise single_fault(
            "Y02", Place(file), "the file begins with a byte order mark", "save it as UTF-8 without BOM"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        place = place_at(file, before, len(before))
        raise single_fault(
            "Y03", place, "here is a byte that is not UTF-8", "save the file as UTF-8"
        ) from error
    if not text.strip():
        raise single_fault("Y04", Place(file), "the file is empty", "write the policy, or remove the file")
    return text


def _check_lines(file: str, text: str) -> None:
    """Raise a fault for a line that is for the YAML reader (Y15), or has a tab in its indentation (Y05)."""
    if found := _DIRECTIVE.search(text):
        place = place_at(file, text, found.start())
        raise single_fault(
            "Y15", place, "a line for the YAML reader stands here", "take the line with the % out"
        )
    for number, line in enumerate(text.split("\n"), 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation and line.strip():
            place = Place(file, number, indentation.index("\t") + 1)
            raise single_fault("Y05", place, "the indentation has a tab", "indent with spaces")


def _composed(file: str, text: str) -> Node:
    try:
        node = compose(text)
    except (MaxDepthExceededError, RecursionError) as error:
        raise too_deep(Place(file)) from error
    except MarkedYAMLError as error:
        raise malformed(file, text, error) from error
    except (ValueError, OverflowError) as error:  # of an escape, from the library
        found = _BEYOND_UNICODE.search(text)
        place = place_at(file, text, *found.span()) if found else Place(file)
        message = "an escape in double quotes writes no character there is"
        raise single_fault("Y07", place, message, "write the character itself") from error
    except YAMLError as error:
        raise single_fault(
            "Y07", Place(file), "the file cannot be read as YAML", "compare with the other files"
        ) from error
    if node is None or (isinstance(node, ScalarNode) and not node.value):
        raise single_fault(
            "Y04", Place(file), "the file has only comments", "write the policy, or remove the file"
        )
    return node


class _YamlReader:
    """Turns a YAML node into plain values, noting the place of each and every fault."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, int] = {}
        self.faults: list[Diagnostic] = []

    def read(self, node: Node, path: Path) -> Any:
        self.places[path] = (node.start_mark.index, node.end_mark.index)
        if node.anchor is not None:
            self._report("Y08", node, "an anchor stands here", "write the value out in full where it is used")
            return None
        source = self.text[node.start_mark.index : node.end_mark.index]
        if _TAG.match(source):
            self._report(
                "Y09",
                node,
                "a tag stands here",
                "leave the tag out, or put a text that begins with ! in quotes",
            )
        if len(path) > MAX_DEPTH:
            self.faults += too_deep(self._place(node)).diagnostics
            return None
        if isinstance(node, MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, SequenceNode):
            return [self._entry(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        self._check_escapes(node)
        return self._scalar(node)

    def _entry(self, node: Node, path: Path) -> Any:
        if _is_null(node):
            self._report("Y17", node, "an entry of a list is left empty", "write it, or take it out")
            return None
        return self.read(node, path)

    def _entries(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, Node] = {}
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
                    f"`{key}` stands here twice, first at {self._place(seen[key])}",
                    "remove or rename one",
                )
                continue
            if key == "<<":
                self._report("Y16", key_node, "a merge key stands here", "write the entries out in full")
                continue
            if _is_null(value_node):
                self._report_empty(key_node, key, within_braces=bool(node.flow_style))
                continue
            seen[key] = key_node
            self._check_escapes(key_node)
            self.keys[(*path, key)] = key_node.start_mark.index
            yield key, self.read(value_node, (*path, key))

    def _report_empty(self, node: Node, key: str, *, within_braces: bool) -> None:
        remedy = "write what belongs here, or take the key out"
        if within_braces and (" " in key or ":" in key):
            remedy = "write `key: value`, and put a text that has a comma within { } in quotes"
        self._report("Y17", node, f"`{key}` is left empty", remedy)

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

    def _check_escapes(self, node: ScalarNode) -> None:
        if node.style == '"':
            self.faults += find_escapes(self.file, self.text, node.start_mark.index, node.end_mark.index)

    def _report(self, code: str, node: Node, message: str, remedy: str) -> None:
        self.faults.append(Diagnostic(self._place(node), code, message, remedy))

    def _place(self, node: Node) -> Place:
        return place_at(self.file, self.text, node.start_mark.index, node.end_mark.index)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag == f"{_CORE}null"
