"""Agreed inclusions: what is to enter the resolution of a session, until it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from api.domain.cases.case import Case, Moment, RecordedFact, state_at
from api.domain.cases.recordable_facts import COUNTRIES
from api.domain.registers.state import RegisterEvent, RegisterState
from engine import InclusionFacts


@dataclass(frozen=True, slots=True)
class PendingInclusion:
    """A line of a case that both sides agreed to include, and that is in no resolution of that session yet."""

    case_id: str
    line: int | str
    department: str
    countries: tuple[str, ...]
    session: int | None
    project_no: str | None
    agreed_on: dt.date
    shown_by: str | None
    closed: RegisterEvent | None


def find_pending_inclusions(
    cases: Iterable[Case], named: InclusionFacts, state: RegisterState, day: dt.date
) -> Iterator[PendingInclusion]:
    """Yield the inclusions of cases that are pending on `day`, by the facts that are `named` for it.

    An agreement that a session did not carry out stays pending; one that was withdrawn does not.
    """
    for case in cases:
        facts = {(fact.line, fact.name): fact.value for fact in state_at(case, Moment(day, None)).facts}
        countries = tuple(facts.get((None, COUNTRIES)) or ())
        for mark in case.lines:
            line = str(mark)
            if facts.get((line, named.fact)) not in named.open:
                continue
            agreed = _agreement(case, named, line, day)
            session = facts.get((line, named.session))
            project = facts.get((line, named.project))
            if agreed is None or _is_included(state, countries, session, project):
                continue
            yield PendingInclusion(
                case_id=case.case_id,
                line=mark,
                department=case.department,
                countries=countries,
                session=session,
                project_no=project,
                agreed_on=agreed.happened_on,
                shown_by=agreed.evidence,
                closed=_closing(state, countries, session),
            )


def _agreement(case: Case, named: InclusionFacts, line: str, day: dt.date) -> RecordedFact | None:
    """The latest agreement to include the line that was not corrected since."""
    corrected = {fact.supersedes for fact in case.facts}
    agreements = [
        fact
        for fact in case.facts
        if (fact.line, fact.name, fact.value) == (line, named.fact, named.agreed)
        and fact.happened_on <= day
        and fact.position not in corrected
    ]
    return max(agreements, key=lambda fact: (fact.happened_on, fact.position), default=None)


def _is_included(
    state: RegisterState, countries: tuple[str, ...], session: int | None, project: str | None
) -> bool:
    if session is None or project is None:
        return False
    return any(
        project in resolution.content.get("projects", ())
        for country in countries
        for resolution in state.session(country, session).resolutions
    )


def _closing(state: RegisterState, countries: tuple[str, ...], session: int | None) -> RegisterEvent | None:
    """The closing of the session, as soon as that of any of the countries has closed."""
    if session is None:
        return None
    closings = [closed for country in countries if (closed := state.session(country, session).closed)]
    return min(closings, key=lambda event: event.happened_on, default=None)
