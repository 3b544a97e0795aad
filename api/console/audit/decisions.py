"""The search of decisions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import Response

from api.console.audit.outcome_status import status_of
from api.console.frame.countries import show_country
from api.console.frame.csv import CsvCell, csv_stream, wants_csv
from api.console.frame.problem_words import Sentence
from api.console.frame.templates import show_short
from api.console.frame.visits import Visit, faults_of
from api.domain.decision_terms import TermSort
from api.parsing.problems import ProblemError
from api.services.decision_search import CRITERIA, FoundDecision, FoundDecisions, search_decisions
from api.storage.decision_lookup import values_of
from engine import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection

PATH = "/audit/decisions"
PAGE = 50
CSV_PAGE, MOST_CSV_PAGES = 200, 50
"""A file holds at most 10,000 decisions; its last line says which comes next, if there are more."""
MOST_CHOICES = 300
COLUMNS = (
    "sequence",
    "decision_id",
    "evaluated_at",
    "request_id",
    "department",
    "countries",
    "outcome",
    "revision",
    "caller",
)


@dataclass(frozen=True, slots=True)
class _SearchChoices:
    """What is offered for each criterion: what some decision has."""

    countries: Mapping[str, str]
    departments: Mapping[str, str]
    revisions: Mapping[str, str]
    clauses: Sequence[str]
    rules: Sequence[str]


async def show_decisions(visit: Visit) -> Response:
    """Show the search, and a page of what it finds."""
    given = {name: visit.query.get(name, "") for name in sorted(CRITERIA)}
    if wants_csv(dict(visit.query)):
        first = await search_decisions(visit.context, visit.caller, visit.query, CSV_PAGE)
        return csv_stream("decisions", COLUMNS, _csv_pages(visit, given, first))
    found, faults, status = None, list[Sentence](), 200
    try:
        found = await search_decisions(visit.context, visit.caller, visit.query, PAGE)
    except ProblemError as error:
        faults, status = faults_of(visit, error.problem), 400
    choices = await visit.context.store.read(lambda connection: _choices(connection, visit.language))
    searched = urlencode({name: text for name, text in given.items() if text})
    return visit.render(
        "audit/decisions.html",
        status,
        given=given,
        faults=faults,
        found=found,
        choices=choices,
        outcomes={one.value: visit.texts.title(one).text for one in Outcome},
        title_of=visit.texts.title,
        status_of=status_of,
        searched=searched,
    )


def _choices(connection: Connection, language: str) -> _SearchChoices:
    def some(sort: TermSort) -> Sequence[str]:
        return values_of(connection, sort)[:MOST_CHOICES]

    codes = some(TermSort.COUNTRY)
    return _SearchChoices(
        countries={code: show_country(language, code) for code in codes},
        departments={name: name for name in some(TermSort.DEPARTMENT)},
        revisions={revision: show_short(revision) for revision in some(TermSort.REVISION)},
        clauses=some(TermSort.CLAUSE),
        rules=some(TermSort.RULE),
    )


async def _csv_pages(
    visit: Visit, given: Mapping[str, str], first: FoundDecisions
) -> AsyncIterator[Sequence[Sequence[CsvCell]]]:
    page = first
    for _ in range(MOST_CSV_PAGES):
        yield [_cells(one) for one in page.decisions]
        if page.next is None:
            return
        query = {**given, "after": str(page.next)}
        page = await search_decisions(visit.context, visit.caller, query, CSV_PAGE)
    if page.decisions:
        yield [[f"more, from {page.decisions[0].sequence} on"]]


def _cells(one: FoundDecision) -> Sequence[CsvCell]:
    return (
        one.sequence,
        one.decision_id,
        one.at.isoformat(),
        one.request_id,
        one.department,
        " ".join(one.countries),
        one.outcome.value,
        one.revision,
        one.caller,
    )
