"""The search of decisions, for the auditor over all of them, for a department over those about it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.decision_record import DecisionRecord
from api.domain.decision_terms import SearchTerm, TermSort, stated_countries
from api.domain.identity import Caller
from api.ledger.entries import REQUEST, Entry
from api.ledger.reader import entries_at
from api.parsing.parameters import country_parameter, day_parameter, name_parameter, wrong_parameter
from api.parsing.strict_json import read_value
from api.services.context import Context
from api.services.decision_index import IndexReach, catch_up, reach_of
from api.services.paging import DECISIONS, MAX_SEQUENCE, read_limit, read_sequence_after
from api.storage.decision_lookup import Wanted, find_places, values_of
from engine import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection

CRITERIA = frozenset(
    {
        "first_day",
        "last_day",
        "country",
        "clause",
        "rule",
        "outcome",
        "revision",
        "department",
        "request_id",
        "decision_id",
    }
)
"""The parameters of a search; each that is left out, or empty, is not looked at."""
_REVISION = re.compile("[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class FoundDecision:
    """A decision that was found, as a list shows it; `countries` are the codes of the mission."""

    sequence: int
    decision_id: str
    at: dt.datetime
    day: dt.date
    request_id: str
    department: str | None
    countries: tuple[str, ...]
    outcome: Outcome
    revision: str
    caller: str


@dataclass(frozen=True, slots=True)
class FoundDecisions:
    """A page of decisions, the newest first; `next` is the `after` of the next page, None where there is none.

    Only what lies before the `reach` of the index can be found.
    """

    decisions: Sequence[FoundDecision]
    next: int | None
    reach: IndexReach


async def search_decisions(
    context: Context, caller: Caller, query: Mapping[str, str], most: int | None = None
) -> FoundDecisions:
    """Return the decisions that fit every parameter of a search, a page of at most `most`.

    A department finds those about itself alone. Raises `ProblemError`, StoreUnavailable.
    """
    given = {name: text.strip() for name, text in query.items() if text.strip()}
    limit = read_limit(given, DECISIONS) if most is None else most
    after = read_sequence_after(given)
    before = MAX_SEQUENCE if after is None else after
    read = _read_criteria(given)
    await catch_up(context)

    def search(connection: Connection) -> FoundDecisions:
        reach = reach_of(connection)
        wanted = _wanted(connection, read, caller)
        places = [] if wanted is None else find_places(connection, wanted, before, limit + 1)
        shown = places[:limit]
        return FoundDecisions(
            decisions=[_shown(place, entry) for place, entry in entries_at(connection, shown)],
            next=shown[-1] if len(places) > limit else None,
            reach=reach,
        )

    return await context.store.read(search)


@dataclass(frozen=True, slots=True)
class _Criteria:
    """The parameters of a search, read."""

    terms: Sequence[SearchTerm]
    revision: str | None
    first_day: dt.date | None
    last_day: dt.date | None
    request_id: str | None
    decision_id: str | None


def _read_criteria(given: Mapping[str, str]) -> _Criteria:
    terms = list[SearchTerm]()
    if country := country_parameter(given, "country"):
        terms.append(SearchTerm(TermSort.COUNTRY, country))
    for sort in (TermSort.CLAUSE, TermSort.RULE, TermSort.DEPARTMENT):
        if value := name_parameter(given, sort.value):
            terms.append(SearchTerm(sort, value))
    if (outcome := given.get("outcome")) is not None:
        if outcome not in set(Outcome):
            raise wrong_parameter("outcome", f"is one of {', '.join(Outcome)}")
        terms.append(SearchTerm(TermSort.OUTCOME, outcome))
    revision = given.get("revision")
    if revision is not None and not _REVISION.fullmatch(revision):
        raise wrong_parameter("revision", "is the beginning of a revision, in digits 0 to 9 and a to f")
    return _Criteria(
        terms=terms,
        revision=revision,
        first_day=day_parameter(given, "first_day"),
        last_day=day_parameter(given, "last_day"),
        request_id=name_parameter(given, "request_id"),
        decision_id=name_parameter(given, "decision_id"),
    )


def _wanted(connection: Connection, read: _Criteria, caller: Caller) -> Wanted | None:
    """What is looked for; None if nothing can fit, since no revision begins so."""
    groups: list[Sequence[SearchTerm]] = [(term,) for term in read.terms]
    if caller.department is not None:
        groups.append((SearchTerm(TermSort.DEPARTMENT, caller.department),))
    if read.revision is not None:
        revisions = values_of(connection, TermSort.REVISION, read.revision)
        if not revisions:
            return None
        groups.append([SearchTerm(TermSort.REVISION, value) for value in revisions])
    return Wanted(groups, read.first_day, read.last_day, read.request_id, read.decision_id)


def _shown(place: int, entry: Entry) -> FoundDecision:
    record = DecisionRecord.from_members(entry.members)
    return FoundDecision(
        sequence=place,
        decision_id=entry.key,
        at=entry.at,
        day=record.day_at(entry.at),
        request_id=record.request_id,
        department=record.department,
        countries=stated_countries(read_value(entry.payloads[REQUEST])),
        outcome=record.outcome,
        revision=record.revision,
        caller=record.caller,
    )
