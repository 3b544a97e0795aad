"""The parameters of an address: each is read by the reader of its form, or named in the problem."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from api.parsing.characters import find_invisible, find_line_break, in_normal_form
from api.parsing.fields import MAX_NAME, is_country, read_day, read_time, read_whole_number
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from engine.contract.countries import refuse_country


def wrong_parameter(name: str, detail: str) -> ProblemError:
    """Return the problem of a parameter; `detail` says what it is, as a sentence that begins with its name."""
    fault = FieldError(parameter=name, detail=detail)
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, f"`{name}` {detail}.", errors=[fault]))


def day_parameter(query: Mapping[str, str], name: str) -> dt.date | None:
    """Return the day that a parameter names, None if it is left out. Raises `ProblemError`."""
    if name not in query:
        return None
    day = read_day(query[name])
    if day is None:
        raise wrong_parameter(name, "is a day, YYYY-MM-DD")
    return day


def time_parameter(query: Mapping[str, str], name: str) -> dt.datetime | None:
    """Return the time that a parameter names, None if it is left out. Raises `ProblemError`."""
    if name not in query:
        return None
    time = read_time(query[name])
    if time is None:
        raise wrong_parameter(name, "is a time with its zone, such as 1965-03-01T12:00:00Z")
    return time


def number_parameter(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """Return the whole number of a parameter, None if it is left out. Raises `ProblemError`."""
    if name not in query:
        return None
    number = read_whole_number(query[name], least, most)
    if number is None:
        raise wrong_parameter(
            name, f"is a whole number from {least} to {most}, in plain digits without leading zeros"
        )
    return number


def name_parameter(query: Mapping[str, str], name: str) -> str | None:
    """Return the id or name of a parameter in NFC, None if it is left out. Raises `ProblemError`."""
    if name not in query:
        return None
    text = in_normal_form(query[name])
    if not 1 <= len(text) <= MAX_NAME:
        raise wrong_parameter(name, f"has 1 to {MAX_NAME} characters")
    if unseen := find_invisible(text) or find_line_break(text):
        raise wrong_parameter(name, f"holds a character that does not show as what it is, {unseen}")
    return text


def flag_parameter(query: Mapping[str, str], name: str) -> bool:
    """Return whether a parameter is `true`; left out, it is `false`. Raises `ProblemError`."""
    if query.get(name, "false") not in ("true", "false"):
        raise wrong_parameter(name, "is `true` or `false`")
    return query.get(name) == "true"


def country_parameter(query: Mapping[str, str], name: str) -> str | None:
    """Return the country that a parameter names, None if it is left out. Raises `ProblemError`."""
    if name in query and not is_country(query[name]):
        refusal = refuse_country(query[name], "such as KP")
        raise wrong_parameter(name, f"is an ISO 3166-1 alpha-2 code, {refusal}")
    return query.get(name)
