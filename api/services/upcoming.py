"""What changes on which day by itself: by the policies, and by what is recorded with days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from api.domain.handovers.corrections import counted_uses
from api.domain.identity import Caller
from api.domain.permissions import may_call
from api.domain.upcoming import ONE_DAY, DatedRecord, UpcomingAnswer, make_upcoming, not_worked_out
from api.parsing.parameters import day_parameter, wrong_parameter
from api.services.context import Context
from api.storage.handover_corrections import load_corrections
from api.storage.handovers import load_clearances, load_handovers
from engine import PolicySet, list_upcoming

if TYPE_CHECKING:
    from sqlalchemy import Connection

SPAN = frozenset({"from", "until"})
USUAL_DAYS = 365
"""How far it is looked ahead where no last day is stated."""
NOT_HERE = (
    "the service proves nothing while it answers; `channelgate policies upcoming` does, on the command line"
)


def unused_clearances(connection: Connection) -> Iterator[DatedRecord]:
    """Yield the clearances that no handover has used, each on the first day on which it no longer holds."""
    uses = counted_uses(load_handovers(connection), load_corrections(connection))
    for clearance in (issued.clearance for issued in load_clearances(connection)):
        if clearance.clearance_id not in uses and clearance.valid_until < dt.date.max:
            day = clearance.valid_until + ONE_DAY
            yield DatedRecord(day, "clearance", clearance.clearance_id, "ends", clearance.department)


DatedSource = Callable[["Connection"], Iterable[DatedRecord]]
DATED_SOURCES: tuple[DatedSource, ...] = (unused_clearances,)
"""Where records with days come from; what is recorded with days elsewhere is added here."""


def dated_records(connection: Connection) -> list[DatedRecord]:
    """Return everything recorded that begins to hold, or holds no longer, on a day."""
    return [record for source in DATED_SOURCES for record in source(connection)]


async def show_upcoming(context: Context, caller: Caller, query: Mapping[str, str]) -> UpcomingAnswer:
    """Return what changes in the policies in force, with the records that the caller may read.

    Raises `ProblemError`, and StoreUnavailable.
    """
    policies = context.policies.current.policies
    span = _span(query, policies, context.clock())
    records: list[DatedRecord] | None = None
    if may_call(caller.role, "GET /v1/clearances/{clearance_id}"):
        found = await context.store.read(dated_records)
        records = [one for one in found if caller.department in (None, one.department)]
    return make_upcoming(
        policies, span, list_upcoming(policies, *span), records, lambda _: not_worked_out(NOT_HERE)
    )


def last_day_after(first: dt.date, days: int) -> dt.date:
    """Return the day so many days after the first, or the last of the calendar."""
    return dt.date.fromordinal(min(first.toordinal() + days, dt.date.max.toordinal()))


def _span(query: Mapping[str, str], policies: PolicySet, moment: dt.datetime) -> tuple[dt.date, dt.date]:
    first = day_parameter(query, "from") or policies.day_at(moment)
    last = day_parameter(query, "until") or last_day_after(first, USUAL_DAYS)
    if last < first:
        raise wrong_parameter("until", f"is no earlier than the first day, {first}")
    return first, last
