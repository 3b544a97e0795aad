"""What changes on which day by itself: by the policies, and by what is recorded with days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.domain.identity import Caller
from api.domain.permissions import may_call
from api.domain.upcoming import ListedRecords, UpcomingAnswer, make_upcoming
from api.parsing.parameters import day_parameter, wrong_parameter
from api.services.context import Context
from api.services.dated_records import DATED_SOURCES, DatedQuery, list_records
from api.services.proposals.commands import moment_at
from engine import list_upcoming

if TYPE_CHECKING:
    from sqlalchemy import Connection

SPAN = frozenset({"from", "until"})
USUAL_DAYS = 365
"""How far it is looked ahead where no last day is stated."""


async def show_upcoming(context: Context, caller: Caller, query: Mapping[str, str]) -> UpcomingAnswer:
    """Return what changes in the policies in force, with the records that the caller may read.

    The requests that are answered otherwise are computed in the background. Raises `ProblemError`, and
    StoreUnavailable.
    """
    active, at = context.policies.current, context.clock()
    policies = active.policies
    span = _span(query, policies.day_at(at))
    return make_upcoming(
        policies,
        span,
        list_upcoming(policies, *span),
        await _readable_records(context, caller, at),
        lambda day: context.upcoming.find(active.files, day),
    )


async def _readable_records(context: Context, caller: Caller, at: dt.datetime) -> ListedRecords:
    sources = [source for source in DATED_SOURCES if may_call(caller.role, source.call)]

    def read(connection: Connection) -> ListedRecords:
        query = DatedQuery(moment_at(context, at), context.policies.current.policies.day_at)
        return list_records(connection, query, sources)

    listed = await context.store.read(read)
    # A caller of a department reads what is of it, or of none.
    records = (
        one
        for one in listed.records
        if None in (one.department, caller.department) or one.department == caller.department
    )
    return ListedRecords(listed.kinds, tuple(records))


def last_day_after(first: dt.date, days: int) -> dt.date:
    """Return the day so many days after the first, or the last of the calendar."""
    return dt.date.fromordinal(min(first.toordinal() + days, dt.date.max.toordinal()))


def _span(query: Mapping[str, str], today: dt.date) -> tuple[dt.date, dt.date]:
    first = day_parameter(query, "from") or today
    last = day_parameter(query, "until") or last_day_after(first, USUAL_DAYS)
    if last < first:
        raise wrong_parameter("until", f"is no earlier than the first day, {first}")
    return first, last
