"""The queue: what waits for whom and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from api.console.cases.words import party_name
from api.console.frame.areas import marked
from api.console.frame.plots import Bar, draw_bars
from api.console.frame.time_left import SOON_DAYS, time_left
from api.console.frame.visits import Visit
from api.domain.case_view import CaseView
from api.domain.cases.urgency import REFRAINING
from api.services.case_queue import read_nearest_dues, read_queue
from api.services.live.pages import end_of_log
from api.services.subjects import read_subjects_of_dues
from engine import Outcome

DUES = 8

SPANS: Sequence[tuple[int, str, str]] = (
    (-1, marked("overdue"), "bad"),
    (SOON_DAYS, marked("0 to 3 days left"), "wait"),
    (7, marked("4 to 7 days left"), "plain"),
    (14, marked("8 to 14 days left"), "plain"),
    (30, marked("15 to 30 days left"), "plain"),
    (dt.date.max.toordinal(), marked("more than 30 days"), "plain"),
)
"""The bars of the plot: up to how many days are left in each, its words, and its status."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What has to be done next, in the words of the policies, and by whom."""

    must: str
    who: str
    clause: str | None = None


async def show_case_queue(visit: Visit) -> Response:
    """Show what waits: urgent requests without a case, then cases by their deadlines; and beside them what is due."""
    place = await end_of_log(visit.context)
    party = visit.query.get("waiting_for") or None
    queue = await read_queue(visit.context, visit.caller, party, visit.query.get("after") or None)
    dues = await read_nearest_dues(visit.context, visit.caller, DUES)
    subjects = await read_subjects_of_dues(visit.context, dues.first)
    day = queue.day
    return visit.render(
        "cases/queue.html",
        place=place,
        day=day,
        party=party,
        parties=_parties(visit, queue.waiting, party),
        urgent=[
            (one, time_left(one.deadline, day), names_of(visit, one.waiting_for)) for one in queue.urgent
        ],
        cases=[
            (view, time_left(view.deadline, day), next_step(visit, view), names_of(visit, view.waiting_for))
            for view in queue.cases
        ],
        titles=visit.policies.titles,
        next=queue.after,
        plot=draw_bars([*_bars(visit, queue.deadlines, day)]),
        dues=[(due, time_left(due.due, day), party_name(visit, due.who)) for due in dues.first],
        subjects=subjects,
        has_registers=visit.policies.registers is not None and visit.may("GET /v1/registers"),
        by_owner=[
            (party_name(visit, who), count, dues.overdue.get(who, 0))
            for who, count in sorted(dues.count.items())
        ],
        may_open=visit.may("POST /v1/cases"),
    )


def next_step(visit: Visit, view: CaseView) -> NextStep | None:
    """Return the first duty that is not done, or the first question without which nothing is decided."""
    for line in view.decision.lines:
        for duty in line.duties:
            if duty.done_by != REFRAINING and view.done_on(line, duty) is None:
                return NextStep(duty.must, party_name(visit, duty.who), duty.clause)
        if line.outcome is Outcome.NEEDS_INFORMATION and line.missing:
            first = line.missing[0]
            return NextStep(first.ask, party_name(visit, first.answered_by))
    return None


def names_of(visit: Visit, parties: Sequence[str]) -> str:
    """Return the names of parties, with commas between them."""
    return ", ".join(party_name(visit, party) for party in parties)


def _parties(visit: Visit, waiting: Mapping[str, int], chosen: str | None) -> Mapping[str, str]:
    """The parties that something waits for, each with how many cases do."""
    names = {
        party: f"{party_name(visit, party)} ({waiting.get(party, 0)})"
        for party in visit.policies.parties
        if waiting.get(party) or party == chosen
    }
    return {"": visit.message("anybody"), **names}


def _bars(visit: Visit, deadlines: Sequence[dt.date | None], day: dt.date) -> Iterator[Bar]:
    left = sorted((deadline - day).days for deadline in deadlines if deadline is not None)
    before = 0
    for most, label, status in SPANS:
        upto = sum(days <= most for days in left)
        yield Bar(visit.message(label), upto - before, status)
        before = upto
    yield Bar(visit.message("no deadline"), len(deadlines) - len(left))
