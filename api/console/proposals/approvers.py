"""Who approves, and that somebody has left."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response
from starlette.routing import Route

from api.console.frame.areas import marked
from api.console.frame.routing import page
from api.console.frame.visits import Visit
from api.console.proposals.officers import find_officer
from api.console.proposals.stating import StatementPage, show_statement, state
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.proposals.emergencies import revoke_officer
from api.services.proposals.views import read_history
from api.storage.stored_responses import IdempotentCall, StoredResponse

REVOKE = "POST /v1/approvers/{officer}/revocation"
PROPOSE = "POST /v1/proposals"


async def show_approvers(visit: Visit) -> Response:
    """Show the officers whom the approvers in force name, and what is in force."""
    history = await read_history(visit.context)
    officer = find_officer(visit, history)
    can_revoke = visit.may(REVOKE)
    approvers = history.in_force.approvers
    return visit.render(
        "proposals/approvers.html",
        approvers=approvers,
        rows=[
            (
                one,
                one.officer in history.revoked,
                can_revoke and officer is not None and (officer.decides or officer.officer == one.officer),
            )
            for one in approvers.officers
        ],
        too_few=history.too_few_without(),
        in_force=history.in_force,
        officer=officer,
        may_propose=officer is not None and visit.may(PROPOSE),
    )


async def _leaving(visit: Visit) -> StatementPage:
    officer = visit.request.path_params["officer"]
    history = await read_history(visit.context)
    if history.in_force.approvers.find(officer) is None:
        raise ProblemError(
            make_problem(ProblemKind.NOT_FOUND, "The approvers in force name no such officer.")
        )
    address = f"/approvers/{officer}/revoke"
    too_few = history.too_few_without(officer) is not None
    return StatementPage(
        address=address,
        call=f"/v1/approvers/{officer}/revocation",
        command=partial(_revoke, officer),
        title=marked("An officer has left"),
        says=visit.message(
            "From now on nothing that this officer approved counts for what is pending; what is in force stays. It"
            " cannot be taken back: who comes again is named anew, by a proposal of other approvers."
        ),
        button=marked("Record that the officer has left"),
        back="/approvers",
        then="/approvers",
        facts=((visit.message("Officer"), officer),),
        takes_reason=True,
        option=(
            "though_too_few",
            visit.message("Though too few would be left, so that nothing can be changed any more"),
        )
        if too_few
        else None,
    )


async def _revoke(officer: str, context: Context, call: IdempotentCall) -> StoredResponse:
    return await revoke_officer(context, call, officer)


async def show_leaving(visit: Visit) -> Response:
    """Show what it means that an officer has left."""
    return await show_statement(await _leaving(visit), visit)


async def make_leaving(visit: Visit) -> Response:
    """Record that an officer has left."""
    return await state(await _leaving(visit), visit)


ROUTES: list[Route] = [
    page("/approvers", show_approvers, "GET /v1/approvers"),
    page("/approvers/{officer:path}/revoke", show_leaving, REVOKE),
    page("/approvers/{officer:path}/revoke", make_leaving, REVOKE, form=True),
]
