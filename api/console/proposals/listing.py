"""The list of proposals: how each stands, and who has to do what next."""

from __future__ import annotations

from starlette.responses import Response

from api.console.frame.visits import Visit
from api.console.proposals.words import count_words, next_steps, state_words, subject_words
from api.domain.approvals.needs import find_needs
from api.policies.approved import ApprovedPolicies
from api.services.proposals.views import view_page

SHOWN = "20"


async def show_proposals(visit: Visit) -> Response:
    """Show a page of proposals, the newest first."""
    policies = visit.context.policies
    if not isinstance(policies, ApprovedPolicies):
        return visit.render("proposals/no_approvals.html")
    after = {"after": visit.query["after"]} if "after" in visit.query else {}
    page = await view_page(visit.context, {"limit": SHOWN, **after})
    rows = [
        {
            "view": view,
            "state": state_words(view.state),
            "subject": subject_words(view.proposal.subject),
            "count": count_words(visit, find_needs(page.history, view)),
            "next": next_steps(visit, page.history, view, visit.context.evidence.state.get(view.proposal_id)),
        }
        for view in page.views
    ]
    return visit.render(
        "proposals/list.html",
        rows=rows,
        next=page.next,
        in_force=page.history.in_force,
        restored=policies.state.restored,
        is_first="after" not in visit.query,
    )
