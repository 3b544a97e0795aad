"""Clearances: issued for a case or a decision, shown and printed with what they allow."""

from __future__ import annotations

import json

from starlette.responses import Response

from api.console.cases.case_pages import render_case
from api.console.cases.words import handing_words
from api.console.frame.countries import show_country
from api.console.frame.problem_words import say_fault
from api.console.frame.visits import Visit, faults_of
from api.domain.handovers.handover_models import ITEM_KIND
from api.parsing.problems import ProblemError
from api.services.clearances import issue_clearance, read_clearance


async def issue_for_case(visit: Visit) -> Response:
    """Decide a case and issue the clearance of that decision; what prevents it is shown on the page of the case."""
    statement = {"case_id": visit.request.path_params["case_id"], **_planned(visit)}
    try:
        return await _issue(visit, statement)
    except ProblemError as error:
        problem = error.problem
        detail = say_fault(visit.language, problem.detail)
        sentences = (detail, *(faults_of(visit, problem) if problem.errors else ()))
        return await render_case(visit, problem.status, sentences)


async def issue_for_decision(visit: Visit) -> Response:
    """Issue the clearance of a decision, or show the one that it has."""
    return await _issue(visit, {"decision_id": visit.form.get("decision_id"), **_planned(visit)})


async def show_clearance_page(visit: Visit) -> Response:
    """Show what a clearance allows, whether it can still be used, and its signed note."""
    clearance_id = visit.request.path_params["clearance_id"]
    answer, clearance = await read_clearance(visit.context, clearance_id, visit.caller)
    deliverers, recipients = handing_words(visit)
    kind = visit.texts.word(ITEM_KIND)
    return visit.render(
        "cases/clearance.html",
        answer=answer,
        clearance=clearance,
        by=deliverers.get(clearance.deliverer, clearance.deliverer),
        to=recipients.get(clearance.recipient, clearance.recipient),
        countries=", ".join(show_country(visit.language, code) for code in clearance.countries),
        kinds=kind.choices_in_words if kind else {},
        may_hand_over=visit.may("POST /v1/handovers"),
    )


async def _issue(visit: Visit, statement: dict[str, str]) -> Response:
    issued = await issue_clearance(visit.context, visit.call("/v1/clearances", statement))
    return visit.redirect(f"/clearances/{json.loads(issued.answer)['clearance_id']}")


def _planned(visit: Visit) -> dict[str, str]:
    planned_on = visit.form.get("planned_on")
    return {"planned_on": planned_on} if planned_on else {}
