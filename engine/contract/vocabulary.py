"""The words that conditions of rules may use: the facts of a request by dotted name, and those the engine derives.

Which facts a request may state is declared by each policy folder. A `Vocabulary` holds what follows from the
declarations: the words, their order, who answers and who owns each, and the model that reads a request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, TypeVar, cast

from engine.contract.request import Item, Request, RequestPart


class Kind(StrEnum):
    """What sort of value a word stands for."""

    TRUTH = "truth"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


Value = bool | str | int | Decimal | dt.date
"""A known value. An unknown one is absent (or None) wherever values are looked up."""

FactValue = TypeVar("FactValue", Value, Value | None)
"""What a mapping of facts holds: known values alone, or None besides where one is not known."""

TRUTHS_IN_WORDS: Mapping[str, str] = {"true": "yes", "false": "no"}
"""The two answers to a question of yes or no."""


@dataclass(frozen=True, slots=True)
class Word:
    """A name a condition may use: its kind, its closed choices, the question that asks for it, who can answer.

    `meanings` says each choice in words. Only its `owner`, if it has one, can state a fact; what others state is a
    claim. A `personal` text can name a person. Of a number also between what it lies, both included, None where that
    has no end, and whether it is whole.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    ask: str = ""
    answered_by: str = ""
    least: int | None = None
    most: int | None = None
    whole: bool = False
    meanings: tuple[str, ...] = ()
    owner: str | None = None
    personal: bool = False

    @property
    def is_amount(self) -> bool:
        """Whether equal values may be written in several ways."""
        return self.kind is Kind.NUMBER and not self.whole

    @property
    def choices_in_words(self) -> dict[str, str]:
        """What each of its choices says; those of a parameter are words of its policy, joined by underscores."""
        if self.kind is Kind.TRUTH:
            return dict(TRUTHS_IN_WORDS)
        words = self.meanings or tuple(choice.replace("_", " ") for choice in self.choices)
        return dict(zip(self.choices, words, strict=True))


COUNTRY = "mission.country"
COUNTRY_LISTED = "mission.country_listed"
AS_OF = "as_of"
COUNTRIES = "mission.countries"
STATED_AS = {COUNTRY: COUNTRIES, COUNTRY_LISTED: COUNTRIES}
"""Words the engine derives, and the fact of the request they are derived from."""
COUNTRY_QUESTION = "Which country does the mission come from?"
PLANNED_ON = "handover.planned_on"
"""The day of the handover that is asked about, which every vocabulary has."""
DERIVED = (COUNTRY, COUNTRY_LISTED, AS_OF)
"""Words that no request states under their own name, and the day, which every answer has."""

ITEM = "item."
"""What the names of the facts of a line begin with; all others are stated once for the whole request."""


@dataclass(frozen=True, slots=True)
class Institution:
    """The choice of `handover.to` that means the registered institution, and the parameter that gives its name."""

    recipient: str = "counterpart_institution"
    parameter: str = "counterpart"


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a folder declares: its facts in order, who asks, and what the groups of facts are called.

    `asking_office` is the fact that names the office that asks, `visitor` the one that names who visits, `place`
    where, and `deadline` by when the answer is of use; each is None where there is no such fact. `urgency` is the
    group of facts that say how pressing a request is, `institution` the recipient that a country registers. Before
    answers of the third edition, `past_days_planned` was so: a handover counted as planned for a day that was over.
    """

    asking_party: str
    facts: tuple[Word, ...]
    groups: tuple[tuple[str, str], ...] = ()
    asking_office: str | None = None
    visitor: str | None = None
    place: str | None = None
    deadline: str | None = None
    urgency: str = "urgency"
    institution: Institution = Institution()
    past_days_planned: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a request, or of one of its lines: the way to it by members, and facts that it holds itself."""

    prefix: str
    way: tuple[str, ...]
    names: tuple[str, ...]


