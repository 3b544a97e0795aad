"""The shape of a request: the bytes of its body without the values of free members.

Free are the id of the request and those texts, numbers and days on which no answer can depend. Two bodies of one
shape differ in values of free members alone: what stands between these is equal to the byte, and each value is a
whole token of its kind. So a body is what a strict reader takes if it took one of the same shape, and if the values
are within the bounds of their members, which are checked here.

What would need a closer look has no shape: a body with an escape, with a text that is not in its normal form or that
holds what does not show. A value that is not plain is no value of a free member but a part of the shape.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, assert_never

from api.parsing.stated_texts import may_mislead
from api.parsing.strict_json import BACKSLASH
from engine import Kind, Vocabulary, Word

REQUEST_ID = "request_id"
MAX_ID_BYTES, MAX_TEXT_BYTES = 200, 2000
"""The bounds of the contract, which are in characters: of these there are at most as many as bytes."""
MAX_DIGITS = 15
"""A whole number of so many digits is written alike, whatever it was read as."""
_FIXED = ("as_of", "items", "line", "countries")
"""Members of every request whose values are never free."""

_MEMBER = rb'("(?:%b)"[ \t\r\n]*:[ \t\r\n]*"?)'
_VALUE = rb'((?<=")[^"\\\x00-\x1f\x7f]{1,%d}(?=")|(?<!")(?:0|[1-9][0-9]{0,%d})(?=[ \t\r\n,}]))' % (
    MAX_TEXT_BYTES,
    MAX_DIGITS - 1,
)
_NAME = re.compile(rb'"([^"]*)"[ \t\r\n]*:[ \t\r\n]*("?)\Z')
"""The name of the value behind a part of a shape, and the mark with which that opens, if it is a text."""
_TOKEN = re.compile(rb'"[^"]*+"|[0-9A-Za-z.+-]++')
_TEXT, _NUMBER = (
    rb'([^"\\\x00-\x1f\x7f]{1,%d}+)' % MAX_TEXT_BYTES,
    rb"(0|[1-9][0-9]{0,%d}+)" % (MAX_DIGITS - 1),
)
_ANY_TEXT, _ANY_WORD = rb'"[^"]*+"', rb"[0-9A-Za-z.+-]++"
MOST_LAYOUTS, COMPILED_LAYOUTS = 4, 16
"""So many layouts are tried for a body, and so many are compiled at most: that takes as long as a hundred calls."""
MOST_LAYOUT_PARTS = 100
"""Of a shape with more parts no layout is compiled: calls of others would wait for it."""
_DAY = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Shape = tuple[bytes, ...]
"""What stands before, between and behind the values; the name of a value belongs to what stands before it."""
Check = Callable[[bytes], bool]
"""Whether a value is one that its member may have."""


class ShapedBody(NamedTuple):
    """The shape of a body, and the values of its free members."""

    shape: Shape
    values: Sequence[bytes]

    def with_values(self, values: Sequence[bytes]) -> bytes:
        """Return the body with these values instead of its own."""
        *before, last = self.shape
        return b"".join([part for pair in zip(before, values, strict=True) for part in pair] + [last])


class FreeMember(NamedTuple):
    """A free member: its name, its kind, and the bounds of a number."""

    name: str
    kind: Kind
    least: int | None = None
    most: int | None = None

    @property
    def is_id(self) -> bool:
        """Whether it is the id of the request, which every request has once."""
        return self.name == REQUEST_ID

    @property
    def check(self) -> Check | None:
        """How a value of the right form is checked; None where each of that form will do."""
        match self.kind:
            case Kind.TEXT:
                return is_short_id if self.is_id else None
            case Kind.DATE:
                return is_day
            case Kind.NUMBER:
                return self._is_within if self.most is not None or self.least else None
            case Kind.TRUTH | Kind.CHOICE:
                raise ValueError("a closed set of values is never free")
            case _:
                assert_never(self.kind)

    def _is_within(self, value: bytes) -> bool:
        number = int(value)
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


class ShapeReader:
    """Finds the shapes of requests in the words of `vocabulary`, on whose `unread` facts no answer depends."""

    def __init__(self, vocabulary: Vocabulary, unread: Collection[str]) -> None:
        self.members = free_members(vocabulary, unread)
        names = "|".join(map(re.escape, self.members))
        self._split = re.compile(_MEMBER % names.encode() + _VALUE).split
        self._layouts: list[Callable[[bytes], re.Match[bytes] | None]] = []
        self._compiled = 0

    def read(self, body: bytes) -> ShapedBody | None:
        """Return the shape of a body and the values of its free members; None if it has no shape."""
        if BACKSLASH in body or (not body.isascii() and may_mislead(body)):
            return None
        for layout in self._layouts:
            if found := layout(body):
                parts = found.groups()
                return ShapedBody(parts[::2], parts[1::2])
        pieces = self._split(body)
        before = [piece + name for piece, name in zip(pieces[::3], pieces[1::3])]  # noqa: B905  # one piece is last
        return ShapedBody((*before, pieces[-1]), pieces[2::3])

    def members_of(self, shape: Shape) -> list[FreeMember] | None:
        """Return the free members of a shape, in order; None if the form of one is not that of its kind.

        An amount may also be written as a text, and its values are then in no plain form.
        """
        found = []
        for before in shape[:-1]:
            name = _NAME.search(before)
            member = self.members.get(name[1].decode()) if name else None
            if name is None or member is None or bool(name[2]) == (member.kind is Kind.NUMBER):
                return None
            found.append(member)
        return found

    def note_layout(self, shape: Shape) -> None:
        """Read bodies of the same layout faster from now on: those with the same members in the same order.

        Their shapes are cut at the same places, whatever the values are that are not free.
        """
        if len(shape) > MOST_LAYOUT_PARTS:
            return
        whole = ShapedBody(shape, ()).with_values([b"0"] * (len(shape) - 1))
        if self._compiled < COMPILED_LAYOUTS and not any(layout(whole) for layout in self._layouts):
            self._compiled += 1
            layout = re.compile(b"".join(self._layout_of(shape))).fullmatch
            self._layouts = [layout, *self._layouts[: MOST_LAYOUTS - 1]]

    def _layout_of(self, shape: Shape) -> Iterator[bytes]:
        """The parts of the regular expression of a layout: in turns a part of a shape, and a value."""
        is_text = False
        for before in shape[:-1]:
            yield self._any_values(before, is_text)
            is_text = before.endswith(b'"')
            yield _TEXT if is_text else _NUMBER
        yield self._any_values(shape[-1], is_text)

    def _any_values(self, part: bytes, is_text: bool) -> bytes:
        """A part of a shape with any value for each member that is not free; it may begin with the end of a text."""
        ends = b'"' if is_text else b""
        pattern, done, name = b"", 0, b""
        part = part.removeprefix(ends)
        for token in _TOKEN.finditer(part):
            pattern += re.escape(part[done : token.start()])
            done = token.end()
            if part[done:].lstrip(b" \t\r\n").startswith(b":"):
                name = token[0][1:-1]
            if part[done:].lstrip(b" \t\r\n").startswith(b":") or name.decode() in self.members:
                pattern += re.escape(token[0])
            else:
                pattern += _ANY_TEXT if token[0].startswith(b'"') else _ANY_WORD
        return b"(%b%b%b)" % (ends, pattern, re.escape(part[done:]))


def free_members(vocabulary: Vocabulary, unread: Collection[str]) -> dict[str, FreeMember]:
    """Return the free members by their names; a name that is used in several places is free if all of these are."""
    uses: dict[str, set[FreeMember | None]] = {name: {None} for name in _FIXED}
    for word in vocabulary.words.values():
        *groups, last = word.name.split(".")
        is_free = word.name in unread and word.name != vocabulary.declarations.asking_office
        uses.setdefault(last, set()).add(_free_member(last, word) if is_free else None)
        for group in groups:
            uses.setdefault(group, set()).add(None)
    uses.setdefault(REQUEST_ID, set()).add(FreeMember(REQUEST_ID, Kind.TEXT))
    return {name: member for name, (member, *others) in uses.items() if member is not None and not others}


def _free_member(name: str, word: Word) -> FreeMember | None:
    match word.kind:
        case Kind.NUMBER if word.most == (word.least or 0):
            return None  # there is no other value
        case Kind.TEXT | Kind.DATE | Kind.NUMBER:
            return FreeMember(name, word.kind, word.least, word.most)
        case Kind.TRUTH | Kind.CHOICE:
            return None
        case _:
            assert_never(word.kind)


def is_short_id(text: bytes) -> bool:
    """Whether a text is short enough for the id of a request."""
    return len(text) <= MAX_ID_BYTES


@lru_cache(maxsize=4096)
def is_day(text: bytes) -> bool:
    """Whether a text is a day of the calendar in the form that requests have, as 2026-12-31."""
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text.decode())
    except ValueError:
        return False
    return True


def placeholders(members: Sequence[FreeMember], values: Sequence[bytes], drawn: int) -> Iterator[bytes]:
    """Yield another value than the one of `values` for each of the members.

    `drawn`, a random number of 64 bits, makes them unlike others, but for numbers of which there are few.
    """
    for (number, member), own in zip(enumerate(members, drawn), values, strict=True):
        found = _placeholder(member, number)
        yield found if found != own else _placeholder(member, number + 1)


def _placeholder(member: FreeMember, number: int) -> bytes:
    match member.kind:
        case Kind.NUMBER:
            least = member.least or 0
            most = 10**MAX_DIGITS - 1 if member.most is None else member.most
            return b"%d" % (least + number % (most - least + 1))
        case Kind.DATE:
            return (dt.date.min + dt.timedelta(days=number % 300_000)).isoformat().encode()
        case Kind.TEXT | Kind.TRUTH | Kind.CHOICE:
            return b"%016x" % number
        case _:
            assert_never(member.kind)
