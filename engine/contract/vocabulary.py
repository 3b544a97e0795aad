"""The words that conditions of rules may use: the facts of a request by dotted name, and those the engine derives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    BaseModel,
)

from engine.contract.choice_words import CHOICES_IN_WORDS, TRUTHS_IN_WORDS
from engine.contract.request import (
    DEPARTMENT,
    Channel,
    Department,
    Handover,
    Item,
    Mission,
    Request,
    RequestPart,
    Urgency,
    Visit,
)


class Kind(StrEnum):
    """What sort of value a word stands for."""

    TRUTH = "truth"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


Value = bool | str | int | Decimal | dt.date
"""A known value. An unknown one is absent (or None) wherever values are looked up."""


@dataclass(frozen=True, slots=True)
class Word:
    """A name a condition may use: its kind, its closed choices, the question that asks for it, who can answer.

    Of a number also between what it lies, both included, None where that has no end, and whether it is whole.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    ask: str = ""
    answered_by: str = ""
    least: int | None = None
    most: int | None = None
    whole: bool = False

    @property
    def choices_in_words(self) -> dict[str, str]:
        """What each of its choices says; those of a parameter are words of its policy, joined by underscores."""
        if self.kind is Kind.TRUTH:
            return dict(TRUTHS_IN_WORDS)
        words = CHOICES_IN_WORDS.get(self.name, {})
        return {choice: words.get(choice, choice.replace("_", " ")) for choice in self.choices}


COUNTRY = "mission.country"
COUNTRY_LISTED = "mission.country_listed"
AS_OF = "as_of"
STATED_AS = {COUNTRY: "mission.countries", COUNTRY_LISTED: "mission.countries"}
"""Words the engine derives, and the fact of the request they are derived from."""


_KINDS: Mapping[object, Kind] = {
    bool: Kind.TRUTH,
    str: Kind.TEXT,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    dt.date: Kind.DATE,
}


def _words(part: type[BaseModel], prefix: str) -> Iterator[Word]:
    for name, info in part.model_fields.items():
        *limits, sort = _layers(info.annotation)
        choices = get_args(sort) if get_origin(sort) is Literal else ()
        kind = Kind.CHOICE if choices else _KINDS.get(sort)
        extra = info.json_schema_extra
        if not isinstance(extra, dict) or kind is None:
            continue
        ends = {end: getattr(limit, end) for limit in limits for end in ("ge", "le") if hasattr(limit, end)}
        yield Word(
            prefix + name,
            kind,
            choices,
            ask=info.description or "",
            answered_by=str(extra["answered_by"]),
            least=ends.get("ge"),
            most=ends.get("le"),
            whole=sort is int,
        )


def _layers(annotation: Any) -> Iterator[Any]:
    """What an annotation says of a value that is not null: its limits, and at last the type itself."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        yield from (limit for info in metadata for limit in (info, *getattr(info, "metadata", ())))
        yield from _layers(inner)
    elif get_origin(annotation) in (Union, UnionType):
        yield from _layers(next(part for part in get_args(annotation) if part is not NoneType))
    else:
        yield annotation


PARTS: Mapping[str, type[RequestPart]] = {
    "": Request,
    "department.": Department,
    "mission.": Mission,
    "visit.": Visit,
    "urgency.": Urgency,
    "handover.": Handover,
    "item.": Item,
    "item.channel.": Channel,
}


WORDS_OF: Mapping[str, tuple[str, ...]] = {
    prefix: tuple(word.name.removeprefix(prefix) for word in _words(part, prefix))
    for prefix, part in PARTS.items()
}
"""The facts that each part of a request holds itself, by the part's prefix."""


FACTS_IN_ORDER: Mapping[str, int] = {
    name: place
    for place, name in enumerate(
        prefix + name for prefix, part in PARTS.items() for name in part.model_fields
    )
}
"""Every fact as a request states it, with its place: part by part, in the order in which a part lists its own."""


_COUNTRY_ASK = str(Mission.model_fields["countries"].description)


WORDS: Mapping[str, Word] = {
    word.name: word
    for word in (
        *(word for prefix, part in PARTS.items() for word in _words(part, prefix)),
        Word(COUNTRY, Kind.TEXT, ask=_COUNTRY_ASK, answered_by=DEPARTMENT),
        Word(COUNTRY_LISTED, Kind.TRUTH, ask=_COUNTRY_ASK, answered_by=DEPARTMENT),
        Word(AS_OF, Kind.DATE),
    )
}
"""Every word a condition may use, by name."""


def country_facts(country: str | None, listed: frozenset[str]) -> dict[str, Value]:
    """The two facts the engine derives from the country under decision; none when it is not known."""
    return {} if country is None else {COUNTRY: country, COUNTRY_LISTED: country in listed}


def flatten(request: Request, item: Item, as_of: dt.date) -> dict[str, Value]:
    """Return the known facts of one line by the names that conditions use; those of the country are left out."""
    facts: dict[str, Value] = {AS_OF: as_of}
    parts = (
        ("", request),
        ("department.", request.department),
        ("mission.", request.mission),
        ("visit.", request.visit),
        ("urgency.", request.urgency),
        ("handover.", request.handover),
        ("item.", item),
        ("item.channel.", item.channel),
    )
    for prefix, part in parts:
        if part is not None:
            for name in WORDS_OF[prefix]:
                value = getattr(part, name)
                if value is not None:
                    facts[prefix + name] = value
    return facts
