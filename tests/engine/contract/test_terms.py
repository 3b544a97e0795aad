"""A term says by when a duty has to be done; everything that computes a due day reads it in the one way."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine import CountsFrom, Term, read_term
from engine.contract.terms import MAX_DAYS, TERM_PATTERN

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2400, 12, 31))
TERMS = st.builds(
    Term, st.integers(0, 200), st.integers(0, 3_000), st.sampled_from(CountsFrom)
).filter(lambda term: bool(term.months or term.days))  # fmt: skip


def due(text: str, delivered: str) -> str | None:
    term = read_term(text)
    assert term is not None, text
    day = term.falls_due({CountsFrom.DELIVERY: dt.date.fromisoformat(delivered)})
    return day.isoformat() if day else None


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("30 days of delivery", 0, 30),
        ("30 days after delivery", 0, 30),
        ("1 day of delivery", 0, 1),
        ("1 days of delivery", 0, 1),
        ("2 weeks of delivery", 0, 14),
        ("1 week of delivery", 0, 7),
        ("2 months of delivery", 2, 0),
        ("1 year of delivery", 12, 0),
        ("2 months and 15 days of delivery", 2, 15),
        ("2 weeks and 3 days after delivery", 0, 17),
        ("P30D of delivery", 0, 30),
        ("P2M of delivery", 2, 0),
        ("P2W of delivery", 0, 14),
        ("P1Y2M3D after delivery", 14, 3),
        ("030 days of delivery", 0, 30),
        ("9999 days of delivery", 0, 9999),
        ("322 months and 17 days of delivery", 322, 17),
    ],
)
def test_a_term_is_read(text: str, months: int, days: int) -> None:
    assert read_term(text) == Term(months, days, CountsFrom.DELIVERY)


@pytest.mark.parametrize(
    "text",
    [
        "", "30", "30 days", "P30D", "thirty days of delivery", "a week", "days of delivery", "30 of delivery",
        "30 days of the delivery", "30 days of the decision", "30 days from delivery", "30 days before delivery",
        "30  days of delivery", "30 days of delivery ", " 30 days of delivery", "30 days of delivery\n",
        "30 Days of delivery", "p30d of delivery", "30 days of delivery and receipt", "within 30 days of delivery",
        "-30 days of delivery", "+30 days of delivery", "P-30D of delivery", "1.5 months of delivery",
        "0 days of delivery", "P0D of delivery", "0 months and 0 days of delivery",
        "10000 days of delivery", "322 months and 18 days of delivery", "P99Y of delivery",
        "9" * 5_000 + " days of delivery", "P of delivery", "PT48H of delivery", "P1Y2M3DT4H of delivery",
        "48 hours of delivery", "\u0663\u0660 days of delivery", "\uff13\uff10 days of delivery",
        "P3\u0660D of delivery", "{days} days of delivery",
    ],
)  # fmt: skip
def test_anything_else_is_no_term(text: str) -> None:
    assert read_term(text) is None


@pytest.mark.parametrize(
    ("text", "delivered", "last_day"),
    [
        ("30 days of delivery", "1965-03-01", "1965-03-31"),
        ("1 month of delivery", "1965-01-31", "1965-02-28"),
        ("1 month of delivery", "1964-01-31", "1964-02-29"),
        ("1 month of delivery", "1965-02-28", "1965-03-28"),
        ("12 months of delivery", "1964-02-29", "1965-02-28"),
        ("P4Y of delivery", "1964-02-29", "1968-02-29"),
        ("2 months of delivery", "1964-12-31", "1965-02-28"),
        ("1 month and 1 day of delivery", "1965-01-31", "1965-03-01"),
        ("1 month of delivery", "1965-12-31", "1966-01-31"),
        ("1 day of delivery", "9999-12-31", "9999-12-31"),
        ("2 months of delivery", "9999-11-15", "9999-12-31"),
        ("1 month of delivery", "9999-11-30", "9999-12-30"),
        ("P26Y of delivery", "9990-01-01", "9999-12-31"),
    ],
)
def test_the_last_day_of_a_term(text: str, delivered: str, last_day: str) -> None:
    assert due(text, delivered) == last_day


def test_nothing_falls_due_before_its_event() -> None:
    assert Term(0, 30, CountsFrom.DELIVERY).falls_due({}) is None


@given(TERMS)
@example(Term(1, 0, CountsFrom.DELIVERY))
@example(Term(0, 1, CountsFrom.DELIVERY))
@example(Term(1, 1, CountsFrom.DELIVERY))
def test_a_term_is_read_as_it_is_written(term: Term) -> None:
    assert read_term(str(term)) == term


@given(TERMS, DAYS, DAYS)
def test_what_is_delivered_later_never_falls_due_earlier(term: Term, one: dt.date, other: dt.date) -> None:
    first, last = (term.falls_due({CountsFrom.DELIVERY: day}) for day in sorted((one, other)))
    assert first is not None
    assert last is not None
    assert first <= last


@given(TERMS, DAYS, st.integers(0, 20), st.integers(0, 40))
def test_a_longer_term_never_ends_earlier(term: Term, day: dt.date, months: int, days: int) -> None:
    happened = {CountsFrom.DELIVERY: day}
    longer = Term(term.months + months, term.days + days, term.counts_from).falls_due(happened)
    shorter = term.falls_due(happened)
    assert longer is not None
    assert shorter is not None
    assert longer >= shorter > day


@given(st.integers(1, 120), DAYS)
def test_months_keep_the_day_or_take_the_last_of_the_month(months: int, day: dt.date) -> None:
    found = Term(months, 0, CountsFrom.DELIVERY).falls_due({CountsFrom.DELIVERY: day})
    assert found is not None
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + dt.timedelta(days=1)).day == 1)


# -- earlier versions ----------------------------------------------------------------------------------------

NEARLY_TERMS = st.one_of(
    st.builds(
        "{}{} {}{} {}".format,
        st.sampled_from(["", "about ", "-", "0"]),
        st.integers(0, 99_999),
        st.sampled_from(["day", "days", "weeks", "days "]),
        st.sampled_from(["", " of", " after", " from", " of the"]),
        st.sampled_from(["delivery", "the decision", "", "delivery."]),
    ),
    st.builds("{} days of delivery".format, st.integers(0, 12_000)),
    st.text("0123456789 days of delivery", max_size=24),
)


@given(NEARLY_TERMS, DAYS)
@example("30 days of delivery", dt.date(1965, 3, 1))
@example("030 days of delivery", dt.date(1965, 3, 1))
def test_a_day_that_both_earlier_readers_found_is_found_still(text: str, day: dt.date) -> None:
    """Lists and handovers had a reader each; a recorded decision keeps the day on which the two agreed."""
    of_lists = re.search(r"(\d{1,4}) days\b", text)
    of_handovers = re.fullmatch(r"([0-9]{1,4}) days of delivery", text)
    if of_lists is None or of_handovers is None or not int(of_handovers[1]):
        return
    assert of_lists[1] == of_handovers[1]
    term = read_term(text)
    assert term is not None
    assert term.falls_due({CountsFrom.DELIVERY: day}) == day + dt.timedelta(days=int(of_lists[1]))


# -- what editors know ---------------------------------------------------------------------------------------


@given(st.one_of(NEARLY_TERMS, TERMS.map(str)))
def test_an_editor_underlines_no_term_and_lets_only_the_limits_pass(text: str) -> None:
    spelt = re.search(TERM_PATTERN, text) is not None and not text.endswith("\n")
    assert spelt or read_term(text) is None
    if spelt and read_term(text) is None:
        lengths = [int(digits) for digits in re.findall("[0-9]+", text)]
        assert not any(lengths) or sum(lengths) * 31 * 12 > MAX_DAYS
