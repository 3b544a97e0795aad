"""Who approved what, and what came into force by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from api.console.frame.approval_words import approval_words
from api.console.frame.csv import CsvCell, csv_response, wants_csv
from api.console.frame.visits import Visit
from api.console.proposals.words import state_words, subject_words
from api.domain.approvals.proposal_view import ProposalState
from api.domain.approvals.statements import ProposalSubject
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.policies_in_force import read_taken_up
from api.services.proposals.queries import show_proposals

PATH = "/audit/approvals"
PAGE, MOST_CSV = "20", "200"
NO_APPROVALS = make_problem(ProblemKind.NO_APPROVALS, "").type
COLUMNS = (
    "proposal_id",
    "subject",
    "author",
    "proposed_at",
    "state",
    "officer",
    "approved_at",
    "decides",
    "counts",
    "why_not",
    "entry",
)

_YES_OR_NO = {True: "yes", False: "no"}


async def show_approvals(visit: Visit) -> Response:
    """Show the proposals with their approvals, and every set of policies that came into force."""
    as_csv = wants_csv(dict(visit.query))
    proposals = await _proposals(visit, MOST_CSV if as_csv else PAGE)
    if as_csv:
        rows = [row for one in (proposals or {}).get("proposals", ()) for row in _cells(one)]
        return csv_response("approvals", COLUMNS, rows)
    taken_up = [(one, approval_words(one.by)) for one in await read_taken_up(visit.context)]
    return visit.render(
        "audit/approvals.html",
        proposals=proposals,
        taken_up=taken_up,
        state_of=lambda state: state_words(ProposalState(state)),
        subject_of=lambda subject: subject_words(ProposalSubject(subject)),
    )


async def _proposals(visit: Visit, limit: str) -> Mapping[str, Any] | None:
    """A page of proposals; None where no approvals are required. Raises `ProblemError`."""
    query = {"limit": limit, **({"after": after} if (after := visit.query.get("after")) else {})}
    try:
        found: Mapping[str, Any] = json.loads(await show_proposals(visit.context, query))
    except ProblemError as error:
        if error.problem.type != NO_APPROVALS:
            raise
        return None
    return found


def _cells(proposal: Mapping[str, Any]) -> Iterator[Sequence[CsvCell]]:
    head = [proposal[name] for name in COLUMNS[:5]]
    approvals: Sequence[Mapping[str, Any]] = proposal["approvals"] or ({},)
    for one in approvals:
        cells = (one.get(name) for name in COLUMNS[5:])
        yield [*head, *(_YES_OR_NO[cell] if isinstance(cell, bool) else cell for cell in cells)]
