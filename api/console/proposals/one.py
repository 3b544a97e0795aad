"""The page of a proposal: what it changes, what was computed of it, who approved it, and what is still needed."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from api.console.frame.visits import Visit
from api.console.proposals.acting import ACTS
from api.console.proposals.found import MOST_SHOWN, describe_found, progress_words
from api.console.proposals.officers import find_officer
from api.console.proposals.stating import MOST_LINES
from api.console.proposals.words import (
    count_words,
    next_steps,
    shown_words,
    state_words,
    subject_words,
)
from api.domain.approvals.answers import ShownEvidence, describe_proposal
from api.domain.approvals.needs import find_acts, find_needs
from api.domain.approvals.proposal_view import ProposalView
from api.domain.approvals.statements import ProposalSubject
from api.services.evidence_tasks import EvidenceTask
from api.services.proposals.queries import compute_again
from api.services.proposals.views import read_changes, read_evidence, view_one

COMPUTE = "POST /v1/proposals/{proposal_id}/evidence"
LINES_A_PAGE = 400


async def show_proposal(visit: Visit) -> Response:
    """Show a proposal."""
    proposal_id = visit.request.path_params["proposal_id"]
    history, view = await view_one(visit.context, proposal_id)
    task = visit.context.evidence.state.get(proposal_id)
    evidence = await read_evidence(visit.context, view)
    officer = find_officer(visit, history)
    acts = find_acts(history, view, officer) if officer else ()
    changes = await read_changes(visit.context, history, view)
    return visit.render(
        "proposals/proposal.html",
        view=view,
        proposal=describe_proposal(history, view),
        state=state_words(view.state),
        subject=subject_words(view.proposal.subject),
        count=count_words(visit, find_needs(history, view)),
        next=next_steps(visit, history, view, task),
        officer=officer,
        acts=[ACTS[act] for act in acts if visit.may(ACTS[act].operation)],
        evidence=evidence.whole if evidence else None,
        named=view.proposal_id[:12],
        found=describe_found(visit, evidence) if evidence else None,
        changes=changes,
        inline=sum(len(one.lines) for one in changes) <= MOST_LINES,
        most=MOST_SHOWN,
        done=next((one.done for one in ACTS.values() if one.act.value == visit.query.get("done")), ""),
        shown={one: shown_words(one) for one in ShownEvidence},
        task=task,
        progress=progress_words(visit, task),
        is_awaited=_is_awaited(view, task),
        mark=_mark(view),
        may_accept=officer is not None
        and view.state.is_open
        and view.proposal.subject is ProposalSubject.POLICIES
        and visit.may("POST /v1/proposals"),
        may_compute=_may_compute(visit, view, task),
        service=visit.context.settings.public_url or str(visit.request.base_url).rstrip("/"),
    )


def _mark(view: ProposalView) -> str:
    """What is another one as soon as other evidence is there, be it word for word the same."""
    return str(view.evidence.sequence) if view.evidence else ""


def _is_awaited(view: ProposalView, task: EvidenceTask | None) -> bool:
    """Whether the page is to show evidence that comes while it is looked at."""
    if task is not None:
        return task.fault is None
    has_evidence = view.proposal.subject is not ProposalSubject.APPROVERS
    return has_evidence and view.state.is_open and view.evidence is None


def _may_compute(visit: Visit, view: ProposalView, task: EvidenceTask | None) -> bool:
    is_under_way = task is not None and task.fault is None
    has_evidence = view.proposal.subject is not ProposalSubject.APPROVERS
    return has_evidence and view.state.is_open and not is_under_way and visit.may(COMPUTE)


async def show_progress(visit: Visit) -> Response:
    """Return how far the evidence is, for the page that shows it: `is_there` as soon as it is to be read anew."""
    proposal_id = visit.request.path_params["proposal_id"]
    _, view = await view_one(visit.context, proposal_id)
    task = visit.context.evidence.state.get(proposal_id)
    is_under_way = task is not None and task.fault is None
    has_failed = task is not None and task.fault is not None
    changed = _mark(view) != visit.query.get("shown", "")
    # Another process may be computing: where there is none yet, nothing here says that it came to nothing.
    is_there = changed or has_failed or (view.evidence is not None and not is_under_way)
    return JSONResponse(
        {"words": progress_words(visit, task), "is_there": is_there}, headers={"Cache-Control": "no-store"}
    )


async def compute_evidence(visit: Visit) -> Response:
    """Begin to compute the evidence anew, and show the proposal."""
    proposal_id = visit.request.path_params["proposal_id"]
    await compute_again(visit.context, proposal_id)
    return visit.redirect(f"/proposals/{proposal_id}")


async def show_file(visit: Visit) -> Response:
    """Show which lines of a file a proposal changes, so many at a time."""
    proposal_id, name = visit.request.path_params["proposal_id"], visit.request.path_params["name"]
    history, view = await view_one(visit.context, proposal_id)
    changes = await read_changes(visit.context, history, view)
    found = next((one for one in changes if one.name == name), None)
    sent = visit.query.get("after", "0")
    start = int(sent) if sent.isdecimal() and len(sent) < 9 else 0
    lines = found.lines[start : start + LINES_A_PAGE] if found else ()
    more = found is not None and len(found.lines) > start + LINES_A_PAGE
    return visit.render(
        "proposals/file.html",
        200 if found else 404,
        view=view,
        name=name,
        change=found,
        lines=lines,
        next=start + LINES_A_PAGE if more else None,
    )
