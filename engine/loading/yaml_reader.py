"""Text of a policy file -> a document of plain values that remembers the line and column of each.

YAML 1.2. What would make a file mean something else than it shows is refused: duplicate keys, keys left empty,
anchors and aliases, merge keys, tags, `%` lines, several documents, tabs in the indentation, characters that do
not show, a byte order mark, any encoding but UTF-8.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.diagnostics import Diagnostic, Place, PolicyFaults

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

_CORE = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TAG = re.compile(r"!\S*")
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Categories of characters that do not show: control, format (text direction, zero width), private use."""

_UNITS = {
    '"': re.compile(r"\\[ntrvfNLP_\s]|(?P<shown>\\(?:x..|u.{4}|U.{8}|.)|\S)", re.DOTALL),
    "'": re.compile(r"(?P<shown>''|\S)"),
    "": re.compile(r"(?P<shown>\S)"),
}
"""What stands in a file for one character of a text other than a space, by the quotes around the text."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file. `value` is made of dict, list, str, int, Decimal, bool, date and None."""

    file: str
    text: str = field(repr=False)
    value: Any
    places: Mapping[Path, tuple[int, int]] = field(repr=False)
    keys: Mapping[Path, int] = field(repr=False)
    line_starts: Sequence[int] = field(repr=False)

    def place(self, path: Path = ()) -> Place:
        """Where the value at `path` stands, or the nearest value around it that exists."""
        while path not in self.places:
            path = path[:-1]
        return self._at(*self.places[path])

    def key_place(self, path: Path) -> Place:
        """Where the key stands that `path` ends with."""
        if path not in self.keys:
            return self.place(path)
        start = self.keys[path]
        quotes = 2 if self.text[start] in ("'", '"') else 0
        return self._at(start, start + len(str(path[-1])) + quotes)

    def place_within(self, path: Path, offset: int, end: int | None = None) -> Place:
        """Where the characters from `offset` to `end` of the text value at `path` stand, whatever way it is quoted.

        `end` is exclusive, and that of the text if left out.
        """
        if path not in self.places:
            return self.place(path)
        last = max(offset, (len(str(self.value_at(path))) if end is None else end) - 1)
        return self._at(self._index_within(path, offset), self._index_within(path, last) + 1)

    def _index_within(self, path: Path, offset: int) -> int:
        start, end = self.places[path]
        value, first_sign = str(self.value_at(path)), self.text[start : start + 1]
        quote = first_sign if first_sign in ("'", '"') else ""
        source = self.text[start : end - len(quote)]
        first = source.index("\n") if first_sign in ("|", ">") else len(quote)
        units = [unit for unit in _UNITS[quote].finditer(source, first) if unit["shown"]]
        before = value[:offset]
        count = len("".join(before.split()))
        if value[offset : offset + 1].isspace():
            last = units[count - 1].end() if count else 0
            return start + last + len(before) - len(before.rstrip())
        return start + units[min(count, len(units) - 1)].start() if units else start

    def written(self, path: Path) -> str:
        """The value at `path` as the file has it, cut to its first words."""
        start, end = self.places[path]
        text = " ".join(self.text[start:end].split())
        return text if len(text) <= 60 else f"{text[:57]}..."

    def value_at(self, path: Path) -> Any:
        """The plain value at `path`."""
        value = self.value
        for step in path:
            value = value[step]
        return value

    def _at(self, index: int, end: int) -> Place:
        """The same as `_place_at`, without counting the lines again for each of many places."""
        line = bisect_right(self.line_starts, index)
        in_line = self.text[index:end].split("\n", 1)[0].rstrip()
        return Place(self.file, line, index - self.line_starts[line - 1] + 1, max(1, len(in_line)))


