"""What officers do about a proposal: each act has a page that says what it does, and a form."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from starlette.responses import Response
from starlette.routing import Route

from api.console.frame.areas import marked
from api.console.frame.forms import Form
from api.console.frame.problem_words import Sentence
from api.console.frame.routing import page
from api.console.frame.visits import Visit, faults_of
from api.console.proposals.words import count_words, state_words
from api.domain.approvals.answers import ProposalAnswer
from api.domain.approvals.needs import OfficerAct, find_needs
from api.parsing.problems import Problem, ProblemError
from api.services.context import Context
from api.services.idempotent_commands import DRY_RUN
from api.services.proposals import acts
from api.services.proposals.views import view_one
from api.storage.stored_responses import IdempotentCall, StoredResponse

EVIDENCE = "evidence"
TRIED_REASON = "to be stated"
"""What a dry run has for the reason that nobody has typed yet; nothing of it is recorded."""


@dataclass(frozen=True, slots=True)
class ActPage:
    """An act: the call it makes, its title and button, what it does in a sentence, whether it takes a reason."""

    act: OfficerAct
    path: str
    command: Callable[[Context, IdempotentCall, str], Awaitable[StoredResponse]]
    title: str
    says: str
    done: str
    takes_reason: bool = False

    @property
    def operation(self) -> str:
        """The call in the table of permissions."""
        return f"POST /v1/proposals/{{proposal_id}}/{self.path}"


def _page_of(act: OfficerAct) -> ActPage:
    match act:
        case OfficerAct.APPROVE:
            return ActPage(
                act,
                "approvals",
                acts.approve_proposal,
                marked("Approve"),
                marked(
                    "Your approval is recorded under your name, by the evidence that is shown to you now. It"
                    " counts until it expires, you take it back, or something else comes into force. It brings"
                    " nothing into force by itself, unless the proposal has a day."
                ),
                marked("Your approval is recorded."),
            )
        case OfficerAct.WITHDRAW_APPROVAL:
            return ActPage(
                act,
                "approvals/withdrawal",
                acts.withdraw_approval,
                marked("Take my approval back"),
                marked("Your approval no longer counts. You may approve it again later."),
                marked("Your approval is taken back."),
            )
        case OfficerAct.REJECT:
            return ActPage(
                act,
                "rejection",
                acts.reject_proposal,
                marked("Reject"),
                marked(
                    "The proposal ends: nothing can become of it any more. What is wished is then proposed anew."
                ),
                marked("The proposal is rejected."),
                takes_reason=True,
            )
        case OfficerAct.WITHDRAW:
            return ActPage(
                act,
                "withdrawal",
                acts.withdraw_proposal,
                marked("Withdraw the proposal"),
                marked("Your proposal ends: nothing can become of it any more. You may propose it anew."),
                marked("The proposal is withdrawn."),
            )
        case OfficerAct.ACTIVATE:
            return ActPage(
                act,
                "activation",
                acts.activate_proposal,
                marked("Bring into force"),
                marked(
                    "From now on every answer is given by it, at every process of the service. Every other open"
                    " proposal about the same is superseded, and has to be proposed anew."
                ),
                marked("It is in force."),
            )
        case _:
            assert_never(act)


ACTS: Mapping[OfficerAct, ActPage] = {act: _page_of(act) for act in OfficerAct}


async def show_act(act: ActPage, visit: Visit) -> Response:
    """Show what an act does, after a dry run of it."""
    statement = {"reason": TRIED_REASON} if act.takes_reason else _shown(act, visit.query)
    try:
        after = await _call(act, visit, statement, dry_run=True)
    except ProblemError as error:
        return await _render(act, visit, error.problem.status, refused=error.problem)
    return await _render(act, visit, after=_tried(after))


def _tried(response: StoredResponse) -> ProposalAnswer:
    """How a proposal would stand, by the response of a dry run."""
    members = {name: value for name, value in json.loads(response.answer).items() if name != DRY_RUN}
    return ProposalAnswer.model_validate_json(json.dumps(members))


async def make_act(act: ActPage, visit: Visit) -> Response:
    """Record an act, and show the proposal as it stands then."""
    statement = dict[str, str]()
    if act.takes_reason:
        reason = visit.form.get("reason").strip()
        if not reason:
            fault = visit.message("Say why, in a sentence.")
            return await _render(act, visit, 400, faults=[fault])
        statement["reason"] = reason
    else:
        statement |= _shown(act, visit.form)
    try:
        await _call(act, visit, statement, dry_run=False)
    except ProblemError as error:
        return await _render(act, visit, error.problem.status, faults=faults_of(visit, error.problem))
    return visit.redirect(f"/proposals/{visit.request.path_params['proposal_id']}", done=act.act.value)


def _shown(act: ActPage, sent: Mapping[str, str] | Form) -> dict[str, str]:
    """The member that names the evidence that an officer was shown; only an approval has one."""
    shown = sent.get(EVIDENCE, "") if act.act is OfficerAct.APPROVE else ""
    return {EVIDENCE: shown} if shown else {}


async def _call(act: ActPage, visit: Visit, statement: dict[str, str], *, dry_run: bool) -> StoredResponse:
    proposal_id = visit.request.path_params["proposal_id"]
    call = visit.call(f"/v1/proposals/{proposal_id}/{act.path}", statement, dry_run=dry_run)
    return await act.command(visit.context, call, proposal_id)


async def _render(
    act: ActPage,
    visit: Visit,
    status: int = 200,
    *,
    refused: Problem | None = None,
    after: ProposalAnswer | None = None,
    faults: list[Sentence] | None = None,
) -> Response:
    history, view = await view_one(visit.context, visit.request.path_params["proposal_id"])
    needs = find_needs(history, view)
    counted = [one for one in after.approvals if one.counts] if after else []
    return visit.render(
        "proposals/act.html",
        status,
        act=act,
        view=view,
        count=count_words(visit, needs),
        reason=visit.form.get("reason"),
        evidence=_shown(act, visit.form).get(EVIDENCE, "") or _shown(act, visit.query).get(EVIDENCE, ""),
        refused=faults_of(visit, refused) if refused else [],
        faults=faults or [],
        after=after,
        after_state=state_words(after.state) if after else None,
        after_count=sum(not one.decides for one in counted),
        needed=needs.needed,
    )


ROUTES: list[Route] = [
    route
    for one in ACTS.values()
    for route in (
        page(f"/proposals/{{proposal_id}}/{one.act.value}", partial(show_act, one), one.operation),
        page(f"/proposals/{{proposal_id}}/{one.act.value}", partial(make_act, one), one.operation, form=True),
    )
]
