"""What was in force when, the emergency return to it, and the confirmation of a restored ledger."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from api.console.frame.approval_words import approval_words
from api.console.frame.areas import marked
from api.console.frame.routing import page
from api.console.frame.visits import Visit
from api.console.proposals.officers import find_officer
from api.console.proposals.stating import StatementPage, show_statement, state
from api.console.proposals.words import subject_words
from api.domain.approvals.counting import count_approvals
from api.domain.approvals.history import ApprovalHistory, RecordedActivation
from api.domain.approvals.statements import EmergencyReturn, ProposalStatement, ProposalSubject
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.proposals.commands import approved_policies
from api.services.proposals.emergencies import confirm_restored, return_to_earlier
from api.services.proposals.views import compare_revisions, read_history, view_activations

RETURN = "POST /v1/policies/return"
CONFIRM = "POST /v1/policies/confirmation"
SHOWN = "20"


async def show_revisions(visit: Visit) -> Response:
    """Show what came into force, the newest first, each with what brought it about."""
    after = {"after": visit.query["after"]} if "after" in visit.query else {}
    found = await view_activations(visit.context, {"limit": SHOWN, **after})
    officer = find_officer(visit, found.history)
    return visit.render(
        "proposals/revisions.html",
        rows=[_row(found.history, one) for one in found.activations],
        in_force=found.history.in_force,
        may_return=officer is not None and officer.decides and visit.may(RETURN),
        may_propose=officer is not None and visit.may("POST /v1/proposals"),
        next=found.next,
        is_first="after" not in visit.query,
    )


def _row(history: ApprovalHistory, one: RecordedActivation) -> dict[str, Any]:
    proposal = history.proposals.get(one.cause)
    stated = proposal.stated if proposal else None
    returned = next(
        (
            found.stated
            for found in history.statements
            if isinstance(found.stated, EmergencyReturn) and found.stated.digest == one.cause
        ),
        None,
    )
    approvals = count_approvals(history.until(one.sequence), proposal, one.at) if proposal else ()
    return {
        "activation": one,
        "how": approval_words(one.by),
        "proposal": stated,
        "subject": subject_words(stated.subject) if isinstance(stated, ProposalStatement) else None,
        "is_of_policies": not isinstance(stated, ProposalStatement)
        or stated.subject is ProposalSubject.POLICIES,
        "approved_by": [counted.stated.officer for counted in approvals if counted.why_not is None],
        "returned": returned,
    }


async def _returning(visit: Visit) -> StatementPage:
    revision = visit.request.path_params["revision"]
    history = await read_history(visit.context)
    if all(one.revision != revision for one in history.activations):
        detail = "This revision was never in force by approvals."
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, detail))
    in_force = history.in_force
    return StatementPage(
        address=f"/policies/revisions/{revision}/return",
        call="/v1/policies/return",
        command=return_to_earlier,
        title=marked("Return to earlier policies in an emergency"),
        says=visit.message(
            "From now on every answer is given by the earlier policies, at every process, by your word alone. It has"
            " to be confirmed within %(days)s days by an approved proposal of the same; after that nothing is"
            " permitted. Every open proposal about the policies is superseded.",
            days=in_force.approvers.confirm_within_days,
        ),
        button=marked("Return to it now"),
        back="/policies/revisions",
        then="/policies/revisions",
        facts=(
            (visit.message("In force now"), in_force.revision),
            (visit.message("To return to"), revision),
        ),
        members={"revision": revision},
        changes=await compare_revisions(visit.context, in_force.revision, revision),
        takes_reason=True,
    )


async def _confirming(visit: Visit) -> StatementPage:
    history = await read_history(visit.context)
    restored = approved_policies(visit.context).state.restored
    facts = [(visit.message("In force now"), history.in_force.revision)]
    if restored:
        facts.append((visit.message("The backup was taken"), restored.taken_at.isoformat(" ", "minutes")))
    return StatementPage(
        address="/policies/confirmation",
        call="/v1/policies/confirmation",
        command=confirm_restored,
        title=marked("Confirm a ledger that was restored from a backup"),
        says=visit.message(
            "You state that what is in force in this ledger shall be. What was approved after the backup, and who"
            " left after it, is not there. From then on the service permits again what the policies permit."
        ),
        button=marked("Confirm it"),
        back="/proposals",
        then="/proposals",
        facts=tuple(facts),
        members={"revision": visit.form.get("seen") or history.in_force.revision},
        seen=history.in_force.revision,
    )


async def show_return(visit: Visit) -> Response:
    """Show what an emergency return does."""
    return await show_statement(await _returning(visit), visit)


async def make_return(visit: Visit) -> Response:
    """Return to an earlier revision."""
    return await state(await _returning(visit), visit)


async def show_confirmation(visit: Visit) -> Response:
    """Show what is confirmed in a restored ledger."""
    return await show_statement(await _confirming(visit), visit)


async def make_confirmation(visit: Visit) -> Response:
    """Confirm a restored ledger."""
    return await state(await _confirming(visit), visit)


ROUTES: list[Route] = [
    page("/policies/revisions", show_revisions, "GET /v1/proposals"),
    page("/policies/revisions/{revision}/return", show_return, RETURN),
    page("/policies/revisions/{revision}/return", make_return, RETURN, form=True),
    page("/policies/confirmation", show_confirmation, CONFIRM),
    page("/policies/confirmation", make_confirmation, CONFIRM, form=True),
]
