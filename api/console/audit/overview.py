"""The first page of the auditor: how long the log is, whether all agrees, and how decisions fell day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from api.console.audit.outcome_status import status_of
from api.console.frame.csv import CsvCell, csv_response, wants_csv
from api.console.frame.plots import PlainPlot, days_plot
from api.console.frame.policy_texts import ShownText
from api.console.frame.visits import Visit
from api.ledger.proofs import StoredCheckpoint, encoded, newest_checkpoint
from api.services.decision_index import IndexReach, catch_up, reach_of
from api.services.reconciliation import reconcile_today
from api.storage.decision_lookup import count_days, last_day
from engine import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection

DAYS = 60
"""So many days are plotted, up to the last one with a decision."""


@dataclass(frozen=True, slots=True)
class OutcomeDays:
    """How often an outcome was given in the days that are plotted."""

    outcome: Outcome
    title: ShownText
    status: str
    number: int
    plot: PlainPlot


@dataclass(frozen=True, slots=True)
class _LogCounts:
    checkpoint: StoredCheckpoint | None
    reach: IndexReach
    days: Mapping[dt.date, Mapping[str, int]]
    last: dt.date | None


async def show_overview(visit: Visit) -> Response:
    """Show where the log stands."""
    as_csv = wants_csv(dict(visit.query))
    await catch_up(visit.context)
    counted = await visit.context.store.read(lambda connection: _count(connection, whole=as_csv))
    if as_csv:
        rows: list[list[CsvCell]] = [
            [day.isoformat(), *(of_day.get(one, 0) for one in Outcome)]
            for day, of_day in counted.days.items()
        ]
        return csv_response("decisions-a-day", ("day", *Outcome), rows)
    found = await reconcile_today(visit.context)
    return visit.render(
        "audit/overview.html",
        checkpoint=counted.checkpoint,
        encoded=encoded,
        reach=counted.reach,
        findings=found.findings,
        days=_days(counted),
        outcomes=_outcomes(visit, counted),
    )


def _count(connection: Connection, *, whole: bool) -> _LogCounts:
    last = last_day(connection)
    days: Mapping[dt.date, Mapping[str, int]] = {}
    if last is not None:
        days = count_days(connection, dt.date.min if whole else last - dt.timedelta(days=DAYS - 1), last)
    return _LogCounts(newest_checkpoint(connection), reach_of(connection), days, last)


def _days(counted: _LogCounts) -> Sequence[dt.date]:
    """The days that are plotted, also those without decisions."""
    if counted.last is None:
        return ()
    return [counted.last - dt.timedelta(days=before) for before in range(DAYS - 1, -1, -1)]


def _outcomes(visit: Visit, counted: _LogCounts) -> list[OutcomeDays]:
    numbers = {
        outcome: [counted.days.get(day, {}).get(outcome, 0) for day in _days(counted)] for outcome in Outcome
    }
    highest = max((number for of_days in numbers.values() for number in of_days), default=0)
    return [
        OutcomeDays(
            outcome=outcome,
            title=visit.texts.title(outcome),
            status=status_of(outcome),
            number=sum(of_days),
            plot=days_plot(of_days, highest),
        )
        for outcome, of_days in numbers.items()
        if any(of_days)
    ]
