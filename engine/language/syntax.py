"""What the grammar makes of a condition before any word of it is known: forms, spans, and written values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, assert_never

from engine.contract.vocabulary import Kind, Value
from engine.language.errors import FaultCode
from engine.language.expressions import Span

ValueKind = Kind | Literal["duration"]
"""The kind of a part of a condition; a duration only moves a date."""


def name_of(kind: ValueKind) -> str:
    """What a part of this kind is called."""
    match kind:
        case Kind.TRUTH:
            return "true or false"
        case Kind.CHOICE:
            return "a choice"
        case Kind.TEXT:
            return "a text"
        case Kind.NUMBER:
            return "a number"
        case Kind.DATE:
            return "a date"
        case "duration":
            return "a duration"
        case _:
            assert_never(kind)


def example_of(kind: ValueKind) -> str:
    """How a value of this kind is written."""
    match kind:
        case Kind.TRUTH:
            return "`true` or `false`"
        case Kind.CHOICE:
            return "one of its choices, in quotes"
        case Kind.TEXT:
            return 'a text in quotes, such as "KP"'
        case Kind.NUMBER:
            return "a number without quotes, such as 5"
        case Kind.DATE:
            return 'a date, such as d"1965-01-01"'
        case "duration":
            return 'a duration, such as t"P30D"'
        case _:
            assert_never(kind)


SIGNED = ("arithmetic", "bitwise", "bitwise_shift", "fuzzy_comparison", "coalesce")
REFUSED: Mapping[str, tuple[FaultCode, str, str]] = {
    "null": (
        FaultCode.NULL,
        "`null` stands only beside == or !=",
        "ask `... == null` or `... != null` of a fact",
    ),
    "array": (FaultCode.LIST, "a list stands only after `in`", "write `... in [...]`"),
    "getattr": (FaultCode.CONSTRUCT, "nothing can be asked of a value", "compare the value itself"),
    "getitem": (FaultCode.CONSTRUCT, "no part can be taken out of a value", "compare the value itself"),
    "getslice": (FaultCode.CONSTRUCT, "no part can be taken out of a value", "compare the value itself"),
    "function_call": (
        FaultCode.CONSTRUCT,
        "nothing can be called",
        "compare the facts themselves, or put `and` or `or` before the bracket",
    ),
}
"""Forms outside the language. Those in `SIGNED`, and all others, are refused by their signs."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """One production of the grammar: its form, its parts (syntax, words, lists of it), span and nesting."""

    form: str
    parts: tuple[Any, ...]
    start: int
    end: int
    depth: int = 1

    @property
    def bare(self) -> Syntax:
        """The syntax within any round brackets around it."""
        return self.parts[1].bare if self.form == "group" else self

    @property
    def span(self) -> Span:
        """The span of the syntax in the text."""
        return self.start, self.end

    @property
    def is_literal(self) -> bool:
        """Whether it is, within any brackets, a written number, text, date or duration."""
        return self.bare.form in LITERALS

    def parts_of(self, connective: str) -> Iterator[Syntax]:
        """Yield what a chain of one connective joins, from left to right, through any brackets."""
        rest = [self]
        while rest:
            node = rest.pop()
            if node.bare.form == "logic" and node.bare.parts[1] == connective:
                left, _, right = node.bare.parts
                rest += [right, left]
            else:
                yield node


_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"P(?=[0-9])(?:([0-9]{1,4})W)?(?:([0-9]{1,6})D)?")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}
_MAX_DIGITS = 28


def _number(written: str) -> int | Decimal | None:
    if not _NUMBER.fullmatch(written) or len(written.replace(".", "")) > _MAX_DIGITS:
        return None
    return Decimal(written) if "." in written else int(written)


def _date(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if _DATE.fullmatch(written) else None
    except ValueError:
        return None


def _duration(written: str) -> dt.timedelta | None:
    match = _DURATION.fullmatch(written)
    return dt.timedelta(weeks=int(match[1] or 0), days=int(match[2] or 0)) if match else None


def _text(written: str) -> str | None:
    within = written[1:-1]
    if written[0] not in "\"'" or any(escape not in _ESCAPED for escape in _ESCAPE.findall(within)):
        return None
    return _ESCAPE.sub(lambda match: _ESCAPED[match[1]], within)


LiteralReader = Callable[[str], Value | dt.timedelta | None]

LITERALS: Mapping[str, tuple[LiteralReader, ValueKind, str]] = {
    "float": (_number, Kind.NUMBER, 'write plain figures, such as 12 or 0.5, and a date as d"1965-01-01"'),
    "string": (
        _text,
        Kind.TEXT,
        r"write plain quotes; of the backslashes only \\ \" \' \n and \t can be read",
    ),
    "datetime": (_date, Kind.DATE, 'write year, month and day, as in d"1965-01-01", without a time of day'),
    "timedelta": (_duration, "duration", 'write whole weeks or days, as in t"P30D" or t"P2W"'),
}
"""How each form of written value is read: its reader (None if malformed), its kind, the remedy."""
