"""Translations of a draft as forms: a text of the policies beside what it is in a language, draft or reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.form_values import WrongField, as_list, as_mapping, day_in, show_value, text_in
from api.console.workbench.open_drafts import NotWritten, OpenDraft, open_draft, render_form, write_changes
from api.parsing.problems import ProblemError, ProblemKind, make_problem

PAGE = 30
FIELDS = ("english", "translation", "status", "reviewed_by", "reviewed_on")
STATUSES = ("draft", "reviewed")


async def show_translations(visit: Visit) -> Response:
    """Show the translations of a language, some at a time: all of them, or those of one status."""
    opened = await open_draft(visit)
    books = opened.documents("translations")
    wanted, status = visit.query.get("file", ""), visit.query.get("status", "")
    chosen = wanted if wanted in books else next(iter(sorted(books)), "")
    entries = _entries(opened, chosen)
    after = visit.query.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    shown = [
        (place, entry)
        for place, entry in enumerate(entries)
        if place >= first and (status not in STATUSES or entry.get("status") == status)
    ]
    return visit.render(
        "workbench/translations.html",
        opened=opened,
        files=sorted(books),
        chosen=chosen,
        chosen_status=status,
        language=str(books[chosen].value.get("language")) if chosen else "",
        entries=shown[:PAGE],
        behind=shown[PAGE][0] if len(shown) > PAGE else None,
        count=len(entries),
    )


async def show_translation(visit: Visit) -> Response:
    """Show the form for a translation."""
    opened = await open_draft(visit)
    file = visit.query.get("file", "")
    entry, place = _find(opened, file, visit.query.get("at", ""))
    return _form(visit, opened, file, place, {key: show_value(entry.get(key)) for key in FIELDS})


async def send_translation(visit: Visit) -> Response:
    """Put a translation into the draft."""
    opened = await open_draft(visit)
    file = visit.form.get("file")
    _, place = _find(opened, file, visit.form.get("at"))
    try:
        return await write_changes(visit, opened, {file: [(("translations", place), _value(visit))]})
    except WrongField as wrong:
        faults: list[Sentence] = [wrong.fact]
    except NotWritten as lost:
        faults = [lost.fact]
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    return _form(visit, opened, file, place, {key: visit.form.get(key) for key in FIELDS}, faults)


def _value(visit: Visit) -> dict[str, Any] | None:
    if "delete" in visit.form:
        return None
    status = visit.form.get("status")
    if status not in STATUSES:
        raise WrongField(visit.message("Choose whether somebody has reviewed it."))
    value: dict[str, Any] = {
        "english": text_in(visit, "english", visit.message("English text")),
        "translation": text_in(visit, "translation", visit.message("Translation")),
        "status": status,
    }
    if status == "reviewed":
        by = text_in(visit, "reviewed_by", visit.message("Reviewed by"), required=False)
        on = day_in(visit, "reviewed_on")
        value |= ({"reviewed_by": by} if by else {}) | ({"reviewed_on": on} if on else {})
    return value


def _form(
    visit: Visit,
    opened: OpenDraft,
    file: str,
    place: int,
    fields: Mapping[str, str],
    faults: Sequence[Sentence] = (),
) -> Response:
    entries = _entries(opened, file)
    return render_form(
        visit,
        "workbench/translation.html",
        opened,
        faults,
        file=file,
        at=place,
        is_new=place == len(entries),
        language=str(opened.document(file).value.get("language")),
        fields=fields,
        statuses={"draft": visit.message("draft"), "reviewed": visit.message("reviewed")},
    )


def _entries(opened: OpenDraft, file: str) -> list[dict[str, Any]]:
    """The translations of a file; each as the draft has it, an empty one for what is none."""
    book = opened.documents("translations").get(file)
    return [as_mapping(entry) for entry in as_list(book.value["translations"])] if book else []


def _find(opened: OpenDraft, file: str, at: str) -> tuple[Mapping[str, Any], int]:
    """The translation that an address names, or an empty one behind the last. Raises `ProblemError`."""
    books = opened.documents("translations")
    entries = _entries(opened, file)
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 6 else -1
    if file not in books or not 0 <= place <= len(entries):
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The draft has no such translation."))
    return (entries[place] if place < len(entries) else {}), place
