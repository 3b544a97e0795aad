"""What is asked about cases: one of them, or the queue; each as of two times."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.case_view import Told, case_answer, queue_answer, tell
from api.domain.cases.case import Case, Moment
from api.domain.handovers.deliveries import Deliveries
from api.domain.identity import Caller
from api.domain.known_facts import Records
from api.parsing.parameters import day_parameter, time_parameter, wrong_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.cases import visible
from api.services.context import Context
from api.services.paging import CASES, PAGING, read_after, read_limit, wrong_after
from api.storage.case_records import find_records
from api.storage.cases import load_case, load_cases
from api.storage.handovers import load_deliveries

if TYPE_CHECKING:
    from sqlalchemy import Connection

TIMES = frozenset({"held_on", "known_at"})
QUEUE = TIMES | PAGING | {"waiting_for", "sort"}
DEADLINE = "deadline"
_NAMED = "the id of a case of this queue"


@dataclass(frozen=True, slots=True)
class Shown:
    """A case in JSON; `version` is given where the case was asked for as it is now."""

    content: bytes
    version: int | None


async def show_case(context: Context, case_id: str, caller: Caller, asked: Mapping[str, str]) -> Shown:
    """Return the case at the moment that was asked for. Raises `ProblemError`."""
    at = context.clock()
    moment = _moment(asked, at)

    def query(connection: Connection) -> tuple[Case | None, Records, Deliveries]:
        case = load_case(connection, case_id)
        records = _records_of(connection, [case] if case else [])
        return case, records, load_deliveries(connection, case_id) if case else {}

    found, records, deliveries = await context.store.read(query)
    case = visible(found, caller)
    told = tell(case, moment, records, deliveries, context.policies.current.policies, at)
    if told is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The case had not been opened by then."))
    return Shown(case_answer(told, caller.role).to_bytes(), None if asked else case.version)


async def show_queue(context: Context, caller: Caller, asked: Mapping[str, str]) -> bytes:
    """Return the cases the caller may know of, those that wait for somebody alone if asked. Raises `ProblemError`."""
    at, policies = context.clock(), context.policies.current.policies
    moment = _moment(asked, at)
    party, sort = asked.get("waiting_for"), asked.get("sort")
    if party is not None and party not in policies.parties:
        raise wrong_parameter("waiting_for", f"names one of: {', '.join(sorted(policies.parties))}")
    if sort not in (None, DEADLINE):
        raise wrong_parameter(
            "sort", "can be `deadline`; without it the cases stand in the order of their opening"
        )

    limit, after = read_limit(asked, CASES), read_after(asked, _NAMED)

    def query(connection: Connection) -> tuple[list[Case], Records, Deliveries]:
        cases = load_cases(connection, caller.department)
        return cases, _records_of(connection, cases), load_deliveries(connection)

    cases, records, deliveries = await context.store.read(query)

    def queue() -> bytes:
        told = [told for case in cases if (told := tell(case, moment, records, deliveries, policies, at))]
        waiting = [told for told in told if party is None or party in told.waiting_for]
        ordered = sorted(waiting, key=_by_deadline) if sort else waiting
        rest = _after(ordered, after)
        return queue_answer(rest[:limit], more=len(rest) > limit).to_bytes()

    return await asyncio.to_thread(queue)


def _records_of(connection: Connection, cases: Sequence[Case]) -> Records:
    """What the registers hold of the items of cases."""
    return find_records(connection, set(), {str(mark) for case in cases for mark in case.lines})


def _by_deadline(told: Told) -> tuple[dt.date, dt.datetime]:
    return told.deadline or dt.date.max, told.case.opened_at


def _after(queue: Sequence[Told], case_id: str | None) -> Sequence[Told]:
    """The rest of the queue behind a case; a case that no longer waits in it cannot be found."""
    if case_id is None:
        return queue
    for place, told in enumerate(queue, 1):
        if told.case.case_id == case_id:
            return queue[place:]
    raise wrong_after(_NAMED)


def _moment(asked: Mapping[str, str], now: dt.datetime) -> Moment:
    """Return the moment that is asked for. What was known then is asked about that day, unless another is named."""
    known_at = time_parameter(asked, "known_at")
    return Moment(day_parameter(asked, "held_on") or (known_at or now).date(), known_at)
