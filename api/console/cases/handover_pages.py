"""Handovers: the list, one of them, its transfer record, and its withdrawal."""

from __future__ import annotations

import json
from collections.abc import Awaitable

from starlette.responses import Response

from api.console.cases.handover_words import status_words
from api.console.cases.words import handing_words
from api.console.frame.countries import show_country
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.domain.handovers.handover import HandoverStatus
from api.parsing.problems import ProblemError
from api.services.handover_queries import read_newest_handovers, show_handover
from api.services.handover_withdrawals import withdraw_handover
from api.services.handovers import record_transfer

PAGE_SIZE = 25


async def show_handover_list(visit: Visit) -> Response:
    """Show the handovers, the newest first; of one status alone if asked."""
    status = visit.query.get("status") or None
    page = await read_newest_handovers(
        visit.context, visit.caller, status, visit.query.get("after") or None, PAGE_SIZE
    )
    statuses = {one.value: visit.message(status_words(one).words) for one in HandoverStatus}
    deliverers, recipients = handing_words(visit)
    return visit.render(
        "cases/handovers.html",
        handovers=[
            (one, status_words(one.status), page.corrections.get(one.handover_id)) for one in page.handovers
        ],
        statuses={"": visit.message("every one"), **statuses},
        chosen=status or "",
        next=page.after,
        deliverers=deliverers,
        recipients=recipients,
        may_hand_over=visit.may("POST /v1/handovers"),
    )


async def show_handover_page(visit: Visit) -> Response:
    """Show a handover: what was stated, what was found, and what became of it."""
    return await _render(visit)


async def send_transfer(visit: Visit) -> Response:
    """Record that the transfer procedure of a handover was completed."""
    handover_id = visit.request.path_params["handover_id"]
    statement = {
        "recorded_on": visit.form.get("recorded_on"),
        "reference": visit.form.get("reference").strip(),
    }
    call = visit.call(f"/v1/handovers/{handover_id}/transfer", statement)
    return await _recorded(visit, record_transfer(visit.context, call, handover_id))


async def send_withdrawal(visit: Visit) -> Response:
    """Record that a handover never took place."""
    handover_id = visit.request.path_params["handover_id"]
    call = visit.call(f"/v1/handovers/{handover_id}/withdrawal", {"reason": visit.form.get("reason").strip()})
    return await _recorded(visit, withdraw_handover(visit.context, call, handover_id))


async def _recorded(visit: Visit, recording: Awaitable[object]) -> Response:
    try:
        await recording
    except ProblemError as error:
        if error.problem.status == 404:
            raise
        return await _render(visit, error.problem.status, tuple(faults_of(visit, error.problem)))
    return visit.redirect(f"/handovers/{visit.request.path_params['handover_id']}")


async def _render(visit: Visit, status: int = 200, faults: tuple[Sentence, ...] = ()) -> Response:
    handover_id = visit.request.path_params["handover_id"]
    handover = json.loads(await show_handover(visit.context, handover_id, visit.caller))
    deliverers, recipients = handing_words(visit)
    counts = not ("superseded_by" in handover or "withdrawn" in handover)
    return visit.render(
        "cases/handover.html",
        status,
        handover=handover,
        found=status_words(HandoverStatus(handover["status"])),
        by=deliverers.get(handover["by"], handover["by"]),
        to=recipients.get(handover["to"], handover["to"]),
        countries=", ".join(show_country(visit.language, code) for code in handover["countries"]),
        faults=faults,
        may_transfer=counts
        and "transfer" not in handover
        and visit.may("POST /v1/handovers/{handover_id}/transfer"),
        may_withdraw=counts and visit.may("POST /v1/handovers/{handover_id}/withdrawal"),
        may_correct=counts and visit.may("POST /v1/handovers"),
        today=visit.policies.day_at(visit.context.clock()).isoformat(),
        form=visit.form,
    )
