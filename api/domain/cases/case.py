"""A case as it was recorded, and its state: what held on a day, as far as it was known at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.domain.cases.recordable_facts import ITEM, as_json, nested, owned_facts
from api.domain.present_words import lacks
from engine import Request, Vocabulary


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact with who recorded it, when, and at which place of the log. It is never changed."""

    position: int
    line: str | None
    name: str
    value: Any
    happened_on: dt.date
    recorded_at: dt.datetime
    recorded_by: str
    role: str
    evidence: str | None
    supersedes: int | None
    sequence: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything recorded of a case; `version` counts its facts, `claims` names what was claimed for each line."""

    case_id: str
    request_id: str
    department: str
    opened_at: dt.datetime
    lines: tuple[int | str, ...]
    claims: tuple[tuple[str, ...], ...]
    version: int
    facts: tuple[RecordedFact, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """The two times of a query: what held on a day, as it was known at a time, or is known by now."""

    held_on: dt.date
    known_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CaseState:
    """The facts in force at a moment, everything known by then, and which fact superseded which."""

    facts: tuple[RecordedFact, ...]
    known: tuple[RecordedFact, ...]
    superseded_by: Mapping[int, int]


def state_at(case: Case, moment: Moment) -> CaseState:
    """Return the state of a case.

    A fact corrected by another is out as soon as the correction is known; of the rest, the latest to have happened
    by the day is in force, and of two on one day the one recorded later.
    """
    until = moment.known_at
    known = tuple(fact for fact in case.facts if until is None or fact.recorded_at <= until)
    superseded = {fact.supersedes: fact.position for fact in known if fact.supersedes}
    latest: dict[tuple[str | None, str], RecordedFact] = {}
    for fact in sorted(known, key=lambda fact: (fact.happened_on, fact.position)):
        if fact.position in superseded or fact.happened_on > moment.held_on:
            continue
        before = latest.get((fact.line, fact.name))
        if before:
            superseded[before.position] = fact.position
        latest[fact.line, fact.name] = fact
    return CaseState(tuple(sorted(latest.values(), key=lambda fact: fact.position)), known, superseded)


def request_of(vocabulary: Vocabulary, case: Case, state: CaseState, day: dt.date) -> Request:
    """Return the request that the facts in force make, as of `day`, as far as the vocabulary has words for them."""
    return vocabulary.request.model_validate(_request_from(vocabulary, case, state.facts, day))


def stated_request(vocabulary: Vocabulary, case: Case, day: dt.date) -> bytes:
    """Return what the department of a case would ask on `day`, as JSON: the facts in force less others' own."""
    owned = owned_facts(vocabulary)
    facts = state_at(case, Moment(day, None)).facts
    request = _request_from(vocabulary, case, [fact for fact in facts if fact.name not in owned], day)
    if request.get("handover", {}).get("planned_on"):  # the request is about a handover on that day
        request["handover"]["planned_on"] = day.isoformat()
    if office := vocabulary.declarations.asking_office:
        nested(office, case.department, request)
    return as_json(request).encode()


def _request_from(
    vocabulary: Vocabulary, case: Case, facts: Iterable[RecordedFact], day: dt.date
) -> dict[str, Any]:
    items: dict[str, dict[str, Any]] = {str(mark): {"line": mark} for mark in case.lines}
    request: dict[str, Any] = {"request_id": case.request_id, "as_of": day.isoformat()}
    for fact in facts:
        if lacks(vocabulary, fact.name, fact.value):
            continue
        nested(fact.name, fact.value, items[str(fact.line)] if fact.name.startswith(ITEM) else request)
    return {**request, "items": list(items.values())}


def open_claims(case: Case, state: CaseState) -> tuple[tuple[str, ...], ...]:
    """Return for each line what was claimed at the opening and has not been recorded since."""
    recorded = {(fact.line, fact.name) for fact in state.facts}
    return tuple(
        tuple(name for name in names if (str(mark), name) not in recorded)
        for mark, names in zip(case.lines, case.claims, strict=True)
    )


CaseKey = tuple[str, str]
"""What a case is about: a department, and the id of its request."""