def load_document(file: str, content: bytes) -> Document:
    """Read one policy file. Raises PolicyFaults with every fault of its form (codes Y01 to Y17)."""
    text = _decoded(file, content)
    node = _composed(file, text)
    reader = _Reader(file, text)
    value = reader.read(node, ())
    if reader.faults:
        raise PolicyFaults(reader.faults)
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return Document(file, text, value, reader.places, reader.keys, line_starts)


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
        before = content[: error.start].decode("utf-8")
        place = _place_at(file, before, len(before))
        raise _fault("Y03", place, "here is a byte that is not UTF-8", "save the file as UTF-8") from error
    if not text.strip():
        raise _fault("Y04", Place(file), "the file is empty", "write the policy, or remove the file")
    hidden = {char for char in set(text) if _is_hidden(char)} - {"\n", "\t"}
    for index, char in enumerate(text if hidden else ""):
        if char in hidden and text[index : index + 2] != "\r\n":
            place = _place_at(file, text, index)
            message = f"a character that does not show stands here (U+{ord(char):04X})"
            raise _fault(
                "Y14", place, message, "take it out, or save the file as UTF-8 if it is full of them"
            )
    if found := _DIRECTIVE.search(text):
        place = _place_at(file, text, found.start())
        raise _fault("Y15", place, "a line for the YAML reader stands here", "take the line with the % out")
    for number, line in enumerate(text.split("\n"), 1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation and line.strip():
            place = Place(file, number, indentation.index("\t") + 1)
            raise _fault("Y05", place, "the indentation has a tab", "indent with spaces")
    return text


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN


def _place_at(file: str, text: str, index: int, end: int = 0) -> Place:
    """The place of the characters from `index` to `end`, of one character if no end is given."""
    in_line = text[index:end].split("\n", 1)[0].rstrip()
    line, column = text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
    return Place(file, line, column, max(1, len(in_line)))


def _composed(file: str, text: str) -> Node:
    yaml = YAML(typ="safe", pure=True)
    # Far above what may be nested, and low enough: what each level costs grows with the number of them.
    yaml.max_depth = 2 * MAX_DEPTH
    try:
        node: Node | None = yaml.compose(text)
    except (MaxDepthExceededError, RecursionError) as error:
        raise _too_deep(Place(file)) from error
    except MarkedYAMLError as error:
        raise _malformed(file, text, error) from error
    except YAMLError as error:
        raise _fault(
            "Y07", Place(file), "the file cannot be read as YAML", "compare with the other files"
        ) from error
    if node is None or (isinstance(node, ScalarNode) and not node.value):
        raise _fault("Y04", Place(file), "the file has only comments", "write the policy, or remove the file")
    return node


def _too_deep(place: Place) -> PolicyFaults:
    return _fault("Y10", place, f"more than {MAX_DEPTH} levels are nested", "write it flatter")


def _malformed(file: str, text: str, error: MarkedYAMLError) -> PolicyFaults:
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return _fault("Y07", Place(file), "the file cannot be read as YAML", "compare with the other files")
    if "single document" in str(error.context):
        place = Place(file, mark.line + 1, mark.column + 1)
        return _fault("Y06", place, "a second document begins here", "keep one document in a file")
    line_so_far = text[: mark.index].rpartition("\n")[2].rstrip()
    at_start, message, remedy = _explained(error, line_so_far, text[mark.index : mark.index + 1])
    if began is not None and at_start and began.line < mark.line:
        mark = began
    return _fault("Y07", Place(file, mark.line + 1, mark.column + 1), message, remedy)


def _explained(error: MarkedYAMLError, before: str, here: str) -> tuple[bool, str, str]:
    """What is wrong, and the remedy; true if the place to show is where the broken part begins."""
    problem, context = str(error.problem or ""), str(error.context or "")
    if here == "\t":
        return False, "a tab stands where a space belongs", "put a space in its place"
    if "unknown escape character" in problem:
        return (
            False,
            f"`\\{here}` means nothing in double quotes",
            "double the backslash, or use single quotes",
        )
    if "quoted scalar" in context:
        return True, "a quotation mark is not closed", "close it with the same mark"
    if "mapping values are not allowed" in problem:
        remedy = "put a text that contains `: ` in quotes, or align the line with its neighbours"
        return False, "a colon stands where none can", remedy
    if "could not find expected ':'" in problem:
        return True, "here stands neither a key nor a value", "write a colon and a space after each key"
    if "flow" in context:
        remedy = "close it, and put a text with , : { } [ ] in quotes"
        return True, "a list or entry in brackets is not closed properly", remedy
    if "expected <block end>" in problem and before.endswith(("}", "]", '"', "'")):
        message = "something follows a closing bracket or quotation mark"
        return False, message, "put the whole text in quotes, in '...' if it contains \""
    if "expected <block end>" in problem:
        return False, "the indentation is wrong here", "align this line with its neighbours"
    if "sequence entries are not allowed" in problem:
        remedy = "put the text in quotes, or begin the list on a line of its own"
        return False, "a hyphen begins a list where none can stand", remedy
    if "cannot start any token" in problem:
        return False, f"`{here}` cannot begin a value", "put the value in quotes"
    if "document start" in problem:
        remedy = "put # before a remark, and a colon and a space after each key"
        return False, "what stands above this line is no `key: value`", remedy
    if "undefined alias" in problem:
        return False, "a value begins with *", "put a text that begins with * in quotes; aliases are not used"
    return False, "the file is not well-formed here", "compare with the lines around it"


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
            self.faults += _too_deep(self._place(node)).diagnostics
            return None
        if isinstance(node, MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, SequenceNode):
            return [self._entry(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
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

    def _report(self, code: str, node: Node, message: str, remedy: str) -> None:
        self.faults.append(Diagnostic(self._place(node), code, message, remedy))

    def _place(self, node: Node) -> Place:
        return _place_at(self.file, self.text, node.start_mark.index, node.end_mark.index)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag == f"{_CORE}null"
