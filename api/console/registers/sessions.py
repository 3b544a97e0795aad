"""The pages of sessions: all that are known, and one with what it was asked, what it has and what is open."""

from __future__ import annotations

from starlette.responses import Response

from api.console.frame.routing import page
from api.console.frame.visits import Visit
from api.console.registers.papers import paper_visit_words
from api.console.registers.reading import read_content, render_registers
from api.domain.dues.list_terms import read_list_terms
from api.parsing.parameters import country_parameter
from api.services.register_event_queries import read_session, session_of
from api.services.required_registers import require_registers


async def show_sessions(visit: Visit) -> Response:
    """Show the sessions that events are about, and the next ones by the policies."""
    content = await read_content(visit)
    day = visit.policies.day_at(visit.context.clock())
    known = {key: (state, False) for key, state in content.state.sessions.items()}
    for country, terms in read_list_terms(visit.policies, day).items():
        number = terms.next_session_on(day)
        if number is not None:
            key = (country, number)
            known[key] = content.state.session(*key), True
    rows = [(key, *known[key]) for key in sorted(known, key=lambda key: (key[0], -key[1]))]
    return render_registers(visit, "sessions.html", rows=rows)


async def show_session(visit: Visit) -> Response:
    """Show how a session stands today."""
    require_registers(visit.policies)
    number = read_session(visit.request.path_params["number"])
    country = country_parameter(visit.query, "country")
    session = await session_of(visit.context, number, country)
    content = await read_content(visit)
    of_it = [event for event in reversed(content.events) if event.session_key == (session.country, number)]
    return render_registers(
        visit, "session.html", session=session, events=of_it, **paper_visit_words(visit), lists=content.lists
    )


ROUTES = [
    page("/registers/sessions", show_sessions, "GET /v1/registers/sessions/{number}"),
    page("/registers/sessions/{number}", show_session, "GET /v1/registers/sessions/{number}"),
]
