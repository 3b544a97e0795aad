"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.frame.routing import page
from api.console.proposals import acting, approvers, proposing, returning
from api.console.proposals.accepting import accept_scenarios
from api.console.proposals.listing import show_proposals
from api.console.proposals.one import COMPUTE, compute_evidence, show_file, show_progress, show_proposal

READ = "GET /v1/proposals/{proposal_id}"

ROUTES: list[Route] = [
    page("/proposals", show_proposals, "GET /v1/proposals"),
    *proposing.ROUTES,
    *returning.ROUTES,
    *approvers.ROUTES,
    *acting.ROUTES,
    page("/proposals/{proposal_id}", show_proposal, READ),
    page("/proposals/{proposal_id}/evidence", compute_evidence, COMPUTE, form=True),
    page("/proposals/{proposal_id}/scenarios", accept_scenarios, "POST /v1/proposals", form=True),
    page("/proposals/{proposal_id}/progress", show_progress, READ),
    page("/proposals/{proposal_id}/files/{name}", show_file, READ),
]
