"""Scenarios that would notice what none notices: accepted, they go along when the change is proposed anew."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from api.console.frame.visits import Visit
from api.domain.approvals.evidence import SuggestedScenario
from api.domain.approvals.statements import ProposalSubject
from api.evidence.scenarios.accepted_proposals import put_scenarios
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.proposals.evidence import start_evidence
from api.services.proposals.making import FEATURES, make_proposal
from api.services.proposals.queries import id_in
from api.services.proposals.views import ViewedEvidence, read_evidence, view_one

SCENARIO = "scenario"


async def accept_scenarios(visit: Visit) -> Response:
    """Propose a change anew with the ticked scenarios, and show the new proposal. Raises `ProblemError`."""
    _, view = await view_one(visit.context, visit.request.path_params["proposal_id"])
    proposal, evidence = view.proposal, await read_evidence(visit.context, view)
    if evidence is None or view.evidence is None or view.evidence.digest != visit.form.get("evidence"):
        raise _refused("There is other evidence by now; open the proposal anew.")
    if proposal.subject is not ProposalSubject.POLICIES:
        raise _refused("Only policies are tested by scenarios.")
    ticked = _ticked(evidence, visit.form.all(SCENARIO))
    if not ticked:
        raise _refused("Tick at least one scenario.")
    features = {name: text for name, text in view.recorded.texts.items() if name.startswith(FEATURES)}
    try:
        changed, _ = put_scenarios(features, [one.model_dump() for one in ticked])
    except KeyError as missing:
        raise _refused("A scenario belongs to a file that this proposal did not bring.") from missing
    statement: dict[str, Any] = {
        "revision": proposal.content,
        "base": proposal.base,
        "wish": proposal.wish,
        "features": {name.removeprefix(FEATURES): text for name, text in changed.items()},
    }
    if proposal.holds_from:
        statement["holds_from"] = proposal.holds_from.isoformat()
    response = await make_proposal(visit.context, visit.call("/v1/proposals", statement))
    start_evidence(visit.context, id_in(response))
    return visit.redirect(f"/proposals/{id_in(response)}")


def _ticked(evidence: ViewedEvidence, numbers: tuple[str, ...]) -> list[SuggestedScenario]:
    """The scenarios of the survivors with these numbers."""
    mutants = evidence.whole.scenarios.mutants
    survivors = mutants.survivors if mutants else ()
    return [
        one.proposal
        for number, one in enumerate(survivors)
        if str(number) in numbers and one.proposal is not None
    ]


def _refused(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.PROPOSAL_STATE, f"{detail} Nothing was recorded."))
