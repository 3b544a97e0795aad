"""Cells of CSV as a spreadsheet writes them: blanks, separators, and the guard against formulas."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.files.csv_form import BLANKS, SeparatorUnclear, find_separator, guard, tidy, unguard

SIGNS = st.text(st.sampled_from("'=+-@\uff1d\uff0b\uff0d\uff20 \t\n\r,;\"x1\u00e9"), max_size=8)


def test_every_blank_of_python_is_one() -> None:
    assert set(BLANKS) == {sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isspace()}


@given(SIGNS)
def test_a_guarded_text_is_no_formula_and_is_read_back(text: str) -> None:
    text = tidy(text)
    assert not guard(text).startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert unguard(tidy(guard(text))) == text


@pytest.mark.parametrize("text", ["\t=1+1", "\r=1+1", "\n@x"])
def test_a_formula_behind_a_tab_or_a_line_end_is_guarded_too(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'", "'s-Gravenhage", "007", "a=1", "1-2"])
def test_any_other_text_is_left_alone(text: str) -> None:
    assert guard(text) == unguard(text) == text


@pytest.mark.parametrize(("names", "separator"), [("a,b", ","), ("a;b", ";"), ("a", ",")])
def test_the_separator_is_the_one_between_the_names(names: str, separator: str) -> None:
    assert find_separator(names) == separator


@pytest.mark.parametrize("names", ["a,b;c", "a\tb"])
def test_a_separator_that_is_not_clear_is_not_guessed(names: str) -> None:
    with pytest.raises(SeparatorUnclear):
        find_separator(names)
