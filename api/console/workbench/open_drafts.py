"""A draft as its pages have it open: the draft, the files it makes, and what a form changes of them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit
from api.domain.policy_drafts import PolicyDraft
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.policy_drafts import change_draft, draft_files, load_draft
from engine import Document, LayoutLost, PolicyFaults, load_document, put_value

SEEN = "seen"
"""The hidden field that says which version of the draft a form was made of."""
MAX_SMALL = 64 * 1024
"""Files of up to so many bytes are remembered as they were read, from one page to the next."""
EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)

ValueChange = tuple[Sequence[str | int], Any]
"""A path in a file, and the plain value that comes there; None takes out what is there."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft and the files of the set in force with its changes; `is_own` where the visitor may change it.

    `read` has each file as plain values, or its faults of form.
    """

    draft: PolicyDraft
    files: dict[str, bytes]
    read: dict[str, Document | PolicyFaults]
    is_own: bool

    @property
    def address(self) -> str:
        """The address of its page."""
        return f"/policies/drafts/{self.draft.draft_id}"

    def document(self, file: str) -> Document:
        """Return a file as plain values. Raises `ProblemError` for one that is not there or not well-formed."""
        if file not in self.read:
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The draft has no such file."))
        found = self.read[file]
        if isinstance(found, PolicyFaults):
            detail = f"The file has faults of form; mend its text first: {found.diagnostics[0]}"
            raise ProblemError(make_problem(ProblemKind.DRAFT_CHANGED, detail)) from found
        return found

    def documents(self, key: str) -> dict[str, Document]:
        """Return the files of one sort, known by a key that they have; those with faults of form are left out."""
        return {
            name: document
            for name, document in self.read.items()
            if isinstance(document, Document) and isinstance(document.value, dict) and key in document.value
        }


async def open_draft(visit: Visit) -> OpenDraft:
    """Return the draft that the address names, with its files. Raises `ProblemError`."""
    draft = await load_draft(visit.context, visit.caller, visit.request.path_params["draft"])
    files = await draft_files(visit.context, draft)
    read = await asyncio.to_thread(_read_files, files)
    return OpenDraft(draft, files, read, draft.is_of(visit.caller))


def _read_files(files: dict[str, bytes]) -> dict[str, Document | PolicyFaults]:
    """Each file as plain values; a large one takes a second, and the others are mostly those in force."""
    return {
        name: (_read_small if len(content) <= MAX_SMALL else _read)(name, content)
        for name, content in files.items()
    }


def _read(name: str, content: bytes) -> Document | PolicyFaults:
    try:
        return load_document(name, content)
    except PolicyFaults as faults:
        return faults


_read_small = lru_cache(64)(_read)


def seen_in(visit: Visit) -> dt.datetime:
    """Return the version of the draft that a form was made of; one that was never there if it says none."""
    try:
        seen = dt.datetime.fromisoformat(visit.form.get(SEEN))
    except ValueError:
        return EARLIEST
    return seen if seen.tzinfo else EARLIEST


def render_form(
    visit: Visit, template: str, opened: OpenDraft, faults: Sequence[Sentence], **values: Any
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
