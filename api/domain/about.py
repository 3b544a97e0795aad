"""What an answer is about, in words: the mission, its countries by name, the place, each line.

It is worked out from the request whenever an answer is given, and never recorded with it: its texts can be erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Required

from pydantic import with_config
from typing_extensions import TypedDict

from api.parsing.answers import as_number
from engine import Item, PolicySet, Request, Vocabulary, line_marks, mistakable_for, name_country


@with_config(extra="forbid")
class NamedCountry(TypedDict):
    """A country of the mission, with the name it goes by."""

    code: str
    name: str


@with_config(extra="forbid")
class AboutLine(TypedDict, total=False):
    """What a line is of, and how much of it."""

    line: Required[int | str]
    description: str
    quantity: int | float
    unit: str


# A dictionary and no model, since one is made and written for every pre-check.
@with_config(extra="forbid")
class About(TypedDict, total=False):
    """What was requested, as far as it was stated; `remarks` say what may have been meant otherwise."""

    mission: str
    countries: list[NamedCountry]
    place: str
    lines: list[AboutLine]
    remarks: list[str]


def about_request(request: Request, vocabulary: Vocabulary, policies: PolicySet) -> About:
    """Return what an answer to a request in these words is about; `policies` say which countries are listed."""
    about = About()
    if visitor := vocabulary.text_of(request, vocabulary.declarations.visitor):
        about["mission"] = visitor
    if (mission := request.mission) is not None and mission.countries:
        about["countries"] = [{"code": code, "name": name_country(code)} for code in mission.countries]
    if place := vocabulary.text_of(request, vocabulary.declarations.place):
        about["place"] = place
    about["lines"] = [*map(_about_line, request.items, line_marks(request.items))]
    if mission is not None and mission.countries and (remarks := [*_remarks(mission.countries, policies)]):
        about["remarks"] = remarks
    return about


def _about_line(item: Item, mark: int | str) -> AboutLine:
    line = AboutLine(line=mark)
    if item.description is not None:
        line["description"] = item.description
    if item.quantity is not None:
        line["quantity"] = as_number(item.quantity)
    if item.unit is not None:
        line["unit"] = item.unit
    return line


def _remarks(codes: Sequence[str], policies: PolicySet) -> Iterator[str]:
    """Yield a remark for each country whose code is easily taken for that of a listed one."""
    listed = policies.countries
    for code in codes:
        for meant in mistakable_for(code, listed):
            yield (
                f"{code} is {name_country(code)}, which is not listed. "
                f"If {name_country(meant)} is meant, write {meant}."
            )
