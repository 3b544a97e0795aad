"""The facts of a pre-check request, and the words they give to the conditions of rules.

Every fact is known or unknown. An absent member was *not stated*, a `null` was *asked, not known*: both are
unknown to a rule; `Request.model_fields_set` (and that of each part) keeps them apart for the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WrapValidator,
    field_validator,
)

from engine.contract.countries import COUNTRY_CODES


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
    """A name a condition may use: its kind, its closed choices, the question that asks for it, who can answer."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    ask: str = ""
    answered_by: str = ""


def _iso_date(value: object) -> object:
    """The day of a text such as 1964-12-31; the library would take other forms too, as weeks, and so would Python."""
    if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _number(value: object, check: Callable[[object], object]) -> object:
    if type(value) is int and 0 <= value < 10**28:
        return Decimal(value)
    return check(Decimal(str(value)) if type(value) in (int, float) else value)


def _country(code: str) -> str:
    if code not in COUNTRY_CODES:
        raise ValueError("each country is an ISO 3166-1 alpha-2 code, such as KP")
    return code


Date = Annotated[dt.date, BeforeValidator(_iso_date)]
Number = Annotated[Decimal, Field(ge=0, max_digits=28, allow_inf_nan=False), WrapValidator(_number)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
CountryCode = Annotated[
    str, Field(min_length=2, max_length=2, pattern="^[A-Z]{2}$"), AfterValidator(_country)
]

DEPARTMENT = "receiving_department"
COMMITTEE = "committee"


def _fact(ask: str, answered_by: str = DEPARTMENT) -> Any:
    return Field(default=None, description=ask, json_schema_extra={"answered_by": answered_by})


class Part(BaseModel):
    """Strict and frozen: an unknown member, a wrong type and an unknown word are errors, never guesses."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Deliverer = Literal["receiving_department", "committee", "other"]
Recipient = Literal[
    "mission",
    "mission_member",
    "counterpart_institution",
    "other_body_in_country",
    "body_abroad",
    "third_country",
]
HandoverMode = Literal["hand", "post", "electronic", "copying_allowed"]
BorderArea = Literal["none", "sino_korean", "sino_vietnamese"]
Trigger = Literal["ad_hoc_request", "host_offer", "agreed_programme", "legacy_list", "repeat_request"]
ItemKind = Literal[
    "document",
    "drawing",
    "process_instruction",
    "data",
    "software",
    "sample",
    "specimen",
    "equipment_part",
    "oral_or_visual",
]


class Department(Part):
    """The department that receives the mission."""

    id: Text | None = _fact("What is the department's identifier?")
    name: Text | None = _fact("What is the department called?")
    kind: (
        Literal[
            "central_department",
            "institute",
            "local_department",
            "factory",
            "regional_bureau",
            "university",
            "other",
        ]
        | None
    ) = _fact("What kind of department receives the mission?")


class Mission(Part):
    """The visiting mission."""

    name: Text | None = _fact("What is the mission called?")
    countries: Annotated[list[CountryCode], Field(min_length=1, max_length=50)] | None = _fact(
        "Which country does the mission come from?"
    )
    kind: (
        Literal[
            "professional_mission",
            "specialist_group",
            "delegation",
            "industrial_delegation",
            "local_exchange_group",
            "trainee",
            "individual",
        ]
        | None
    ) = _fact("What kind of mission is it?")
    level: Literal["national", "border_local"] | None = _fact(
        "Is it a national mission or a local one from the border?"
    )
    organiser: Text | None = _fact("Who arranged the visit?")


class Visit(Part):
    """Where and when the mission is received."""

    place: Text | None = _fact("Where is the mission received?")
    border_area: BorderArea | None = _fact("Is the place in a border area, and in which?")
    starts_on: Date | None = _fact("When does the visit start?")
    ends_on: Date | None = _fact("When does the visit end?")


class Urgency(Part):
    """How pressing the request is."""

    time_sensitive: bool | None = _fact("Does the material lose its use if it comes late?")
    eagerly_wanted: bool | None = _fact("Has the mission said that it needs the material at once?")
    deadline: Date | None = _fact("By which date is the material needed?")
    ground: Text | None = _fact("On what ground is it urgent?")


class Handover(Part):
    """The handover that is asked about."""

    by: Deliverer | None = _fact("Who would hand the item over?")
    to: Recipient | None = _fact("Who would receive the item?")
    mode: HandoverMode | None = _fact("By what means?")
    planned_on: Date | None = _fact("On which day is the handover planned?")
    after_departure: bool | None = _fact("Would it take place after the mission has left?")


class Channel(Part):
    """How far the item has come through the cooperation channel. These facts belong to the Committee."""

    reported_to_committee: bool | None = _fact("Has the request been reported to the Committee?", COMMITTEE)
    consultation: (
        Literal["not_opened", "open", "agreed", "refused", "no_reply", "withdrawn", "deferred"] | None
    ) = _fact("How does the consultation of the other side's institution stand?", COMMITTEE)
    committee_agrees: bool | None = _fact("Does the Committee itself agree?", COMMITTEE)
    accepted_as_project: bool | None = _fact("Has it been agreed as a cooperation project?", COMMITTEE)
    project_no: Text | None = _fact("What is the number of the project?", COMMITTEE)
    inclusion: (
        Literal["not_asked", "agreed_to_include", "included", "refused", "not_included", "deferred"] | None
    ) = _fact("How does the inclusion in a session's resolution stand?", COMMITTEE)
    inclusion_session: Annotated[int, Field(ge=1, le=9999)] | None = _fact(
        "For which session of the joint committee is the inclusion agreed?", COMMITTEE
    )
    attache_confirmation: Literal["not_sent", "pending", "confirmed", "declined"] | None = _fact(
        "Has the attache confirmed in writing that the item was asked for?", COMMITTEE
    )


class Item(Part):
    """One line of the request; each line is decided on its own (D4)."""

    line: Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="The line's number or mark; the position in the list if absent."
    )
    description: Text | None = _fact("What is the item?")
    quantity: Number | None = _fact("How many?")
    unit: Text | None = _fact("In which unit?")
    kind: ItemKind | None = _fact(
        "What kind of item is it: a thing or record to hand over, or only something told or shown?"
    )
    published: bool | None = _fact("Has it been published?")
    secrecy_grade: Text | None = _fact("Which secrecy grade does it carry?")
    owner: Text | None = _fact("Who owns it?")
    legacy_list: Literal["none", "pending", "provided", "channel_72", "claimed_not_found"] | None = _fact(
        "On which of the old lists does the item stand?", COMMITTEE
    )
    channel: Channel | None = Field(default=None, description=Channel.__doc__)


class Request(Part):
    """One pre-check: may these items go to this mission by this route now? (contract version 1)."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    as_of: Date | None = Field(default=None, description="The day the answer is asked for; today if absent.")
    department: Department | None = Field(default=None, description=Department.__doc__)
    mission: Mission | None = Field(default=None, description=Mission.__doc__)
    visit: Visit | None = Field(default=None, description=Visit.__doc__)
    trigger: Trigger | None = _fact("What gave rise to the handover?")
    urgency: Urgency | None = Field(default=None, description=Urgency.__doc__)
    handover: Handover | None = Field(default=None, description=Handover.__doc__)
    items: Annotated[list[Item], Field(min_length=1, max_length=1000)]

    @field_validator("items")
    @classmethod
    def _distinct_lines(cls, items: list[Item]) -> list[Item]:
        if len(items) == 1:
            return items
        marks = [str(mark) for mark in line_marks(items)]
        if len(set(marks)) < len(marks):
            raise ValueError("two items carry the same line number; give each line its own")
        return items


def line_marks(items: Sequence[Item]) -> list[int | str]:
    """The mark of each line, in order: as given, else its position counted from 1."""
    return [position if item.line is None else item.line for position, item in enumerate(items, 1)]


COUNTRY = "mission.country"
COUNTRY_LISTED = "mission.country_listed"
AS_OF = "as_of"

STATED_AS = {COUNTRY: "mission.countries", COUNTRY_LISTED: "mission.countries"}
"""Words the engine derives, and the fact of the request they are derived from."""


def _kind(annotation: object) -> tuple[Kind, tuple[str, ...]] | None:
    """The kind of word a field's annotation gives, or None when it is not a single value."""
    if get_origin(annotation) is Literal:
        return Kind.CHOICE, get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _kind(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(annotation) if arg is not NoneType)
        return _kind(inner)
    kinds = {bool: Kind.TRUTH, str: Kind.TEXT, int: Kind.NUMBER, Decimal: Kind.NUMBER, dt.date: Kind.DATE}
    return (kinds[annotation], ()) if annotation in kinds else None


def _words(part: type[BaseModel], prefix: str) -> Iterator[Word]:
    for name, info in part.model_fields.items():
        extra = info.json_schema_extra
        if not isinstance(extra, dict) or not (sort := _kind(info.annotation)):
            continue
        yield Word(prefix + name, *sort, ask=info.description or "", answered_by=str(extra["answered_by"]))


PARTS: Mapping[str, type[Part]] = {
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
