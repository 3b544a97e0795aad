"""Values beside a fact that no request can state: what a rule says of them never comes about."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.contract.countries import COUNTRY_CODES
from engine.contract.statable import can_be_stated
from engine.contract.vocabulary import COUNTRY, Kind, Value, Word
from engine.language.expression_parts import walk
from engine.language.expressions import Compare, Constant, Expression, Fact, OneOf, Span

_COUNTRY_OF_THE_POLICY = "{country}"
_LITERAL = re.compile(r"\"(?:[^\\\"]|\\.)*\"|'(?:[^\\']|\\.)*'|-?[\w.]+", re.DOTALL)


class UnstatedValue(NamedTuple):
    """A value that its fact can never have: where it stands in the condition, what is wrong, and the remedy."""

    start: int
    end: int
    message: str
    remedy: str


def find_unstated_values(text: str, when: Expression, words: Mapping[str, Word]) -> Iterator[UnstatedValue]:
    """Yield each value of a condition that a fact is compared with, or listed among, and can never have."""
    for fact, value, (start, end) in _compared(text, when):
        about = COUNTRY if fact == _COUNTRY_OF_THE_POLICY else fact
        if about in words and not can_be_stated(words[about], value):
            message = f"no request can state `{text[start:end]}` for `{about}`"
            yield UnstatedValue(start, end, message, _remedy(words[about], value))


def _compared(text: str, when: Expression) -> Iterator[tuple[str, Value, Span]]:
    for node in walk(when):
        match node:
            case Compare(operator, Fact(name), Constant(value) as written) | Compare(
                operator, Constant(value) as written, Fact(name)
            ) if operator.value in ("==", "!=") and not isinstance(value, dt.timedelta):
                yield name, value, written.span
            case OneOf(Fact(name) as fact, values):
                literals = [match.span() for match in _LITERAL.finditer(text, fact.span[1], node.span[1])]
                spans = (
                    literals[-len(values) :] if len(literals) >= len(values) else [node.span] * len(values)
                )
                yield from ((name, value, span) for value, span in zip(values, spans, strict=True))
            case _:
                pass


def _remedy(word: Word, value: Value) -> str:
    if word.name == COUNTRY:
        meant = str(value).strip().upper()
        return (
            f"did you mean `{meant}`?"
            if meant in COUNTRY_CODES
            else "write the code of ISO 3166-1, such as KP"
        )
    if word.kind is Kind.NUMBER:
        sort = "a whole number" if word.whole else "a number"
        upwards = " upwards" if word.most is None else f" to {word.most:,}"
        return f"write {sort} from {word.least}{upwards}"
    return f"write a text, or ask `{word.name} == null` where it is not known"
