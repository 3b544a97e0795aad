"""Searching decisions in the index finds what a scan of all of them finds, however it was filled.

Covers: api.storage.decision_index, api.storage.decision_lookup, api.domain.decision_terms
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

import api.storage.decision_index as filling
import api.storage.decision_lookup as lookup
from api.domain.decision_terms import EVERY_DECISION, IndexedDecision, SearchTerm, TermSort, index_decision
from api.ledger.database import Database
from api.ledger.migrations.schema import metadata
from api.storage.decision_index import IndexBatch, read_reach, store_batch
from api.storage.decision_lookup import (
    Wanted,
    count_days,
    count_decisions,
    find_places,
    places_about,
    values_of,
)

BEHIND = 10**9
DAYS = [dt.date(1965, 3, day) for day in range(1, 5)]
TERMS = [
    SearchTerm(sort, value)
    for sort in (TermSort.COUNTRY, TermSort.CLAUSE, TermSort.OUTCOME)
    for value in ("a", "b", "c")
]
REQUESTS = ["r-1", "r-2", "r-3"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that a few decisions fill many of them."""
    monkeypatch.setattr(filling, "BLOCK", 16)
    monkeypatch.setattr(lookup, "BLOCK", 16)
    monkeypatch.setattr(lookup, "WINDOW", 2)


def decision(sequence: int, day: dt.date, request_id: str, terms: Sequence[SearchTerm]) -> IndexedDecision:
    return IndexedDecision(sequence, day, request_id, "refuse", frozenset({EVERY_DECISION, *terms}))


@st.composite
def logs(draw: st.DrawFn) -> list[IndexedDecision]:
    """Decisions at growing places; their days are nearly in order, as near midnight they are not."""
    place, found = draw(st.integers(0, 20)), list[IndexedDecision]()
    for _ in range(draw(st.integers(0, 25))):
        terms = draw(st.lists(st.sampled_from(TERMS), max_size=4))
        found.append(decision(place, draw(st.sampled_from(DAYS)), draw(st.sampled_from(REQUESTS)), terms))
        place += draw(st.integers(1, 40))
    return found


wishes = st.builds(
    Wanted,
    groups=st.lists(st.lists(st.sampled_from(TERMS), min_size=1, max_size=2), max_size=3),
    first_day=st.none() | st.sampled_from(DAYS),
    last_day=st.none() | st.sampled_from(DAYS),
    request_id=st.none() | st.sampled_from([*REQUESTS, "r-9"]),
)


def fits(one: IndexedDecision, wanted: Wanted) -> bool:
    return (
        all(one.terms & set(group) for group in wanted.groups)
        and (wanted.first_day is None or one.day >= wanted.first_day)
        and (wanted.last_day is None or one.day <= wanted.last_day)
        and wanted.request_id in (None, one.request_id)
    )


