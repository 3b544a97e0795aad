"""A pre-check request: what every one has, whatever the vocabulary that its facts are declared in.

Every fact is known or unknown. An absent member was *not stated*, a `null` was *asked, not known*: both are
unknown to a rule; `Request.model_fields_set` (and that of each part) distinguishes them for the log.

The classes here have no members of their own at run time: `engine.contract.request_models` makes the model of a
vocabulary from them, with its facts beside the members that are declared here for a type checker.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

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
    """The day of a text such as 2026-12-31; the library would take other forms too, as weeks, and so would Python."""
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


class RequestPart(BaseModel):
    """Strict and frozen: an unknown member, a wrong type and an unknown word are errors, never guesses."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Mission(RequestPart):
    """Who visits."""

    if TYPE_CHECKING:
        countries: list[str] | None


class Handover(RequestPart):
    """The handover that is asked about."""

    if TYPE_CHECKING:
        by: str | None
        to: str | None
        planned_on: dt.date | None


class Item(RequestPart):
    """One line of the request; each line is decided on its own."""

    if TYPE_CHECKING:
        line: int | str | None
        description: str | None
        quantity: Decimal | None
        unit: str | None


class Request(RequestPart):
    """One pre-check: may these items go to this mission by this route now? (contract version 1)."""

    if TYPE_CHECKING:
        request_id: str
        as_of: dt.date | None
        mission: Mission | None
        handover: Handover | None
        items: list[Item]

    @field_validator("items", check_fields=False)
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
    marks: list[int | str] = []
    for item in items:
        mark = item.__dict__["line"]  # as an attribute, the library would look for it in a way of its own
        marks.append(len(marks) + 1 if mark is None else mark)
    return marks
