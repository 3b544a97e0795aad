"""Whether a number format shows the whole of what a cell holds; the formats are those that spreadsheets write."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.files.number_formats import day_shown_otherwise, number_shown_otherwise, text_shown


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12.6", "General"),
        ("12", "0"),
        ("12.6", "0.0"),
        ("12.6", "0.00"),
        ("1234", "#,##0"),
        ("1234.5", "#,##0.00"),
        ("7", "000"),
        ("12", '0" kg"'),
        ("12", r"0\ \k\g"),
        ("12.5", "# ?/?"),
        ("0.125", "# ?/8"),
        ("1200", "0.0E+00"),
        ("12", "0;[Red]-0"),
        ("0", "0;-0;0"),
        ("12", "@"),
        ("12", "#,##0_);(#,##0)"),
        ("12", "[$€-407]\\ #,##0.00"),
        ("12", '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-'),
        ("12345678901", "General"),
        ("0.5", "0.###"),
        ("5", "???"),
    ],
)
def test_a_number_that_is_shown_whole_is_taken(number: str, code: str) -> None:
    assert number_shown_otherwise(Decimal(number), code) is None


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("12.6", "0", "13"),
        ("0.5", "0%", "50%"),
        ("0.125", "0%", "13%"),
        ("12.345", "0.00", "12.35"),
        ("1234567", "#,##0,", "1235"),
        ("1500000", "0.0,,", "1.5"),
        ("12.34", "# ?/?", "37/3"),
        ("0.3", "# ?/8", "1/4"),
        ("1234", "0.0E+00", "1.2E+3"),
        ("5", ";;;", "nothing of it"),
        ("0", "#", "nothing of it"),
        ("0", "0;-0;", "nothing of it"),
        ("5", '"none"', "nothing of it"),
        ("5", '"1"0', "what its format has for it"),
        ("50", '0"%"', "what its format has for it"),
        ("5", "[>3]0;0", "what its format has for it"),
        ("0.30000000000000004", "General", "0.3"),
        ("0.4", "#", "0"),
    ],
)
def test_a_number_that_is_shown_as_another_is_reported_with_it(number: str, code: str, shown: str) -> None:
    assert number_shown_otherwise(Decimal(number), code) == shown


@given(st.decimals(0, 10**9, places=4), st.integers(0, 6))
def test_a_number_is_taken_if_its_places_are_shown(number: Decimal, places: int) -> None:
    code = "#,##0." + "0" * places if places else "#,##0"
    whole = number == round(number, places)
    assert (number_shown_otherwise(number, code) is None) == whole


@pytest.mark.parametrize(
    "code",
    [
        "yyyy-mm-dd",
        "yyyy-mm-dd h:mm:ss",
        "dd.mm.yyyy",
        "d.m.yyyy",
        "dd/mm/yyyy",
        "m/d/yyyy",
        "d mmm yyyy",
        "mmmm d, yyyy",
        "[$-409]d\\-mmm\\-yyyy;@",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
        'yyyy"年"m"月"d"日"',
        "YYYY-MM-DD",
        "mm-dd-yy",
        "m/d/yy h:mm",
        "dd/mm/yyyy hh:mm:ss",
    ],
)
def test_a_day_that_is_shown_in_full_is_taken(code: str) -> None:
    assert day_shown_otherwise(dt.date(1964, 12, 1), code) is None


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mmm-yy", "Dec-64"),
        ("mmm yyyy", "Dec 1964"),
        ("yyyy", "1964"),
        ("d-mmm", "1-Dec"),
        ("d-mmm-yy", "1-Dec-64"),
        ("dd.mm.yy", "01.12.64"),
        ("mmmmm d yyyy", "D 1 1964"),
        ("dddd mmmm yyyy", "Tuesday December 1964"),
        ("h:mm d yyyy", "1 1964"),
        ("d yyyy mm:ss", "1 1964"),
        (";;;", "nothing of it"),
        ('"day" d', "day 1"),
    ],
)
def test_a_day_that_is_shown_in_part_is_reported_with_the_part(code: str, shown: str) -> None:
    assert day_shown_otherwise(dt.date(1964, 12, 1), code) == shown


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("General", True),
        ("@", True),
        ("0;0;0", True),
        (";;;", False),
        ("0;0;0;@", True),
        ('0;0;0;"x"', False),
    ],
)
def test_a_text_is_shown_unless_its_section_says_otherwise(code: str, whole: bool) -> None:
    assert text_shown(code) == whole
