"""A file of a draft as text: faults at their lines, when the form is sent and, with scripts, while somebody types."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.law_views import line_at
from api.console.workbench.open_drafts import SEEN, OpenDraft, open_draft, seen_in, write_texts
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.policies.folder import is_policy_file
from api.services.draft_checks import DraftCheck, check_files
from api.services.policy_drafts import change_draft
from engine import Diagnostic, Severity

MAX_FINDINGS = 100
MOST_IN_PAGE = 60_000
"""A file of more bytes is not written into the page: it is downloaded, changed elsewhere, and sent back."""


async def show_text(visit: Visit) -> Response:
    """Show a file of a draft as text."""
    opened = await open_draft(visit)
    file = visit.query.get("file", "")
    return await _show(visit, opened, file, _stored_text(opened, file))


def _stored_text(opened: OpenDraft, file: str) -> str:
    return opened.files.get(file, b"").decode(errors="replace")


async def send_text(visit: Visit) -> Response:
    """Check the text of a file and, unless the form only asks for the check, put it into the draft."""
    opened = await open_draft(visit)
    file, text, sent = visit.form.get("file").strip(), visit.form.get("text"), visit.form.files.get("changed")
    if sent is not None:
        try:
            text = sent.content.decode()
        except UnicodeDecodeError:
            unreadable = visit.message("The file is not text in UTF-8. Store it so, and send it again.")
            return await _show(visit, opened, file, _stored_text(opened, file), faults=[unreadable])
    if "check" in visit.form:
        return await _show(visit, opened, file, text, is_checked=True)
    try:
        await write_texts(visit, opened, {file: text})
    except ProblemError as error:
        return await _show(visit, opened, file, text, faults=faults_of(visit, error.problem), is_checked=True)
    return visit.redirect(opened.address)


async def download_text(visit: Visit) -> Response:
    """Hand out a file of a draft as it is there now."""
    opened = await open_draft(visit)
    file = visit.query.get("file", "")
    if file not in opened.files:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, visit.message("The draft has no such file.")))
    headers = {**PAGE_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file, safe='')}"}
    return Response(opened.files[file], media_type="application/yaml", headers=headers)


async def delete_file(visit: Visit) -> Response:
    """Take a file out of the set that the draft makes, or put back the one in force."""
    opened = await open_draft(visit)
    file = visit.form.get("file")
    in_force = visit.context.policies.current.files.read().get(file)
    text = None if "delete" in visit.form or in_force is None else in_force.decode(errors="replace")
    await change_draft(visit.context, visit.caller, opened.draft.draft_id, file, text, seen_in(visit))
    return visit.redirect(opened.address)


async def diagnose_text(visit: Visit) -> Response:
    """Return what the check finds in the draft with this text of a file, as JSON; nothing is stored."""
    opened = await open_draft(visit)
    file, text = visit.form.get("file"), visit.form.get("text")
    check = await check_files(visit.context, {**opened.files, file: text.encode()})
    found = [_members(one, opened, file) for one in check.findings[:MAX_FINDINGS]]
    return JSONResponse({"findings": found}, headers=dict(PAGE_HEADERS))


def _members(one: Diagnostic, opened: OpenDraft, file: str) -> dict[str, Any]:
    place = one.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "length": place.length,
        "code": one.code,
        "severity": one.severity.value,
        "fact": one.message,
        "remedy": one.remedy,
        "address": "" if place.file == file else _text_address(opened, place.file, place.line),
    }


async def _show(
    visit: Visit,
    opened: OpenDraft,
    file: str,
    text: str,
    *,
    faults: list[Sentence] | None = None,
    is_checked: bool = False,
) -> Response:
    files = {**opened.files, file: text.encode()} if text and is_policy_file(file) else opened.files
    check: DraftCheck | None = None
    if text:
        try:
            check = await check_files(visit.context, files)
        except ProblemError as error:
            faults = [*(faults or ()), *faults_of(visit, error.problem)]
    findings = check.findings[:MAX_FINDINGS] if check else ()
    return visit.render(
        "workbench/draft_text.html",
        draft=opened.draft,
        address=opened.address,
        is_own=opened.is_own,
        seen=visit.form.get(SEEN) or opened.draft.updated_at.isoformat(),
        seen_name=SEEN,
        file=file,
        text=text,
        is_large=len((text or "").encode()) > MOST_IN_PAGE and not visit.form.get("text"),
        line=visit.query.get("line", ""),
        findings=[
            (
                one,
                "#text" if one.place.file == file else _text_address(opened, one.place.file, one.place.line),
                line_at(files, one.place),
            )
            for one in findings
        ],
        has_faults=any(one.severity is Severity.ERROR for one in findings),
        is_checked=is_checked,
        is_new=file not in opened.files,
        faults=faults or [],
    )


def _text_address(opened: OpenDraft, file: str, line: int) -> str:
    return f"{opened.address}/text?file={file}&line={line}" if file in opened.files else opened.address
