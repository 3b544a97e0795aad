"""Drafts: the list of them, one with its changes and what the check finds, and what is done with it as a whole."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import zipfile

from starlette.responses import Response

from api.console.frame.problem_words import Sentence, say_fault
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.diffs import compare_files, write_patch
from api.console.workbench.law_views import line_at
from api.console.workbench.open_drafts import SEEN, open_draft, seen_in
from api.domain.policy_drafts import PolicyDraft, put_in
from api.parsing.problems import ProblemError
from api.policies.folder import FOLDER
from api.services.draft_checks import DraftCheck, check_files
from api.services.policy_drafts import (
    PAGE_DRAFTS,
    create_draft,
    delete_draft,
    draft_conflicts,
    is_draft_id,
    list_drafts,
    load_draft,
    rebase_draft,
)
from engine import Diagnostic

MAX_FINDINGS = 50
_LONG_AGO = dt.datetime(1980, 1, 1)
"""The time of files in an archive, so that the same draft makes the same archive."""


async def show_drafts(visit: Visit) -> Response:
    """Show the drafts of all officers, and the form for a new one."""
    return await _list(visit)


async def make_draft(visit: Visit) -> Response:
    """Make a draft, and open it."""
    try:
        draft = await create_draft(visit.context, visit.caller, visit.form.get("title"))
    except ProblemError as error:
        return await _list(visit, faults_of(visit, error.problem), error.problem.status)
    return visit.redirect(_address(draft))


async def _list(visit: Visit, faults: list[Sentence] | None = None, status: int = 200) -> Response:
    at, _, last = visit.query.get("after", "").partition("~")
    try:
        after = (dt.datetime.fromisoformat(at).astimezone(dt.UTC), last) if is_draft_id(last) else None
    except (ValueError, OverflowError):
        after = None
    found = await list_drafts(visit.context, visit.caller, after)
    return visit.render(
        "workbench/drafts.html",
        status,
        drafts=[(draft, draft.is_of(visit.caller)) for draft in found],
        more=f"{found[-1].updated_at.isoformat()}~{found[-1].draft_id}" if len(found) == PAGE_DRAFTS else "",
        faults=faults or [],
        title=visit.form.get("title"),
    )


async def show_draft(visit: Visit) -> Response:
    """Show a draft: what it changes, and what the check finds."""
    context = visit.context
    draft = await load_draft(context, visit.caller, visit.request.path_params["draft"])
    conflicts = await draft_conflicts(context, draft)
    present = context.policies.current.files.read()
    files = put_in(present, draft.changes)
    check, not_checked = None, None
    if draft.changes and not conflicts:
        try:
            check = await check_files(context, files)
        except ProblemError as error:
            not_checked = say_fault(visit.language, error.problem.detail)
    diffs = await asyncio.to_thread(compare_files, present, draft.changes)
    return visit.render(
        "workbench/draft.html",
        draft=draft,
        is_own=draft.is_of(visit.caller),
        address=_address(draft),
        seen=draft.updated_at.isoformat(),
        seen_name=SEEN,
        conflicts=conflicts,
        diffs=diffs,
        sound=check is not None and check.policies is not None,
        not_checked=not_checked,
        findings=_with_lines(check, files),
        files=sorted(files),
        say=visit.texts,
        requires_approvals=context.policies.approvals == "required",
    )


def _with_lines(check: DraftCheck | None, files: dict[str, bytes]) -> list[tuple[Diagnostic, str]]:
    """The findings of a check, each with the line that it is about."""
    found = check.findings[:MAX_FINDINGS] if check else ()
    return [(one, line_at(files, one.place)) for one in found]


async def remove_draft(visit: Visit) -> Response:
    """Delete a draft."""
    await delete_draft(visit.context, visit.caller, visit.request.path_params["draft"], seen_in(visit))
    return visit.redirect("/policies/drafts")


async def take_up(visit: Visit) -> Response:
    """Base a draft on what is in force now; of each file that both changed, what the form chose stays."""
    draft_id = visit.request.path_params["draft"]
    draft = await load_draft(visit.context, visit.caller, draft_id)
    conflicts = await draft_conflicts(visit.context, draft)
    taken = frozenset(file for file in conflicts if visit.form.get(f"keep {file}") != "mine")
    await rebase_draft(visit.context, visit.caller, draft_id, taken, seen_in(visit))
    return visit.redirect(_address(draft))


async def download_files(visit: Visit) -> Response:
    """Return the changed files of a draft as an archive, with its patch."""
    opened = await open_draft(visit)
    present = visit.context.policies.current.files.read()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in sorted(opened.draft.changes.items()):
            if text is not None:
                _pack(packed, f"{FOLDER}/{name}", text)
        _pack(packed, "changes.patch", write_patch(present, opened.draft.changes, FOLDER))
    return _file(archive.getvalue(), "application/zip", f"draft-{opened.draft.draft_id[:8]}.zip")


async def download_patch(visit: Visit) -> Response:
    """Return what a draft changes as a patch."""
    opened = await open_draft(visit)
    present = visit.context.policies.current.files.read()
    patch = write_patch(present, opened.draft.changes, FOLDER)
    return _file(patch.encode(), "text/x-patch; charset=utf-8", f"draft-{opened.draft.draft_id[:8]}.patch")


def _pack(packed: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _LONG_AGO.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(entry, text.encode())


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _address(draft: PolicyDraft) -> str:
    return f"/policies/drafts/{draft.draft_id}"