class FactGroup(NamedTuple):
    """How a request, a line or a group of facts is built: its amounts, and the groups in it by their members.

    An amount is a number that may be written in several ways.
    """

    amounts: tuple[str, ...]
    groups: tuple[tuple[str, FactGroup], ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The facts that requests may state, by their declarations; equal declarations give the same vocabulary.

    `words` holds every word a condition may use by its name, `order` the place of every fact as a request states it.
    `shared` are the parts that all lines of a request share, `own` those of each line; `whole` and
    `line` how these are built. `request` reads a request.
    """

    declarations: Declarations
    words: Mapping[str, Word] = field(repr=False)
    order: Mapping[str, int] = field(repr=False)
    shared: tuple[Part, ...] = field(repr=False)
    own: tuple[Part, ...] = field(repr=False)
    whole: FactGroup = field(repr=False)
    line: FactGroup = field(repr=False)
    request: type[Request] = field(repr=False)

    @property
    def asking_party(self) -> str:
        """The party that asks, and answers what belongs to nobody else."""
        return self.declarations.asking_party

    def is_urgency(self, fact: str) -> bool:
        """Whether a fact says how pressing a request is."""
        return fact.startswith(f"{self.declarations.urgency}.")

    @property
    def urgencies(self) -> tuple[str, ...]:
        """The facts that say how pressing a request is."""
        return tuple(filter(self.is_urgency, self.words))

    @cached_property
    def not_urgent(self) -> Mapping[str, Value]:
        """What is known of a request that is not pressing."""
        return {
            name: False
            for name, word in self.words.items()
            if word.kind is Kind.TRUTH and self.is_urgency(name)
        }

    @cached_property
    def owners(self) -> frozenset[str]:
        """The parties that own facts: what any other states of these is a claim."""
        return frozenset(word.owner for word in self.words.values() if word.owner)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every fact that conditions may use and a request states, in order."""
        return tuple(name for name in self.words if name not in DERIVED)

    @property
    def row_facts(self) -> tuple[str, ...]:
        """Every fact that a row of a table can state."""
        return (AS_OF, COUNTRIES, *self.facts)

    @cached_property
    def _ownerships(self) -> dict[str, tuple[tuple[Part, ...], tuple[Part, ...]]]:
        return {
            owner: (self._owned(self.shared, owner), self._owned(self.own, owner)) for owner in self.owners
        }

    def _owned(self, parts: Collection[Part], owner: str) -> tuple[Part, ...]:
        found = (
            Part(
                part.prefix,
                part.way,
                tuple(name for name in part.names if self.words[part.prefix + name].owner == owner),
            )
            for part in parts
        )
        return tuple(one for one in found if one.names)

    def owned_by(self, party: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """What `party` alone can state: of the whole request, and of each line."""
        return self._ownerships.get(party, ((), ()))

    def owned_by_others(self, parties: Collection[str]) -> tuple[str, ...]:
        """The facts that none of these parties owns, though somebody does."""
        others = self.owners.difference(parties)
        return tuple(name for name, word in self.words.items() if word.owner in others)

    def flatten(self, request: Request, item: Item, as_of: dt.date) -> dict[str, Value]:
        """Return the known facts of one line by the names that conditions use; those of the country are left out."""
        facts: dict[str, Value] = {AS_OF: as_of}
        for root, parts in ((request, self.shared), (item, self.own)):
            for part in parts:
                found = follow(root, part.way)
                if found is not None:
                    for name in part.names:
                        value = getattr(found, name)
                        if value is not None:
                            facts[part.prefix + name] = value
        return self.as_counted(facts)

    def as_counted(self, facts: dict[str, FactValue]) -> dict[str, FactValue]:
        """Return the facts of a day with the day planned for the handover as it counts: none before that day."""
        as_of, planned = facts.get(AS_OF), facts.get(PLANNED_ON)
        if not (isinstance(as_of, dt.date) and isinstance(planned, dt.date)) or planned >= as_of:
            return facts
        return (
            facts
            if self.declarations.past_days_planned
            else cast("dict[str, FactValue]", {**facts, PLANNED_ON: as_of})
        )

    def office_of(self, request: Request) -> str | None:
        """The office that asks, if the vocabulary has a fact for it and the request states it."""
        return self.text_of(request, self.declarations.asking_office)

    def text_of(self, request: Request, fact: str | None) -> str | None:
        """What a request states of a text; None for no fact."""
        if fact is None:
            return None
        (way, name), part = self._ways[fact], request
        for step in way:  # as in `follow`, without a call: three texts are looked up for every pre-check
            if (part := part.__dict__[step]) is None:
                return None
        return value if isinstance(value := part.__dict__[name], str) else None

    def value_of(self, request: Request, fact: str) -> Value | None:
        """What a request states of a fact of the whole request; None where that is not known."""
        way, name = self._ways[fact]
        part = follow(request, way)
        return None if part is None else part.__dict__[name]

    @cached_property
    def _ways(self) -> dict[str, tuple[tuple[str, ...], str]]:
        return {part.prefix + name: (part.way, name) for part in self.shared for name in part.names}

    def stated_of(self, item: Item) -> dict[str, object]:
        """What a line states, null among it, by the names of facts."""
        return self._stated(item, self.own)

    def stated_in_whole(self, request: Request) -> dict[str, object]:
        """What a request states for all of its lines, null among it, by the names of facts."""
        return self._stated(request, self.shared)

    def _stated(self, root: RequestPart, parts: Collection[Part]) -> dict[str, object]:
        return {
            part.prefix + name: getattr(found, name)
            for part in parts
            if (found := follow(root, part.way)) is not None
            for name in part.names
            if name in found.__pydantic_fields_set__
        }


def follow(root: RequestPart, way: tuple[str, ...]) -> RequestPart | None:
    """The part of a request or line that the members of `way` lead to; None if one on the way is not stated."""
    part: RequestPart | None = root
    for step in way:
        if part is None:
            return None
        part = part.__dict__[step]
    return part


def country_facts(country: str | None, listed: frozenset[str]) -> dict[str, Value]:
    """The two facts the engine derives from the country under decision; none when it is not known."""
    return {} if country is None else {COUNTRY: country, COUNTRY_LISTED: country in listed}
