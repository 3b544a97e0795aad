"""A draft as its pages have it open: the draft, the files it makes, and what a form changes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from api.console.frame.visits import Visit
from api.domain.policy_drafts import PolicyDraft
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.policy_drafts import change_draft, draft_files, load_draft
from engine import Document, LayoutLost, PolicyFaults, load_document, put_value

SEEN = "seen"
"""The hidden field that says which version of the draft a form was made of."""
EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)

ValueChange = tuple[Sequence[str | int], Any]
"""A path in a file, and the plain value that comes there; None takes out what is there."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft and the files of the set in force with its changes; `is_own` where the visitor may change it."""

    draft: PolicyDraft
    files: dict[str, bytes]
    is_own: bool

    @property
    def address(self) -> str:
        """The address of its page."""
        return f"/policies/drafts/{self.draft.draft_id}"

    def document(self, file: str) -> Document:
        """Return a file as plain values. Raises `ProblemError` for one that is not there or not well-formed."""
        if file not in self.files:
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The draft has no such file."))
        try:
            return load_document(file, self.files[file])
        except PolicyFaults as faults:
            detail = f"The file has faults of form; mend its text first: {faults.diagnostics[0]}"
            raise ProblemError(make_problem(ProblemKind.DRAFT_CHANGED, detail)) from faults

    def documents(self, key: str) -> dict[str, Document]:
        """Return the files of one sort, known by a key that they have; those with faults of form are left out."""
        found: dict[str, Document] = {}
        for name in self.files:
            try:
                document = load_document(name, self.files[name])
            except PolicyFaults:
                continue
            if isinstance(document.value, dict) and key in document.value:
                found[name] = document
        return found


async def open_draft(visit: Visit) -> OpenDraft:
    """Return the draft that the address names, with its files. Raises `ProblemError`."""
    draft = await load_draft(visit.context, visit.caller, visit.request.path_params["draft"])
    files = await draft_files(visit.context, draft)
    return OpenDraft(draft, files, draft.is_of(visit.caller))


def seen_in(visit: Visit) -> dt.datetime:
    """Return the version of the draft that a form was made of; one that was never there if it says none."""
    try:
        seen = dt.datetime.fromisoformat(visit.form.get(SEEN))
    except ValueError:
        return EARLIEST
    return seen if seen.tzinfo else EARLIEST


def render_form(
    visit: Visit, template: str, opened: OpenDraft, faults: Sequence[str], **values: Any
) -> Response:
    """Return the page of a form that changes a draft: as it was opened, or as it was sent with its faults."""
    return visit.render(
        template,
        400 if faults else 200,
        opened=opened,
        seen=visit.form.get(SEEN) or opened.draft.updated_at.isoformat(),
        seen_name=SEEN,
        faults=faults,
        **values,
    )


class NotWritten(Exception):
    """A form cannot be written into a file: `fact` says why, and what to do."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


def changed_text(file: str, content: bytes, changes: Sequence[ValueChange]) -> str:
    """Return the text of a file with values put in, one after the other. Raises `NotWritten`."""
    try:
        for path, value in changes:
            content = put_value(file, content, path, value)
    except PolicyFaults as faults:
        raise NotWritten(str(faults.diagnostics[0])) from faults
    except (LayoutLost, LookupError) as error:
        raise NotWritten(
            "The form cannot write this into the file without losing something; edit the text."
        ) from error
    return content.decode()


async def write_changes(
    visit: Visit, opened: OpenDraft, changes: dict[str, Sequence[ValueChange]]
) -> Response:
    """Put values into files of a draft, and show the draft. Raises `NotWritten`, `ProblemError`."""
    texts = {file: changed_text(file, opened.files[file], of) for file, of in changes.items()}
    await write_texts(visit, opened, texts)
    return visit.redirect(opened.address)


async def write_texts(visit: Visit, opened: OpenDraft, texts: dict[str, str]) -> None:
    """Put the texts of files into a draft. Raises `ProblemError`."""
    seen = seen_in(visit)
    for file, text in texts.items():
        draft = await change_draft(visit.context, visit.caller, opened.draft.draft_id, file, text, seen)
        seen = draft.updated_at
