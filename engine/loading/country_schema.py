"""The shape of what a policy file says about the countries it is for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from engine.loading.field_types import (
    COUNTRY_CODE,
    LanguageTags,
    MarkTexts,
    NameText,
    ParameterName,
    SentenceText,
    SingleValue,
)
from engine.loading.sections import Section

ALL_OTHERS: Literal["all_others"] = "all_others"
"""Whom a file is for that is for every country that no other file names."""

CountryText = Annotated[str, Field(pattern=COUNTRY_CODE)]


class ValueText(Section):
    """A dated value of a parameter, and where it comes from."""

    value: SingleValue = None
    from_: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None
    status: Literal["sourced", "inferred", "not_found"]
    source: SentenceText


ValueTexts = dict[ParameterName, Annotated[list[ValueText], Field(min_length=1)]]


class MemberText(Section):
    """A country of a group, on which days, where that comes from, its languages, and what is known of it alone."""

    country: CountryText
    from_: Annotated[dt.date | None, Field(alias="from")] = None
    until: dt.date | None = None
    source: SentenceText | None = None
    languages: LanguageTags | None = None
    parameters: ValueTexts = {}


class ScopeCitationText(Section):
    """What brings the file's countries into a shared scope: cited in the place of what the scope itself cites."""

    scope: NameText
    clause: MarkTexts
    reading: MarkTexts | None = None


def _entry(value: object) -> object:
    return {"country": value} if isinstance(value, str) else value


def _sort(value: object) -> str:
    return "list" if isinstance(value, list) else "word"


_Member = Annotated[MemberText, BeforeValidator(_entry, json_schema_input_type=CountryText | MemberText)]
CountriesText = Annotated[
    Annotated[list[_Member], Field(min_length=1), Tag("list")]
    | Annotated[Literal["all_others"], Tag("word")],
    Discriminator(_sort),
]
"""The countries of a group: codes, or entries; or every country that no file names."""
