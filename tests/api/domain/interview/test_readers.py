"""Typed answers: each kind by its one reader; what cannot be read is explained, with the remedy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from api.domain.interview.countries import Mistake, UnclearCountry
from api.domain.interview.questions import InterviewQuestion
from api.domain.interview.readers import read_answer
from api.domain.interview.state import InterviewAnswer
from engine import Kind, Word
from engine.contract.vocabulary import COUNTRIES

LISTED = ("AL", "CU", "KP", "VN")
CHOICE = Word(
    "trigger", Kind.CHOICE, ("ad_hoc", "offer"), meanings=("asks on the spot", "the host offers it")
)
NUMBER = Word("item.share", Kind.NUMBER, least=0, most=3)
SESSION = Word("item.session", Kind.NUMBER, whole=True, least=1, most=99)


def read(word: Word, typed: str, **meant: str) -> InterviewAnswer | Mistake | UnclearCountry:
    return read_answer(InterviewQuestion(word.name, word), typed, LISTED, meant, word.choices_in_words)


def stated(word: Word, typed: str, **meant: str) -> dict[str, Any]:
    found = read(word, typed, **meant)
    assert isinstance(found, InterviewAnswer), found
    return dict(found.stated)


@pytest.mark.parametrize(
    ("word", "typed", "value"),
    [
        (CHOICE, "2", "offer"),
        (CHOICE, "The host offers it", "offer"),
        (CHOICE, " ad_hoc ", "ad_hoc"),
        (Word("a", Kind.TRUTH), "y", True),
        (Word("a", Kind.TRUTH), "No", False),
        (Word("a", Kind.TRUTH), "2", False),
        (Word("a", Kind.TEXT), "a café", "a café"),
        (Word("a", Kind.DATE), "1965-03-01", dt.date(1965, 3, 1)),
        (NUMBER, "2.50", Decimal("2.5")),
        (SESSION, "8", 8),
        (CHOICE, "-", None),
        (SESSION, "Not known", None),
    ],
)
def test_an_answer_is_read_by_its_kind(word: Word, typed: str, value: object) -> None:
    assert stated(word, typed) == {word.name: value}


@pytest.mark.parametrize(
    ("word", "typed", "fact", "remedy"),
    [
        (CHOICE, "3", "`3` is none of the choices", "type a number from 1 to 2, or - if it is not known"),
        (CHOICE, "offfer", "`offfer` is none of the choices", "did you mean `offer`?"),
        (CHOICE, "\udcff", "what was typed is not UTF-8", "type it anew"),
        (CHOICE, "", "nothing was typed", "- if it is not known"),
        (Word("a", Kind.TRUTH), "maybe", "`maybe` is neither yes nor no", "type y or n"),
        (Word("a", Kind.TRUTH), "3", "`3` is neither yes nor no", "type y or n"),
        (Word("a", Kind.DATE), "1965-02-29", "`1965-02-29` is no day of the calendar", "YYYY-MM-DD"),
        (Word("a", Kind.TEXT), "a\u200bb", "does not show", "take it out"),
        (Word("a", Kind.TEXT), "x" * 2001, "the text has 2001 characters", "at most 2000"),
        (NUMBER, "four", "`four` is not a number", "in digits"),
        (
            NUMBER,
            "4",
            "`4` is not a number in plain digits, with a point if need be from 0 to 3",
            "in digits",
        ),
        (NUMBER, "0.1234567890123456789", "more digits than a request holds", "round it"),
        (SESSION, "8.5", "`8.5` is not a whole number from 1 to 99", "in digits"),
    ],
)
def test_what_cannot_be_read_is_explained(word: Word, typed: str, fact: str, remedy: str) -> None:
    found = read(word, typed)
    assert isinstance(found, Mistake)
    assert (fact in found.fact, remedy in found.remedy) == (True, True), found


ITEM = Word("item.description", Kind.TEXT)


@pytest.mark.parametrize(
    ("typed", "described"),
    [
        ("drawings", {"item.description": "drawings"}),
        ("drawings; 2", {"item.description": "drawings", "item.quantity": Decimal(2)}),
        (
            "a drill; with parts; 2.5 kg",
            {"item.description": "a drill; with parts", "item.quantity": Decimal("2.5"), "item.unit": "kg"},
        ),
        ("a drill; with parts", {"item.description": "a drill; with parts"}),
        ("-", {"item.description": None}),
    ],
)
def test_how_much_there_is_of_an_item_stands_behind_it(typed: str, described: dict[str, Any]) -> None:
    assert stated(ITEM, typed) == described


@pytest.mark.parametrize("typed", ["drawings; 2x", "; 2", "drawings; 1e3 kg"])
def test_a_quantity_that_cannot_be_read_is_a_mistake(typed: str) -> None:
    assert isinstance(read(ITEM, typed), Mistake)


COUNTRY = Word(COUNTRIES, Kind.TEXT)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Albania", ["AL"]),
        ("vn", ["VN"]),
        ("the Netherlands, viet nam", ["NL", "VN"]),
        ("DPRK", ["KP"]),
        ("cuba, Cuba", ["CU"]),
    ],
)
def test_countries_are_read_by_name_or_code(typed: str, codes: list[str]) -> None:
    assert stated(COUNTRY, typed) == {COUNTRIES: codes}


@pytest.mark.parametrize("typed", ["Korea", "KR", "South Korea", "Republic of Korea"])
def test_a_country_that_is_mistakable_for_a_listed_one_is_confirmed(typed: str) -> None:
    assert read(COUNTRY, typed) == UnclearCountry(typed, ("KP", "KR"))
    assert stated(COUNTRY, typed, **{typed: "KR"}) == {COUNTRIES: ["KR"]}


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("Albanya", "did you mean `Albania`?"),
        ("Atlantis", "write its English name or its ISO 3166-1 alpha-2 code"),
        ("UK", "write GB"),
        ("Cuba,", "write its English name"),
    ],
)
def test_an_unknown_country_is_explained(typed: str, remedy: str) -> None:
    found = read(COUNTRY, typed)
    assert isinstance(found, Mistake)
    assert remedy in found.remedy
