"""The facts of a pre-check request.

Every fact is known or unknown. An absent member was *not stated*, a `null` was *asked, not known*: both are
unknown to a rule; `Request.model_fields_set` (and that of each part) distinguishes them for the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WrapValidator,
    field_validator,
)

from engine.contract.countries import COUNTRY_CODES, refuse_country


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
        raise ValueError(refuse_country(code, "each country is an ISO 3166-1 alpha-2 code, such as KP"))
    return code


Date = Annotated[dt.date, BeforeValidator(_iso_date)]
Number = Annotated[Decimal, Field(ge=0, max_digits=28, allow_inf_nan=False), WrapValidator(_number)]
FactText = Annotated[str, Field(min_length=1, max_length=2000)]
CountryCode = Annotated[
    str,
    Field(
        min_length=2, max_length=2, pattern="^[A-Z]{2}$", json_schema_extra={"enum": sorted(COUNTRY_CODES)}
    ),
    AfterValidator(_country),
]

DEPARTMENT = "receiving_department"
COMMITTEE = "committee"


def _fact(ask: str, answered_by: str = DEPARTMENT) -> Any:
    return Field(default=None, description=ask, json_schema_extra={"answered_by": answered_by})


class RequestPart(BaseModel):
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


class Department(RequestPart):
    """The department that receives the mission."""

    id: FactText | None = _fact("What is the department's identifier?")
    name: FactText | None = _fact("What is the department called?")
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


class Mission(RequestPart):
    """The visiting mission."""

    name: FactText | None = _fact("What is the mission called?")
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
    organiser: FactText | None = _fact("Who arranged the visit?")


class Visit(RequestPart):
    """Where and when the mission is received."""

    place: FactText | None = _fact("Where is the mission received?")
    border_area: BorderArea | None = _fact("Is the place in a border area, and in which?")
    starts_on: Date | None = _fact("When does the visit start?")
    ends_on: Date | None = _fact("When does the visit end?")


class Urgency(RequestPart):
    """How pressing the request is."""

    time_sensitive: bool | None = _fact("Does the material lose its use if it comes late?")
    eagerly_wanted: bool | None = _fact("Has the mission said that it needs the material at once?")
    deadline: Date | None = _fact("By which date is the material needed?")
    ground: FactText | None = _fact("On what ground is it urgent?")


class Handover(RequestPart):
    """The handover that is asked about."""

    by: Deliverer | None = _fact("Who would hand the item over?")
    to: Recipient | None = _fact("Who would receive the item?")
    mode: HandoverMode | None = _fact("By what means?")
    planned_on: Date | None = _fact("On which day is the handover planned?")
    after_departure: bool | None = _fact("Would it take place after the mission has left?")


class Channel(RequestPart):
    """How far the item has come through the cooperation channel. These facts belong to the Committee."""

    reported_to_committee: bool | None = _fact("Has the request been reported to the Committee?", COMMITTEE)
    consultation: (
        Literal["not_opened", "open", "agreed", "refused", "no_reply", "withdrawn", "deferred"] | None
    ) = _fact("How does the consultation of the other side's institution stand?", COMMITTEE)
    committee_agrees: bool | None = _fact("Does the Committee itself agree?", COMMITTEE)
    accepted_as_project: bool | None = _fact("Has it been agreed as a cooperation project?", COMMITTEE)
    project_no: FactText | None = _fact("What is the number of the project?", COMMITTEE)
    inclusion: (
        Literal["not_asked", "agreed_to_include", "included", "refused", "not_included", "deferred"] | None
    ) = _fact("How does the inclusion in a session's resolution stand?", COMMITTEE)
    inclusion_session: Annotated[int, Field(ge=1, le=9999)] | None = _fact(
        "For which session of the joint committee is the inclusion agreed?", COMMITTEE
    )
    attache_confirmation: Literal["not_sent", "pending", "confirmed", "declined"] | None = _fact(
        "Has the attache confirmed in writing that the item was asked for?", COMMITTEE
    )


class Item(RequestPart):
    """One line of the request; each line is decided on its own (D4)."""

    line: Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="The line's number or mark; the position in the list if absent."
    )
    description: FactText | None = _fact("What is the item?")
    quantity: Number | None = _fact("How many?")
    unit: FactText | None = _fact("In which unit?")
    kind: ItemKind | None = _fact(
        "What kind of item is it: a thing or record to hand over, or only something told or shown?"
    )
    published: bool | None = _fact("Has it been published?")
    secrecy_grade: FactText | None = _fact("Which secrecy grade does it carry?")
    owner: FactText | None = _fact("Who owns it?")
    legacy_list: Literal["none", "pending", "provided", "channel_72", "claimed_not_found"] | None = _fact(
        "On which of the old lists does the item stand?", COMMITTEE
    )
    channel: Channel | None = Field(default=None, description=Channel.__doc__)


class Request(RequestPart):
    """One pre-check: may these items go to this mission by this route now? (contract version 1)."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    as_of: Date | None = Field(
        default=None,
        description="The day the answer is asked for; if absent, today at the calendar place of the policies.",
    )
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
