"""Agreed inclusions (D5): what was to enter the resolution of a session, until it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from api.domain.cases.case import Case, Moment, RecordedFact, standing_at
from api.domain.cases.recordable_facts import COUNTRIES
from api.domain.registers.state import RegisterEvent, Standing

_CHANNEL = "item.channel."
_INCLUSION = _CHANNEL + "inclusion"
_AGREED = "agreed_to_include"
_STILL_OWED = frozenset({_AGREED, "not_included", "deferred"})
"""An agreement that a session did not carry out stays a debt; one that was withdrawn (`refused`) does not."""


@dataclass(frozen=True, slots=True)
class Debt:
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


def find_debts(cases: Iterable[Case], standing: Standing, day: dt.date) -> Iterator[Debt]:
    """Yield the debts of cases as they stand on `day`."""
    for case in cases:
        facts = {(fact.line, fact.name): fact.value for fact in standing_at(case, Moment(day, None)).facts}
        countries = tuple(facts.get((None, COUNTRIES)) or ())
        for mark in case.lines:
            line = str(mark)
            if facts.get((line, _INCLUSION)) not in _STILL_OWED:
                continue
            agreed = _agreement(case, line, day)
            session = facts.get((line, _CHANNEL + "inclusion_session"))
            project = facts.get((line, _CHANNEL + "project_no"))
            if agreed is None or _is_included(standing, countries, session, project):
                continue
            yield Debt(
                case_id=case.case_id,
                line=mark,
                department=case.department,
                countries=countries,
                session=session,
                project_no=project,
                agreed_on=agreed.happened_on,
                shown_by=agreed.evidence,
                closed=_closing(standing, countries, session),
            )


def _agreement(case: Case, line: str, day: dt.date) -> RecordedFact | None:
    """The latest agreement to include the line that was not corrected since."""
    corrected = {fact.supersedes for fact in case.facts}
    agreements = [
        fact
        for fact in case.facts
        if (fact.line, fact.name, fact.value) == (line, _INCLUSION, _AGREED)
        and fact.happened_on <= day
        and fact.position not in corrected
    ]
    return max(agreements, key=lambda fact: (fact.happened_on, fact.position), default=None)


def _is_included(
    standing: Standing, countries: tuple[str, ...], session: int | None, project: str | None
) -> bool:
    if session is None or project is None:
        return False
    return any(
        project in resolution.content.get("projects", ())
        for country in countries
        for resolution in standing.session(country, session).resolutions
    )


def _closing(standing: Standing, countries: tuple[str, ...], session: int | None) -> RegisterEvent | None:
    """The closing of the session, as soon as that of any of the countries has closed."""
    if session is None:
        return None
    closings = [closed for country in countries if (closed := standing.session(country, session).closed)]
    return min(closings, key=lambda event: event.happened_on, default=None)
