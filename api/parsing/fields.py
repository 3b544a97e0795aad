"""The field types of the contract: one reader for each, for bodies, addresses, options and tables alike.

A reader returns None for what is not written in its form; the caller words the error.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from engine.contract.countries import COUNTRY_CODES, refuse_country

MAX_TEXT, MAX_NAME, MAX_MARK = 2000, 200, 100
MAX_DIGITS = 28
MAX_SESSION = 9999
MAX_COUNTRIES = 50

COUNTRY_SCHEMA = {"type": "string", "enum": sorted(COUNTRY_CODES)}
DAY_FORM = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_FORM = rf"{DAY_FORM}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"

_DAY = re.compile(DAY_FORM)
_TIME = re.compile(TIME_FORM)
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


def read_day(text: object) -> dt.date | None:
    """Return the day of the calendar written YYYY-MM-DD in ASCII digits."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> dt.datetime | None:
    """Return the time written with its zone (RFC 3339), in UTC."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def read_whole_number(text: str, least: int, most: int) -> int | None:
    """Return the number from `least` to `most` in its one decimal form: ASCII digits, no sign, no leading zero."""
    if not _WHOLE_NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None


def read_amount(text: str) -> Decimal | None:
    """Return the number that is written in ASCII digits, with a point if need be, and without a sign."""
    if not _AMOUNT.fullmatch(text) or len(text.replace(".", "").lstrip("0")) > MAX_DIGITS:
        return None
    return Decimal(format(Decimal(text).normalize(), "f"))


def is_country(code: str) -> bool:
    """Whether the contract accepts `code` as a country: ISO 3166-1 alpha-2, and the withdrawn codes it names."""
    return code in COUNTRY_CODES


def _country(code: str) -> str:
    if not is_country(code):
        raise ValueError(refuse_country(code, "each country is an ISO 3166-1 alpha-2 code, such as KP"))
    return code


def _number(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


Day = Annotated[dt.date, BeforeValidator(lambda value: read_day(value) or value)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
"""A short name: of a list, an item, a project, a resolution."""
Mark = Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1, max_length=MAX_MARK)]
"""The mark of a line of a request: a number or a text."""
Quantity = Annotated[
    Decimal, Field(ge=0, max_digits=MAX_DIGITS, allow_inf_nan=False), BeforeValidator(_number)
]
Country = Annotated[str, AfterValidator(_country), WithJsonSchema(COUNTRY_SCHEMA)]
CountryForm = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), WithJsonSchema(COUNTRY_SCHEMA)]
"""Written like a country; in what was recorded before a code was withdrawn from the list it must stay readable."""
Session = Annotated[int, Field(ge=1, le=MAX_SESSION)]


class Strict(BaseModel):
    """The base of statement models: no unknown member, no value of another type, frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)
