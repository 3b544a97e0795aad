"""What a recorded decision can be searched by: codes and names that the answer and the request hold, no texts.

Facts whose texts can be erased are none of them, so nothing has to be erased here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine import UTC, day_in


class TermSort(StrEnum):
    """What a term is. `ANY` is the term of every decision; an outcome is that of the whole answer."""

    ANY = "any"
    COUNTRY = "country"
    CLAUSE = "clause"
    RULE = "rule"
    OUTCOME = "outcome"
    REVISION = "revision"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True, order=True)
class SearchTerm:
    """A value of a sort by which decisions are searched."""

    sort: TermSort
    value: str


EVERY_DECISION = SearchTerm(TermSort.ANY, "")


@dataclass(frozen=True, slots=True)
class IndexedDecision:
    """A decision at its place in the log, as far as it is searched."""

    sequence: int
    day: dt.date
    request_id: str
    outcome: str
    terms: frozenset[SearchTerm]


def index_decision(
    sequence: int, at: dt.datetime, members: Mapping[str, Any], request: bytes, decision: bytes
) -> IndexedDecision | None:
    """Return what a decision is searched by, from its entry; None for an entry that says none of it."""
    try:
        answer = json.loads(decision)
        values = [*_values(members, json.loads(request), answer)]
        terms = frozenset(SearchTerm(sort, value) for sort, value in values if isinstance(value, str))
        return IndexedDecision(
            sequence=sequence,
            day=day_in(members.get("time_zone", UTC), at),
            request_id=searchable(members["request_id"]),
            outcome=str(members["outcome"]),
            terms=frozenset(one for one in terms if "\0" not in one.value) | {EVERY_DECISION},
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _values(members: Mapping[str, Any], request: Any, answer: Any) -> Iterator[tuple[TermSort, Any]]:
    yield TermSort.OUTCOME, members["outcome"]
    yield TermSort.REVISION, members["revision"]
    yield TermSort.DEPARTMENT, members.get("department")
    for country in stated_countries(request):
        yield TermSort.COUNTRY, country
    for line in answer["lines"]:
        for clause in line["clauses"]:
            yield TermSort.CLAUSE, clause
        for rule in line.get("rules", ()):
            yield TermSort.RULE, rule


def stated_countries(request: Any) -> tuple[str, ...]:
    """Return the countries of the mission in a request as it was received."""
    mission = request.get("mission") if isinstance(request, dict) else None
    found = mission.get("countries") if isinstance(mission, dict) else None
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def searchable(text: str) -> str:
    """Return a request id as the index holds it: without null characters, which PostgreSQL cannot store."""
    return text.replace("\0", "")
