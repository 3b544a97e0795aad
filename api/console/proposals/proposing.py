"""Proposing: a draft, an earlier revision, the text of a floor or of approvers; shown before it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.console.frame.problem_words import Sentence
from api.console.frame.routing import page
from api.console.frame.visits import Visit, faults_of
from api.console.proposals.acting import TRIED_REASON
from api.console.proposals.found import MOST_SHOWN, describe_found, progress_words
from api.console.proposals.stating import MOST_LINES
from api.console.proposals.words import subject_words
from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.statements import ProposalSubject
from api.domain.line_changes import FileChange
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.policy_drafts import draft_files, load_draft
from api.services.proposals.drafted import (
    changes_of_set,
    find_features,
    find_preview,
    find_set_faults,
    preview_of,
    read_set,
    start_preview,
)
from api.services.proposals.evidence import start_evidence
from api.services.proposals.making import make_proposal
from api.services.proposals.queries import id_in
from api.services.proposals.views import find_text, read_history
from engine import Diagnostic, revision_of

PROPOSE = "POST /v1/proposals"
MAX_TEXT_BYTES = 2 * 1024**2


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be proposed: the members of the call, its revision, what it changes, the faults of the check.

    `text` is what can be edited on the page: that of a floor or of approvers.
    """

    subject: ProposalSubject
    address: str
    members: dict[str, Any]
    wish: str = ""
    revision: str = ""
    changes: tuple[FileChange, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    text: str | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    features: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


Source = Callable[[Visit, ApprovalHistory], Awaitable[Proposed]]


async def from_draft(visit: Visit, history: ApprovalHistory) -> Proposed:
    """Return the set in force with the changes of a draft. Raises `ProblemError`."""
    draft = await load_draft(visit.context, visit.caller, visit.request.path_params["draft_id"])
    files = await draft_files(visit.context, draft)
    texts = {name: content.decode(errors="replace") for name, content in files.items()}
    address = f"/policies/drafts/{draft.draft_id}/propose"
    return await _of_set(visit, history, address, files, {"files": texts}, draft.title)


async def from_address(visit: Visit, history: ApprovalHistory) -> Proposed:
    """Return what the address names: a revision of the ledger, or the text of a subject. Raises `ProblemError`."""
    given = visit.form if visit.request.method == "POST" else visit.query
    revision, subject = given.get("revision", ""), given.get("subject", "")
    if revision:
        files = await read_set(visit.context, revision)
        proposed = await _of_set(visit, history, "/proposals/new", files, {"revision": revision}, "")
        proposed.hidden["revision"] = revision
        return proposed
    if subject not in (ProposalSubject.FLOOR, ProposalSubject.APPROVERS):
        raise ProblemError(
            make_problem(ProblemKind.NOT_FOUND, "Begin at a draft, or at the list of revisions.")
        )
    is_floor = subject == ProposalSubject.FLOOR
    text = visit.form.get("text") or _text_in_force(history, is_floor=is_floor)
    return Proposed(
        ProposalSubject(subject),
        "/proposals/new",
        {"subject": subject, "text": text},
        text=text,
        hidden={"subject": subject},
    )


def _text_in_force(history: ApprovalHistory, *, is_floor: bool) -> str:
    in_force = history.in_force
    if is_floor:
        return in_force.floor
    return find_text(history, ProposalSubject.APPROVERS, in_force.approvers_digest) or ""


async def _of_set(
    visit: Visit,
    history: ApprovalHistory,
    address: str,
    files: dict[str, bytes],
    members: dict[str, Any],
    wish: str,
) -> Proposed:
    return Proposed(
        ProposalSubject.POLICIES,
        address,
        members,
        wish=wish,
        revision=revision_of(files),
        changes=changes_of_set(visit.context, files),
        diagnostics=await find_set_faults(visit.context, files),
        files=files,
        features=find_features(visit.context, history),
    )


async def show_proposing(source: Source, visit: Visit) -> Response:
    """Show what would be proposed, and whether it can be."""
    history = await read_history(visit.context)
    proposed = await source(visit, history)
    refused: list[Sentence] = []
    if proposed.text is None:
        call = visit.call("/v1/proposals", {**proposed.members, "wish": TRIED_REASON}, dry_run=True)
        try:
            await make_proposal(visit.context, call)
        except ProblemError as error:
            refused = faults_of(visit, error.problem)
    return _render(visit, history, proposed, refused=refused)


async def propose(source: Source, visit: Visit) -> Response:
    """Record the proposal, begin with its evidence, and show it."""
    history = await read_history(visit.context)
    proposed = await source(visit, history)
    form = visit.form
    statement = {**proposed.members, "wish": form.get("wish").strip()}
    if base := form.get("base"):
        statement["base"] = base
    if day := form.get("holds_from").strip():
        statement["holds_from"] = day
    if proposed.features and "features" in form:
        statement["features"] = proposed.features
    if not statement["wish"]:
        return _render(visit, history, proposed, 400, faults=[visit.message("Say in a line what is wished.")])
    if form.get("shown") != proposed.revision:
        fault = visit.message(
            "What would be proposed has changed since this page was shown; look at it again."
        )
        return _render(visit, history, proposed, 409, faults=[fault])
    try:
        response = await make_proposal(visit.context, visit.call("/v1/proposals", statement))
    except ProblemError as error:
        return _render(visit, history, proposed, error.problem.status, faults=faults_of(visit, error.problem))
    start_evidence(visit.context, id_in(response))
    return visit.redirect(f"/proposals/{id_in(response)}")


def _render(
    visit: Visit,
    history: ApprovalHistory,
    proposed: Proposed,
    status: int = 200,
    *,
    faults: list[Sentence] | None = None,
    refused: list[Sentence] | None = None,
) -> Response:
    in_force = history.in_force
    preview = find_preview(visit.context, proposed.revision) if proposed.revision else None
    task = visit.context.evidence.state.get(preview_of(visit.context, proposed.revision))
    return visit.render(
        "proposals/propose.html",
        status,
        proposed=proposed,
        subject=subject_words(proposed.subject),
        base=visit.form.get("base") or in_force.digest_of(proposed.subject),
        confirms=proposed.revision == in_force.revision and in_force.confirm_until is not None,
        wish=visit.form.get("wish") or proposed.wish,
        holds_from=visit.form.get("holds_from"),
        faults=faults or [],
        refused=refused or [],
        found=describe_found(visit, preview) if preview else None,
        evidence=preview.whole if preview else None,
        most=MOST_SHOWN,
        named="ID",
        task=task,
        progress=progress_words(visit, task),
        inline=sum(len(one.lines) for one in proposed.changes) <= MOST_LINES,
    )


async def preview(source: Source, visit: Visit) -> Response:
    """Begin to compute what would be changed, and show the page that shows it."""
    proposed = await source(visit, await read_history(visit.context))
    if proposed.revision and not proposed.diagnostics:
        start_preview(visit.context, proposed.files)
    return visit.redirect(proposed.address, **proposed.hidden)


async def show_preview_progress(visit: Visit) -> Response:
    """Return how far the computation is of what a set would change."""
    revision = visit.query.get("of", "")
    task = visit.context.evidence.state.get(preview_of(visit.context, revision))
    is_there = find_preview(visit.context, revision) is not None or (
        task is not None and task.fault is not None
    )
    words = progress_words(visit, task)
    return JSONResponse({"words": words, "is_there": is_there}, headers={"Cache-Control": "no-store"})


def _pages(path: str, source: Source) -> list[Route]:
    return [
        page(path, partial(show_proposing, source), PROPOSE),
        page(path, partial(propose, source), PROPOSE, form=True, max_bytes=MAX_TEXT_BYTES),
        page(f"{path}/preview", partial(preview, source), PROPOSE, form=True),
    ]


ROUTES = [
    *_pages("/policies/drafts/{draft_id}/propose", from_draft),
    *_pages("/proposals/new", from_address),
    page("/proposals/new/progress", show_preview_progress, PROPOSE),
]