def filled(connection: Connection, log: Sequence[IndexedDecision], batches: int) -> None:
    """Fill the index with a log, in so many batches."""
    end = log[-1].sequence + 1 if log else 0
    edges = [*(end * part // batches for part in range(batches)), end]
    for start, behind in itertools.pairwise(edges):
        within = [one for one in log if start <= one.sequence < behind]
        assert store_batch(connection, IndexBatch(start, behind, within)) == (behind > start)


@given(logs(), wishes, st.integers(1, 4), st.integers(1, 8), st.integers(0, 400) | st.just(BEHIND))
def test_the_index_finds_what_a_scan_finds(
    log: list[IndexedDecision], wanted: Wanted, batches: int, limit: int, before: int
) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        filled(connection, log, batches)
        found = find_places(connection, wanted, before, limit)
        matching = [one.sequence for one in reversed(log) if one.sequence < before and fits(one, wanted)]
        assert found == matching[:limit]
        counted = count_days(connection, DAYS[0], DAYS[-1])
        assert sum(sum(day.values()) for day in counted.values()) == len(log)
        for term in TERMS:
            number = sum(term in one.terms for one in log)
            assert count_decisions(connection, term.sort).get(term.value, 0) == number
        assert places_about(connection, "r-1") == [one.sequence for one in log if one.request_id == "r-1"]
    engine.dispose()


@pytest.fixture
def connection(where: str) -> Iterator[Connection]:
    """Both databases."""
    database = Database(where)
    database.prepare()
    with database.writing() as writing:
        yield writing
    database.dispose()


def test_it_is_the_same_on_both_databases(connection: Connection) -> None:
    terms = [SearchTerm(TermSort.COUNTRY, "KP"), SearchTerm(TermSort.CLAUSE, "S1.1")]
    log = [decision(place, DAYS[place % 4], "r-1", terms[: 1 + place % 2]) for place in range(0, 100, 3)]
    filled(connection, log, 3)
    assert read_reach(connection) == 100
    both = Wanted(groups=[[terms[0]], [terms[1]]], first_day=DAYS[1])
    assert (
        find_places(connection, both, BEHIND, 3)
        == [one.sequence for one in reversed(log) if len(one.terms) == 3 and one.day >= DAYS[1]][:3]
    )
    assert values_of(connection, TermSort.COUNTRY) == ["KP"]
    assert values_of(connection, TermSort.CLAUSE, "S1") == ["S1.1"]
    assert values_of(connection, TermSort.CLAUSE, "S_") == []


def test_a_batch_of_which_another_process_was_faster_adds_nothing(connection: Connection) -> None:
    batch = IndexBatch(0, 5, [decision(2, DAYS[0], "r-1", [])])
    assert store_batch(connection, batch)
    assert not store_batch(connection, batch)
    assert find_places(connection, Wanted(), BEHIND, 10) == [2]
    assert count_days(connection, DAYS[0], DAYS[0]) == {DAYS[0]: {"refuse": 1}}


MEMBERS = {
    "request_id": "r-1",
    "outcome": "refuse",
    "revision": "0" * 64,
    "department": "metallurgy",
    "time_zone": "Asia/Shanghai",
}
ANSWER = {"lines": [{"clauses": ["S1.1"], "rules": ["first"], "say": "a text"}, {"clauses": ["S1.2"]}]}
AT = dt.datetime(1965, 3, 1, 20, tzinfo=dt.UTC)


def indexed(request: object, answer: object = ANSWER, **members: object) -> IndexedDecision | None:
    contents = json.dumps(request).encode(), json.dumps(answer).encode()
    return index_decision(7, AT, {**MEMBERS, **members}, *contents)


def test_a_decision_is_indexed_by_codes_and_names_alone() -> None:
    found = indexed({"mission": {"countries": ["KP", "VN"], "name": "a person"}, "items": []})
    assert found is not None
    assert found.day == dt.date(1965, 3, 2)
    assert {(term.sort.value, term.value) for term in found.terms} == {
        ("any", ""),
        ("outcome", "refuse"),
        ("revision", "0" * 64),
        ("department", "metallurgy"),
        ("country", "KP"),
        ("country", "VN"),
        ("clause", "S1.1"),
        ("clause", "S1.2"),
        ("rule", "first"),
    }


@pytest.mark.parametrize("request_body", [{}, [], None, {"mission": None}, {"mission": {"countries": "KP"}}])
def test_a_request_without_countries_is_indexed_by_the_rest(request_body: object) -> None:
    found = indexed(request_body, department=None)
    assert found is not None
    assert TermSort.COUNTRY not in {term.sort for term in found.terms}
    assert TermSort.DEPARTMENT not in {term.sort for term in found.terms}


def test_what_no_database_can_store_is_left_out() -> None:
    found = indexed({}, request_id="r\0-1", department="a\0b")
    assert found is not None
    assert found.request_id == "r-1"
    assert TermSort.DEPARTMENT not in {term.sort for term in found.terms}


@pytest.mark.parametrize("answer", [None, [], {"lines": [{}]}, {"lines": 3}])
def test_an_entry_that_was_altered_is_passed_over(answer: object) -> None:
    assert indexed({}, answer) is None
