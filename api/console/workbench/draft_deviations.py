"""Deviations of a country as forms: shared rules that it suspends or narrows, with ground, clause and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.form_values import (
    WrongField,
    as_list,
    as_mapping,
    as_marks,
    day_in,
    marks_in,
    text_in,
)
from api.console.workbench.open_drafts import (
    NotWritten,
    OpenDraft,
    ValueChange,
    open_draft,
    render_form,
    write_changes,
)
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from engine import Document

SUSPEND, NARROW = "suspend", "narrow"
FIELDS = ("how", "when", "clause", "reading", "reason", "from", "until")


async def show_deviations(visit: Visit) -> Response:
    """Show the deviations of every country of the draft."""
    opened = await open_draft(visit)
    files = _files(opened)
    return visit.render(
        "workbench/deviations.html",
        opened=opened,
        files=[
            (
                file,
                str(document.value.get("title", file)),
                [
                    (
                        as_marks(one.get(SUSPEND) or one.get(NARROW)),
                        SUSPEND in one,
                        str(one.get("reason", "")),
                    )
                    for one in _deviations(document)
                ],
            )
            for file, document in sorted(files.items())
        ],
        say=visit.texts,
    )


async def show_deviation(visit: Visit) -> Response:
    """Show the form for a deviation."""
    opened = await open_draft(visit)
    file = visit.query.get("file", "")
    deviation, place, _ = _find(opened, file, visit.query.get("at", ""))
    period = as_mapping(deviation.get("in_force"))
    fields = {
        "how": NARROW if NARROW in deviation else SUSPEND,
        "when": str(deviation.get("when") or ""),
        "clause": ", ".join(as_marks(deviation.get("clause"))),
        "reading": ", ".join(as_marks(deviation.get("reading"))),
        "reason": str(deviation.get("reason") or ""),
        "from": str(period.get("from") or ""),
        "until": str(period.get("until") or ""),
    }
    rules = as_marks(deviation.get(SUSPEND) or deviation.get(NARROW))
    return _form(visit, opened, file, place, fields, rules)


async def send_deviation(visit: Visit) -> Response:
    """Put a deviation into the draft."""
    opened = await open_draft(visit)
    file = visit.form.get("file")
    _, place, count = _find(opened, file, visit.form.get("at"))
    try:
        value = _value(visit)
        change: ValueChange = (("deviations", place), value)
        if count == 0:
            change = (("deviations",), [value])
        return await write_changes(visit, opened, {file: [change]})
    except WrongField as wrong:
        faults: list[Sentence] = [wrong.fact]
    except NotWritten as lost:
        faults = [lost.fact]
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    fields = {key: visit.form.get(key) for key in FIELDS}
    return _form(visit, opened, file, place, fields, visit.form.all("rule"), faults)


def _value(visit: Visit) -> dict[str, Any] | None:
    if "delete" in visit.form:
        return None
    how, rules = visit.form.get("how"), [*visit.form.all("rule")]
    if how not in (SUSPEND, NARROW) or not rules:
        raise WrongField(visit.message("Choose the rules, and whether they are suspended or narrowed."))
    clauses, readings = marks_in(visit, "clause"), marks_in(visit, "reading")
    if not clauses:
        raise WrongField(visit.message("Name the clause that it rests on."))
    value: dict[str, Any] = {how: rules}
    if how == NARROW:
        value["when"] = text_in(visit, "when", visit.message("Further condition"))
    value["clause"] = clauses
    value |= {"reading": readings} if readings else {}
    value["reason"] = text_in(visit, "reason", visit.message("Reason"))
    first, last = day_in(visit, "from"), day_in(visit, "until")
    if first is None:
        raise WrongField(visit.message("Say from which day on it holds."))
    value["in_force"] = {"from": first, **({"until": last} if last else {})}
    return value


def _form(
    visit: Visit,
    opened: OpenDraft,
    file: str,
    place: int,
    fields: Mapping[str, str],
    chosen: Sequence[str],
    faults: Sequence[Sentence] = (),
) -> Response:
    say = visit.texts
    shared = [rule for document in opened.documents("directive").values() for rule in _rules(document.value)]
    return render_form(
        visit,
        "workbench/deviation.html",
        opened,
        faults,
        file=file,
        at=place,
        title=str(opened.document(file).value.get("title", file)),
        is_new=place == len(_deviations(opened.document(file))),
        rules=[*shared, *(name for name in chosen if name not in shared)],
        chosen=chosen,
        fields=fields,
        ways={SUSPEND: visit.message("suspended"), NARROW: visit.message("narrowed by a further condition")},
        say=say,
    )


def _rules(value: Mapping[str, Any]) -> list[str]:
    """The names of the shared rules and of the tables of rules."""
    return [
        str(entry[name])
        for key, name in (("rules", "rule"), ("tables", "table"))
        for entry in map(as_mapping, as_list(value.get(key)))
        if name in entry
    ]


def _files(opened: OpenDraft) -> dict[str, Document]:
    """The files of countries that follow the shared rules."""
    return {
        file: document
        for file, document in opened.documents("policy").items()
        if document.value.get("follows")
    }


def _deviations(document: Document) -> list[dict[str, Any]]:
    return [as_mapping(one) for one in as_list(document.value.get("deviations"))]


def _find(opened: OpenDraft, file: str, at: str) -> tuple[Mapping[str, Any], int, int]:
    """The deviation that an address names, its place, and how many there are. Raises `ProblemError`."""
    files = _files(opened)
    there = _deviations(files[file]) if file in files else []
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 6 else -1
    if file not in files or not 0 <= place <= len(there):
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The draft has no such deviation."))
    return (there[place] if place < len(there) else {}), place, len(there)
