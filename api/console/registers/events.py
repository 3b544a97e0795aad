"""The pages of events: what has happened, and the form that records more, after it was shown what it would do."""

from __future__ import annotations

import json
from itertools import islice

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.routing import page
from api.console.frame.visits import Visit
from api.console.registers.event_forms import (
    LABELS,
    EventForm,
    fields_of,
    is_needed,
    sentences_of,
)
from api.console.registers.reading import RECORDS, read_content, render_registers
from api.domain.registers.events import EventKind
from api.parsing.parameters import wrong_parameter
from api.parsing.problems import ProblemError
from api.services.paging import read_sequence_after
from api.services.register_events import record_event

SHOWN = 50
EVENTS_CALL = "/v1/registers/events"


async def show_events(visit: Visit) -> Response:
    """Show the events, those that were recorded last first."""
    content = await read_content(visit)
    after = read_sequence_after(visit.query)
    newest = sorted(content.events, key=lambda event: -event.sequence)
    behind = (event for event in newest if after is None or event.sequence < after)
    found = [*islice(behind, SHOWN + 1)]
    recorded = next((one for one in newest if str(one.sequence) == visit.query.get("recorded")), None)
    return render_registers(
        visit,
        "events.html",
        events=found[:SHOWN],
        has_more=len(found) > SHOWN,
        after=after,
        recorded=recorded,
    )


async def show_form(visit: Visit) -> Response:
    """Show the kinds of events, or the form of one of them; what the address names is filled in."""
    await read_content(visit)
    if "kind" not in visit.query:
        return render_registers(visit, "event_kinds.html", kinds=EventKind)
    kind = _kind(visit.query["kind"])
    typed = {name: visit.query.get(name, "") for name in fields_of(kind)}
    lists = tuple(visit.request.query_params.getlist("lists"))
    return await _form(visit, EventForm(kind, typed, lists))


async def handle_form(visit: Visit) -> Response:
    """Show what an event would do, or record what was shown."""
    stated = EventForm.of(_kind(visit.form.get("kind")), visit.form)
    if "change" in visit.form:
        return await _form(visit, stated)
    statement = stated.statement
    call = visit.call(EVENTS_CALL, statement, dry_run="record" not in visit.form)
    try:
        answer = json.loads((await record_event(visit.context, call)).answer)
    except ProblemError as error:
        return await _form(visit, stated, sentences_of(visit, error.problem, statement))
    if not call.dry_run:
        return visit.redirect("/registers/events", recorded=str(answer["sequence"]))
    content = await read_content(visit)
    return render_registers(
        visit,
        "event_preview.html",
        event=stated,
        covers=answer["covers"],
        labels=LABELS,
        named=[
            (item_no, content.items[item_no], content.stages[item_no])
            for item_no in statement.get("items", ())[:SHOWN]
        ],
        more_named=max(0, len(statement.get("items", ())) - SHOWN),
        statement=statement,
    )


async def _form(visit: Visit, event: EventForm, faults: list[Sentence] | None = None) -> Response:
    content = await read_content(visit)
    return render_registers(
        visit,
        "event_form.html",
        400 if faults else 200,
        event=event,
        fields=fields_of(event.kind),
        is_needed=is_needed,
        labels=LABELS,
        lists=[*content.lists.values()],
        country_choices={name: name for name in sorted({one.country for one in content.lists.values()})},
        faults=faults or [],
        today=visit.policies.day_at(visit.context.clock()),
    )


def _kind(text: str) -> EventKind:
    if text not in [*EventKind]:
        raise wrong_parameter("kind", f"is one of: {', '.join(EventKind)}")
    return EventKind(text)


ROUTES = [
    page("/registers/events", show_events, "GET /v1/registers/events"),
    page("/registers/events/new", show_form, RECORDS),
    page("/registers/events/new", handle_form, RECORDS, form=True),
]
