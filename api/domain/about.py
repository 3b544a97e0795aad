"""What an answer is about, in words: the mission, its countries by name, the place, each line.

It is worked out from the request whenever an answer is given, and never recorded with it: its texts can be erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
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
    about, declarations = About(), vocabulary.declarations
    stated = request.__dict__  # as attributes, the library would look for members in a way of its own
    mission, items = stated["mission"], stated["items"]
    remarks: Sequence[str] = ()
    if visitor := vocabulary.text_of(request, declarations.visitor):
        about["mission"] = visitor
    if mission is not None and (codes := mission.__dict__["countries"]):
        countries, remarks = _countries(tuple(codes), policies.countries)
        about["countries"] = [*countries]
    if place := vocabulary.text_of(request, declarations.place):
        about["place"] = place
    about["lines"] = [*map(_line, items, line_marks(items))]
    if remarks:
        about["remarks"] = [*remarks]
    return about


_WHOLE = Decimal(1)
"""An amount that is written alike, to the unit, is a number as it is."""


@lru_cache(maxsize=1024)
def _countries(
    codes: tuple[str, ...], listed: frozenset[str]
) -> tuple[Sequence[NamedCountry], Sequence[str]]:
    """The countries by name, and the remarks on them: few combinations are met."""
    return [{"code": code, "name": name_country(code)} for code in codes], [*_remarks(codes, listed)]


def _line(item: Item, mark: int | str) -> AboutLine:
    line, members = AboutLine(line=mark), item.__dict__
    description, quantity, unit = members["description"], members["quantity"], members["unit"]
    if description is not None:
        line["description"] = description
    if quantity is not None:
        line["quantity"] = int(quantity) if quantity.same_quantum(_WHOLE) else as_number(quantity)
    if unit is not None:
        line["unit"] = unit
    return line


def _remarks(codes: Sequence[str], listed: frozenset[str]) -> Iterator[str]:
    """Yield a remark for each country whose code is easily taken for that of a listed one."""
    for code in codes:
        for meant in mistakable_for(code, listed):
            yield (
                f"{code} is {name_country(code)}, which is not listed. "
                f"If {name_country(meant)} is meant, write {meant}."
            )
