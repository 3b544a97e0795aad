"""Queries about cases: one of them, or the queue; each as of two times."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.case_view import CaseView, case_answer, queue_answer, view_case
from api.domain.cases.case import Case, Moment
from api.domain.handovers.deliveries import Deliveries
from api.domain.identity import Caller
from api.domain.known_facts import CaseRecords
from api.parsing.parameters import day_parameter, time_parameter, wrong_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.case_board import records_of
from api.services.cases import visible
from api.services.context import Context
from api.services.paging import CASES, PAGING, read_after, read_limit, wrong_after
from api.services.urgent_pre_checks import NONE_URGENT, UrgentPage, load_urgent_page
from api.storage.cases import load_case, load_cases
from api.storage.handovers import load_deliveries
from engine import ENGLISH, PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

TIMES = frozenset({"held_on", "known_at"})
QUEUE = TIMES | PAGING | {"waiting_for", "sort"}
DEADLINE = "deadline"
URGENT_OR_CASE = "the id of a case, or of an urgent decision, of this queue"


@dataclass(frozen=True, slots=True)
class VersionedCase:
    """A case in JSON; `version` is None unless the query was for the case as it is now."""

    content: bytes
    version: int | None


async def show_case(
    context: Context, case_id: str, caller: Caller, query: Mapping[str, str]
) -> VersionedCase:
    """Return the case at the moment of the query. Raises `ProblemError`."""
    view = await read_case(context, case_id, caller, query)
    return VersionedCase(case_answer(view, caller.role).to_bytes(), None if query else view.case.version)


async def read_case(
    context: Context, case_id: str, caller: Caller, query: Mapping[str, str], language: str = ENGLISH
) -> CaseView:
    """Return the case at the moment of the query, in the words of a language. Raises `ProblemError`."""
    active = context.policies.current
    decided = context.moment(active)
    policies = context.reading.read(active.policies, language)
    moment = _moment(query, policies, decided.at)

    def load(connection: Connection) -> tuple[Case | None, CaseRecords, Deliveries]:
        case = load_case(connection, case_id)
        records = records_of(connection, [case] if case else [])
        return case, records, load_deliveries(connection, [case.case_id] if case else [])

    found, records, deliveries = await context.store.read(load)
    case = visible(found, caller)
    view = view_case(case, moment, records, deliveries, policies, decided)
    if view is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The case had not been opened by then."))
    return view


async def show_queue(context: Context, caller: Caller, query: Mapping[str, str]) -> bytes:
    """Return the cases the caller may know of; only those that wait for a party, if the query names one.

    Before them stand the urgent requests that have no case, unless the query is for another time than now.
    Raises `ProblemError`.
    """
    active = context.policies.current
    decided, policies = context.moment(active), active.policies
    moment = _moment(query, policies, decided.at)
    party, sort = query.get("waiting_for"), query.get("sort")
    if party is not None and party not in policies.parties:
        raise wrong_parameter("waiting_for", f"names one of: {', '.join(sorted(policies.parties))}")
    if sort not in (None, DEADLINE):
        raise wrong_parameter(
            "sort", "can be `deadline`; without it the cases stand in the order of their opening"
        )

    limit, after = read_limit(query, CASES), read_after(query)

    def load(connection: Connection) -> tuple[UrgentPage, list[Case], CaseRecords, Deliveries]:
        urgent = NONE_URGENT
        if TIMES.isdisjoint(query):
            urgent = load_urgent_page(connection, caller, party, after, limit, policies)
        cases = load_cases(connection, caller.department)
        return urgent, cases, records_of(connection, cases), load_deliveries(connection)

    urgent, cases, records, deliveries = await context.store.read(load)

    def queue() -> bytes:
        views = [
            view
            for case in cases
            if (view := view_case(case, moment, records, deliveries, policies, decided))
        ]
        waiting = [view for view in views if party is None or party in view.waiting_for]
        ordered = sorted(waiting, key=_by_deadline) if sort else waiting
        rest = [] if urgent.more else _after(ordered, None if urgent.holds_after else after)
        room = limit - len(urgent.pre_checks)
        more = urgent.more or len(rest) > room
        return queue_answer(urgent.pre_checks, rest[:room], more=more).to_bytes()

    return await asyncio.to_thread(queue)


def _by_deadline(view: CaseView) -> tuple[dt.date, dt.datetime]:
    return view.deadline or dt.date.max, view.case.opened_at


def _after(queue: Sequence[CaseView], case_id: str | None) -> Sequence[CaseView]:
    """The rest of the queue behind a case; a case that no longer waits in it cannot be found."""
    if case_id is None:
        return queue
    for place, view in enumerate(queue, 1):
        if view.case.case_id == case_id:
            return queue[place:]
    raise wrong_after(URGENT_OR_CASE)


def _moment(query: Mapping[str, str], policies: PolicySet, now: dt.datetime) -> Moment:
    """Return the moment of the query. With `known_at` alone, the day is that of `known_at`."""
    known_at = time_parameter(query, "known_at")
    return Moment(day_parameter(query, "held_on") or policies.day_at(known_at or now), known_at)
