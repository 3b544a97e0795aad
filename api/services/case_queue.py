"""The queue as it is worked off: urgent requests without a case, then the cases that wait, by their deadlines."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.case_view import CaseView, view_case
from api.domain.cases.answers import UrgentPreCheck
from api.domain.cases.case import Moment
from api.domain.dues.due import Due
from api.domain.identity import Caller
from api.parsing.parameters import wrong_parameter
from api.services.case_board import CasePlace, records_of
from api.services.case_queries import URGENT_OR_CASE
from api.services.context import Context
from api.services.paging import wrong_after
from api.services.register_event_queries import may_see
from api.services.urgent_pre_checks import NONE_URGENT, load_urgent_page
from api.storage.cases import load_cases_among
from api.storage.handovers import load_deliveries

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue as of `day`; `after` leads on behind its last entry, None at the end.

    `waiting` counts the cases by the parties that they wait for, `deadlines` are those of all that wait, in order; a
    case without one has None.
    """

    day: dt.date
    urgent: Sequence[UrgentPreCheck]
    cases: Sequence[CaseView]
    after: str | None
    waiting: Mapping[str, int]
    deadlines: Sequence[dt.date | None]


@dataclass(frozen=True, slots=True)
class NearestDues:
    """What is due first, how much is due by owner, and how much of that is overdue by owner."""

    first: Sequence[Due]
    count: Mapping[str, int]
    overdue: Mapping[str, int]


async def read_queue(context: Context, caller: Caller, party: str | None, after: str | None) -> QueuePage:
    """Return a page of what waits, for a party alone if one is named. Raises `ProblemError`."""
    active = context.policies.current
    decided, policies = context.moment(active), active.policies
    if party is not None and party not in policies.parties:
        raise wrong_parameter("waiting_for", f"names one of: {', '.join(sorted(policies.parties))}")
    day = policies.day_at(decided.at)

    def load(connection: Connection) -> QueuePage:
        every = context.board.places(connection, policies, decided)
        waiting = [
            place for place in every if place.waiting_for and caller.department in (None, place.department)
        ]
        chosen = [place for place in waiting if party is None or party in place.waiting_for]
        urgent, rest = NONE_URGENT, chosen
        behind = _find(every, after, caller)
        if behind is None:
            urgent = load_urgent_page(connection, caller, party, after, PAGE_SIZE, policies)
            if after is not None and not urgent.holds_after:
                raise wrong_after(URGENT_OR_CASE)
        else:
            rest = chosen[bisect_right(chosen, behind.order, key=lambda place: place.order) :]
        room = 0 if urgent.more else PAGE_SIZE - len(urgent.pre_checks)
        shown = [place.case_id for place in rest[:room]]
        views = views_of(connection, shown)
        ids = [*(one.decision_id for one in urgent.pre_checks), *shown]
        return QueuePage(
            day=day,
            urgent=urgent.pre_checks,
            cases=views,
            after=ids[-1] if ids and (urgent.more or len(rest) > room) else None,
            waiting=Counter(one for place in waiting for one in place.waiting_for),
            deadlines=[place.deadline for place in chosen],
        )

    def views_of(connection: Connection, case_ids: Sequence[str]) -> list[CaseView]:
        cases = {case.case_id: case for case in load_cases_among(connection, case_ids)}
        records, deliveries = records_of(connection, cases.values()), load_deliveries(connection, case_ids)
        found = (
            view_case(cases[case_id], Moment(day, None), records, deliveries, policies, decided)
            for case_id in case_ids
            if case_id in cases
        )
        return [view for view in found if view is not None]

    return await context.store.read(load)


async def read_nearest_dues(context: Context, caller: Caller, limit: int) -> NearestDues:
    """Return what is due first, of all that the caller may know of."""
    policies = context.policies.current.policies
    day = policies.day_at(context.clock())

    def load(connection: Connection) -> Sequence[Due]:
        return context.registers.dues(connection, policies, day)

    dues = [due for due in await context.store.read(load) if may_see(caller, due)]
    return NearestDues(
        first=dues[:limit],
        count=Counter(due.who for due in dues),
        overdue=Counter(due.who for due in dues if due.overdue),
    )


def _find(places: Sequence[CasePlace], case_id: str | None, caller: Caller) -> CasePlace | None:
    """The place of a case, waiting or not, if the caller may know of it."""
    found = next((place for place in places if place.case_id == case_id), None)
    return found if found and caller.department in (None, found.department) else None
