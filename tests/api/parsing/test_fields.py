"""A day, a number, a country: each has one reader, whichever way it comes in."""

import datetime as dt

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.parsing.fields import is_country, read_day, read_time, read_whole_number

NO_DAYS = [
    "1965-3-2",
    "1965-03-2",
    "1965-02-29",
    "1965-13-01",
    "0000-01-01",
    "19650302",
    "1965-W09-2",
    "1965-03-02T00:00",
    " 1965-03-02",
    "1965-03-02\n",
    "१९६५-०३-०२",
    "-965-03-02",
    "",
]
DAY_OPTIONS = [
    ["check", "examples/deliver.json", "--as-of"],
    ["due", "--as-of"],
    ["reconcile", "--as-of"],
    ["screen", "rows.jsonl", "--out", "answers.jsonl", "--as-of"],
    ["policies", "check", "--as-of"],
    ["policies", "review", "--all", "--on"],
    ["clearance", "verify", "a.txt", "--on"],
]


@pytest.mark.parametrize("text", [*NO_DAYS, None, 19650302, dt.date(1965, 3, 2)])
def test_what_is_no_day_written_in_full_is_not_read(text: object) -> None:
    assert read_day(text) is None


def test_a_day_of_the_calendar_is_read() -> None:
    assert read_day("1964-02-29") == dt.date(1964, 2, 29)


@pytest.mark.parametrize("arguments", DAY_OPTIONS, ids=lambda arguments: " ".join(arguments[:2]))
@pytest.mark.parametrize("text", ["1965-3-2", "१९६५-०३-०२", "1965-02-29"])
def test_an_option_takes_the_day_that_a_body_takes(arguments: list[str], text: str) -> None:
    refused = CliRunner().invoke(app, [*arguments, text])
    assert refused.exit_code == 2, refused.output
    assert "write a day of the calendar as YYYY-MM-DD" in " ".join(refused.output.replace("│", "").split())


@pytest.mark.parametrize("text", ["1965-03-01", "1965-03-01T12:00", "1965-03-01T12:00:00+99:00", ""])
def test_what_is_no_time_with_its_zone_is_not_read(text: str) -> None:
    assert read_time(text) is None


def test_a_time_is_read_in_utc() -> None:
    assert read_time("1965-03-01T12:00:00+08:00") == dt.datetime(1965, 3, 1, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["", "05", "00", "+5", "-5", " 5", "5\n", "५", "²", "1e1", "5.0", "5_0", "9" * 20]
)
def test_a_number_has_one_form(text: str) -> None:
    assert read_whole_number(text, -(10**30), 10**30) is None


@pytest.mark.parametrize(("number", "read"), [(0, None), (1, 1), (10, 10), (11, None)])
def test_a_number_lies_within_its_bounds(number: int, read: int | None) -> None:
    assert read_whole_number(str(number), 1, 10) == read


def test_a_country_is_one_of_the_contract() -> None:
    assert [is_country(code) for code in ("KP", "SU", "XX", "kp", "KP\n", "")] == [
        True,
        True,
        False,
        False,
    ] + [False] * 2
