"""A strict JSON reader: what other readers silently repair is a fault here (RFC 8259, RFC 7493).

A fault of the whole text (encoding, syntax) raises `NotJsonError`. A fault of one value leaves a marker in
its place, and `find_faults` names every marker afterwards, so that one bad entry of a list does not spoil the
others.
No sentence of this module repeats a value of the caller.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_DEPTH = 32
MAX_DIGITS = 40
MAX_POINTER = 256
BACKSLASH = 0x5C
"""Sought in bytes as a number: given as bytes, it is first tried as a number, which takes six times as long."""

_SPACE = re.compile(r"[ \t\r\n]*")
_NOT_FINITE = "NaN and infinities are not JSON numbers"
_OUT_OF_BOUNDS = f"the number needs more than {MAX_DIGITS} digits"
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_HALF_PAIR = "holds half of a surrogate pair, which is no character"
_SYNTAX = {
    "Expecting value": "a value is expected",
    "Expecting property name": "a member name in double quotes is expected",
    "Expecting ':'": "a colon is expected",
    "Expecting ','": "a comma or the closing bracket is expected",
    "Unterminated string": "a text is not closed",
    "Invalid control character": "a text holds an unescaped control character",
    "Invalid \\": "a text holds an escape that JSON does not know",
    "Extra data": "something follows the end of the value",
}


class NotJsonError(Exception):
    """The text as a whole cannot be read; `detail` says why and where."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class JsonFault:
    """A value that was refused: its JSON pointer (RFC 6901) and a sentence."""

    pointer: str
    detail: str


class Repeated(dict[str, Any]):
    """An object with a member name that occurs more than once; holds the last value of each."""

    __slots__ = ("names",)
    names: frozenset[str]


class Refused:
    """Takes the place of a value that was refused while reading."""

    __slots__ = ("detail",)

    def __init__(self, detail: str) -> None:
        self.detail = detail


class DoubtError(Exception):
    """A body is not known to be without fault; the strict reading decides."""


def read_faultless(body: bytes) -> object:
    """Return the value of `body` as `read_value` does, if a fast check shows that it has no fault.

    Raises `DoubtError` otherwise: such a body may or may not have faults. This includes bodies with escapes that may
    be halves of a surrogate pair, and bodies with more brackets than the allowed depth.
    """
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH or has_escaped_surrogates(body):
        raise DoubtError
    try:
        text = body.decode()
        value, end = _FAULTLESS.raw_decode(text, _skip(text, 0))
    except (ValueError, RecursionError) as error:
        raise DoubtError from error
    if _skip(text, end) != len(text):
        raise DoubtError
    return value


def has_escaped_surrogates(body: bytes) -> bool:
    """Whether `body` may hold an escape that is half of a surrogate pair, or the whole of one."""
    return BACKSLASH in body and (b"\\ud" in body or b"\\uD" in body)


def read_value(body: bytes) -> object:
    """Return the one JSON value of `body`; numbers are int or Decimal. Raises `NotJsonError`."""
    text = _text(body)
    value, end = _scan(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise NotJsonError(_place("something follows the end of the value", text, _skip(text, end)))
    return value


def read_entries(body: bytes) -> Iterator[tuple[object, bytes]]:
    """Yield each entry of the JSON array `body` with its own bytes, as received. Raises `NotJsonError`."""
    text = _text(body)
    at = _skip(text, 0)
    if not text.startswith("[", at):
        raise NotJsonError("the body must be a list in square brackets")
    at = _skip(text, at + 1)
    closed = text.startswith("]", at)
    while not closed:
        value, end = _scan(text, at)
        yield value, text[at:end].encode()
        at = _skip(text, end)
        closed = text.startswith("]", at)
        if not closed and not text.startswith(",", at):
            raise NotJsonError(_place("a comma or the closing bracket is expected", text, at))
        at = at if closed else _skip(text, at + 1)
    if _skip(text, at + 1) != len(text):
        raise NotJsonError(_place("something follows the end of the list", text, _skip(text, at + 1)))


def find_faults(value: object) -> list[JsonFault]:
    """Return every fault of a value that was read, in the order of the document."""
    faults: list[JsonFault] = []
    _collect(value, (), 1, faults)
    return faults


def json_pointer(steps: Iterable[str | int]) -> str:
    """Return the pointer along `steps`; one that would be over-long ends at the last ancestor that fits."""
    pointer = ""
    for step in steps:
        longer = f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
        if len(longer) > MAX_POINTER:
            break
        pointer = longer
    return pointer


def is_text(value: object) -> bool:
    """Whether `value` is a text that can be written as UTF-8."""
    if not isinstance(value, str):
        return False
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    times = Counter(name for name, _ in pairs)
    repeated = Repeated(members)
    repeated.names = frozenset(name for name in members if times[name] > 1)
    return repeated


def _integer(text: str) -> int | Refused:
    return int(text) if len(text) <= MAX_DIGITS else Refused(_OUT_OF_BOUNDS)


def _decimal(text: str) -> Decimal | Refused:
    try:
        number = Decimal(text) if len(text) <= 2 * MAX_DIGITS else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) >= MAX_DIGITS:
        return Refused(_OUT_OF_BOUNDS)
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=lambda _: Refused(_NOT_FINITE),
)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DoubtError
    return members


def _doubt(_: object) -> Any:
    raise DoubtError


def _whole(text: str) -> int:
    return int(text) if len(text) <= MAX_DIGITS else _doubt(text)


def _exact(text: str) -> Decimal:
    number = _decimal(text)
    return number if isinstance(number, Decimal) else _doubt(text)


_FAULTLESS = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_whole, parse_float=_exact, parse_constant=_doubt
)


def _text(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise NotJsonError("the body starts with a byte order mark; send UTF-8 without one")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotJsonError(f"the body is not UTF-8 at byte {error.start + 1}") from error
    if _skip(text, 0) == len(text):
        raise NotJsonError("the body is empty")
    return text


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # the pattern matches anywhere


def _scan(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        detail = next(
            (detail for start, detail in _SYNTAX.items() if error.msg.startswith(start)), "this is not JSON"
        )
        raise NotJsonError(_place(detail, text, error.pos)) from error
    except RecursionError as error:
        raise NotJsonError(_TOO_DEEP) from error


def _place(detail: str, text: str, at: int) -> str:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"{detail} at line {line}, column {column}"


def _collect(value: object, path: tuple[str | int, ...], depth: int, faults: list[JsonFault]) -> None:
    if isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            faults.append(JsonFault(json_pointer(path), _TOO_DEEP))
        elif isinstance(value, dict):
            _collect_members(value, path, depth + 1, faults)
        else:
            for position, entry in enumerate(value):
                _collect(entry, (*path, position), depth + 1, faults)
    elif isinstance(value, Refused):
        faults.append(JsonFault(json_pointer(path), value.detail))
    elif isinstance(value, str) and not value.isascii() and not is_text(value):
        faults.append(JsonFault(json_pointer(path), f"the text {_HALF_PAIR}"))


def _collect_members(
    members: dict[str, Any], path: tuple[str | int, ...], depth: int, faults: list[JsonFault]
) -> None:
    repeated = members.names if isinstance(members, Repeated) else ()
    for name, value in members.items():
        if not name.isascii() and not is_text(name):
            faults.append(JsonFault(json_pointer(path), f"a member name {_HALF_PAIR}"))
            continue
        if name in repeated:
            faults.append(JsonFault(json_pointer((*path, name)), "the member occurs more than once"))
        if not isinstance(value, str) or not value.isascii():
            _collect(value, (*path, name), depth, faults)
