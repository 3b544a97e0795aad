"""What was tested and proved of the policies in force, as it was recorded before they were approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.console.audit.approvals import NO_APPROVALS
from api.console.frame.visits import Visit
from api.console.proposals.found import describe_found
from api.domain.approvals.evidence import ProposalEvidence
from api.domain.approvals.proposal_view import ProposalState, ProposalView
from api.parsing.problems import ProblemError
from api.services.paging import PROPOSALS
from api.services.proposals.views import read_evidence, view_page


@dataclass(frozen=True, slots=True)
class RevisionEvidence:
    """The evidence on a revision: the proposal by which it came into force, what was computed, and its words."""

    view: ProposalView
    whole: ProposalEvidence
    found: Mapping[str, Any]


async def find_revision_evidence(visit: Visit) -> RevisionEvidence | None:
    """Return the newest evidence on the revision in force; None where there is none in the log.

    It is looked for among the newest proposals. A founded set, and one of a watched folder, has none.
    """
    try:
        page = await view_page(visit.context, {"limit": str(PROPOSALS.maximum)})
    except ProblemError as error:
        if error.problem.type != NO_APPROVALS:
            raise
        return None
    revision = visit.policies.revision
    for view in page.views:
        is_active = view.state in (ProposalState.ACTIVE, ProposalState.SUPERSEDED)
        if is_active and view.evidence is not None and view.evidence.proposed == revision:
            evidence = await read_evidence(visit.context, view)
            return (
                RevisionEvidence(view, evidence.whole, describe_found(visit, evidence)) if evidence else None
            )
    return None
