"""A session: what was requested of it, what its resolutions include, and what they do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from api.domain.dues.answers import PendingProject, SessionAnswer, SessionItems
from api.domain.dues.due import MAX_NAMED, ListOnDay
from api.domain.dues.find_dues import DueRecords, inclusions_of, lists_on_day
from api.domain.dues.inclusions import PendingInclusion
from api.domain.dues.list_terms import ListTerms
from api.domain.dues.provided_lists import left_out
from api.domain.registers.lists import RegisterItem
from api.domain.registers.state import event_to_json, state_on
from engine import Registers


def session_answer(
    records: DueRecords,
    registers: Registers,
    terms: Mapping[str, ListTerms],
    country: str,
    number: int,
    day: dt.date,
) -> SessionAnswer:
    """Return the state of the session on `day`.

    `not_included` are the provided items in no resolution that have to be in it, or had to be when it closed.
    """
    state = state_on(records.events, day)
    session = state.session(country, number)
    listed = [found for found in lists_on_day(records, state, terms, day) if found.listed.country == country]
    inclusions = [
        inclusion
        for inclusion in inclusions_of(records, registers, state, day)
        if is_of(inclusion, country, number)
    ]
    return SessionAnswer(
        session=number,
        country=country,
        opened=event_to_json(session.opened) if session.opened else None,
        closed=event_to_json(session.closed) if session.closed else None,
        resolutions=tuple(map(event_to_json, session.resolutions)),
        asked=_by_list(listed, {item.item_no for found in listed for item in requested_items(found, number)}),
        included=_by_list(listed, {item_no for event in session.resolutions for item_no in event.items}),
        included_projects=tuple(
            project for event in session.resolutions for project in event.content.get("projects", ())
        ),
        not_included=_by_list(
            listed, {item.item_no for found in listed for item in not_included(found, number)}
        ),
        owed_projects=tuple(
            PendingProject(case_id=inclusion.case_id, line=inclusion.line, project_no=inclusion.project_no)
            for inclusion in inclusions
        ),
    )


def requested_items(listed: ListOnDay, number: int) -> list[RegisterItem]:
    """Return the items whose inclusion was requested of the session."""
    return [
        item
        for item in listed.items
        if any(event.session == number for event in listed.state(item).supplementary_requests)
    ]


def not_included(listed: ListOnDay, number: int) -> list[RegisterItem]:
    """Return the provided items that have to be in the session's resolution, or had to be, and are in none."""
    if not listed.is_to_include:
        return []
    if listed.register_state.session(listed.listed.country, number).closed:
        return left_out(listed, number)
    if listed.terms.next_session_on(listed.day) != number:
        return []
    return [item for item in listed.items if not listed.state(item).included]


def is_of(inclusion: PendingInclusion, country: str, number: int) -> bool:
    """Whether an agreed inclusion is for this session."""
    return inclusion.session == number and country in inclusion.countries


def _by_list(listed: Iterable[ListOnDay], item_nos: set[str]) -> tuple[SessionItems, ...]:
    found = []
    for one in listed:
        of_list = tuple(item.item_no for item in one.items if item.item_no in item_nos)
        if of_list:
            named = of_list if len(of_list) <= MAX_NAMED else None
            found.append(SessionItems(list_id=one.listed.list_id, items=len(of_list), item_nos=named))
    return tuple(found)
