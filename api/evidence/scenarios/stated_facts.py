"""What a step states: facts with their values, read from the text of a step as JSON has them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, assert_never

from engine import Kind, suggestion
from engine.contract.phrases import choices_by_word
from engine.contract.vocabulary import COUNTRIES, Word


class UnknownWord(LookupError):
    """A word of a step that the policy folder does not have, with the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy


def known(word: str, known: Iterable[str], what: str) -> str:
    """The word, if it is one of those known. Raises UnknownWord."""
    names = sorted(known)
    if word in names:
        return word
    remedy = f"name one of {', '.join(names)}" if names else "take the step out: there is none"
    raise UnknownWord(f"unknown {what} `{word}`", suggestion(word, names) or remedy)


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact as a step states it: its value as in the JSON of a request, and the line, for a fact of a line.

    Of a fact that is not known to those who could state it, the value is None; one that is not stated at all is taken
    out of a request. `claimed_of` is the owner, if somebody else claims the fact.
    """

    fact: str
    value: Any
    line: int = 1
    is_stated: bool = True
    claimed_of: str | None = None


def read_value(word: Word, text: str) -> Any:
    """The value that a text is of a word's kind, as in JSON; None if it is none."""
    match word.kind:
        case Kind.TRUTH:
            return {"true": True, "false": False}.get(text)
        case Kind.CHOICE:
            return choices_by_word(word).get(text)
        case Kind.TEXT:
            return text
        case Kind.NUMBER:
            return _number(text)
        case Kind.DATE:
            return day_of(text)
        case _:
            assert_never(word.kind)


def _number(text: str) -> int | float | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def day_of(text: str) -> str | None:
    """A day as 2026-03-01; None for any other text."""
    try:
        return text if dt.date.fromisoformat(text).isoformat() == text else None
    except ValueError:
        return None


def in_json(fact: str, value: Any) -> Any:
    """A value of the policies as in the JSON of a request."""
    if fact == COUNTRIES and value is not None:
        return [value]
    return value.isoformat() if isinstance(value, dt.date) else _plain(value)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def remedy_for(word: Word, text: str) -> str:
    """What to write in the place of a text that is no value of a word."""
    match word.kind:
        case Kind.TRUTH:
            return "write true or false"
        case Kind.CHOICE:
            return suggestion(text, choices_by_word(word)) or f"name one of {', '.join(word.choices)}"
        case Kind.TEXT:
            return "write a text of at most 2,000 characters"
        case Kind.NUMBER:
            whole, most = "a whole number" if word.whole else "a number", word.most
            return f"write {whole} from {word.least}" + (f" to {most}" if most is not None else " on")
        case Kind.DATE:
            return "write a day as 2026-03-01"
        case _:
            assert_never(word.kind)
