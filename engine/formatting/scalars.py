"""How a single value is written: bare where it can be, else quoted, and over several lines where it is long."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.formatting.entries import TEXT_TAG, Scalar
from engine.loading.libyaml import compose

WIDTH = 120
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def inline(scalar: Scalar, *, flow: bool) -> str:
    """The value in one line; `flow` if it stands in brackets, where fewer texts can go without quotes."""
    if not scalar.is_text or (not scalar.style and "\n" not in scalar.source):
        return scalar.source
    value = scalar.value
    if _can_be_bare(value, flow):
        return value
    if all(_shows(char) for char in value):
        if '"' not in value and "\\" not in value:
            return f'"{value}"'
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_SHORT.get(char) or _escaped(char) for char in value) + '"'


@lru_cache(maxsize=4096)
def _can_be_bare(value: str, flow: bool) -> bool:
    """Whether the text is read as itself without quotes, both as a key and as a value."""
    if not value or value[0] in "&*!|>%@`\"'#" or not all(_shows(char) for char in value):
        return False
    written = f"{{{value}: [{value}, {value}], b: {value}}}" if flow else f"{value}:\n  - {value}\nb: {value}"
    try:
        node = compose(written)
    except (YAMLError, ValueError):
        return False
    if not isinstance(node, MappingNode) or len(node.value) != 2:
        return False
    (key, items), (_, last) = node.value
    if not isinstance(items, SequenceNode) or len(items.value) != (2 if flow else 1):
        return False
    return all(_is_text(part, value) for part in (key, last, *items.value))


def _is_text(node: Node, value: str) -> bool:
    return isinstance(node, ScalarNode) and node.tag == TEXT_TAG and node.value == value


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _escaped(char: str) -> str:
    if _shows(char):
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def in_lines(scalar: Scalar, column: int, indent: int, joints: str | None = None) -> list[str]:
    """The value as it stands behind a key that ends at `column`, with lines below at `indent` where it has any.

    `joints` is the pattern of the spaces at which a long text is broken if its pieces fit; else any space is one.
    """
    room = WIDTH - indent
    if scalar.is_block:
        return _block(scalar, room) or [inline(scalar, flow=False)]
    written = inline(scalar, flow=False)
    if column + 1 + len(written) <= WIDTH or not scalar.is_text or not _flows(scalar.value):
        return [written]
    pieces = re.split(joints, scalar.value) if joints else []
    if not pieces or max(map(len, pieces)) > room:
        pieces = scalar.value.split(" ")
    return [">-", *_filled(pieces, room)]


def _block(scalar: Scalar, room: int) -> list[str]:
    """A text in lines of its own; as the author broke them where all fit. Empty if it cannot be written so."""
    value = scalar.value
    body = value.rstrip("\n")
    ends = len(value) - len(body)
    if not body or body[0] in " \t" or ends > 1 or not all(_shows(char) or char == "\n" for char in body):
        return []
    chomp = "-" if ends == 0 else ""
    lines = body.split("\n")
    if scalar.style == "|":
        return [f"|{chomp}", *lines] if all(line == line.rstrip(" ") for line in lines) else []
    if not all(_flows(line) or not line for line in lines):
        return []
    written = [line.strip(" \r") for line in scalar.source.split("\n")[1:]]
    if len(lines) == 1 and " ".join(written) == body and max(map(len, written), default=0) <= room:
        return [f">{chomp}", *written]
    # Of the line breaks in a folded text one is the space it stands for; each further one is a break of the text.
    wrapped = _filled(lines[0].split(" "), room)
    for line in lines[1:]:
        wrapped += ["", *(_filled(line.split(" "), room) if line else ())]
    return [f">{chomp}", *wrapped]


def _flows(value: str) -> bool:
    """Whether a text can be broken at any of its spaces and joined again without a change."""
    return bool(value) and " ".join(re.split(" +", value.strip(" "))) == value and all(map(_shows, value))


def _filled(pieces: list[str], room: int) -> list[str]:
    """The pieces in lines, as many in each as there is room for."""
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + 1 + len(piece) <= room:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines
