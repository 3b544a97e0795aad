"""The page of what is due: overdue first, by whom, and about what."""

from __future__ import annotations

import hashlib
import json

from starlette.responses import Response

from api.console.frame.routing import page
from api.console.frame.time_left import time_left
from api.console.frame.visits import Visit
from api.console.registers.reading import render_registers
from api.domain.dues.due import Due
from api.parsing.parameters import wrong_parameter
from api.services.paging import wrong_after
from api.services.register_event_queries import dues_of
from api.services.subjects import read_subjects_of_dues

SHOWN = 50


async def show_due(visit: Visit) -> Response:
    """Show what is due today, of everybody or of one party."""
    owner, parties = visit.query.get("owner", ""), visit.policies.parties
    if owner and owner not in parties:
        raise wrong_parameter("owner", f"names one of: {', '.join(sorted(parties))}")
    everything = await dues_of(visit.context, visit.caller, "")
    dues = [due for due in everything if owner in ("", due.who)]
    after = visit.query.get("after", "")
    begin = _behind(dues, after) if after else 0
    shown = dues[begin : begin + SHOWN]
    day = visit.policies.day_at(visit.context.clock())
    owners = {who: visit.texts.party(who).text for who in sorted({due.who for due in everything})}
    return render_registers(
        visit,
        "due.html",
        dues=[(due, time_left(due.due, day)) for due in shown],
        subjects=await read_subjects_of_dues(visit.context, shown),
        count=len(dues),
        overdue=sum(due.overdue for due in dues),
        owner=owner,
        owners=owners,
        owner_choices={"": visit.message("everybody"), **owners},
        after=after,
        next_after=due_id(shown[-1]) if len(dues) > begin + SHOWN else None,
        day=day,
        has_registers=visit.policies.registers is not None and visit.may("GET /v1/registers"),
    )


def due_id(due: Due) -> str:
    """Return a short name of a due, by which a page begins behind it."""
    stated = [due.what, due.who, due.clause, str(due.due), dict(due.subject)]
    return hashlib.sha256(json.dumps(stated, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _behind(dues: list[Due], after: str) -> int:
    for place, due in enumerate(dues):
        if due_id(due) == after:
            return place + 1
    raise wrong_after("the last entry of the page before")


ROUTES = [page("/registers/due", show_due, "GET /v1/due")]
