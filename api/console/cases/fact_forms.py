"""Recording facts of a case in the version that was seen, and correcting one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from starlette.responses import Response

from api.console.cases.fact_fields import NOT_KNOWN, FactField, fields_of, read_field
from api.console.cases.line_pages import FIRST_LINE, LinePage, read_line_page
from api.console.cases.words import ask_of, show_value
from api.console.frame.problem_words import Sentence, say_fault
from api.console.frame.visits import Visit
from api.domain.case_view import CaseView, case_answer
from api.domain.cases.case import RecordedFact
from api.domain.interview.countries import Mistake
from api.parsing.entity_tags import EntityTags
from api.parsing.fields import read_day, read_whole_number
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.services.case_queries import read_case
from api.services.cases import record_facts

_POINTER = re.compile(r"/facts/(\d+)/")
_CHANGED = 412


async def show_fact_form(visit: Visit) -> Response:
    """Show the form for the facts that the visitor's role may record; or for one alone, which corrects another."""
    view = await _read(visit)
    corrected = _find(view, visit.query.get("supersedes"))
    fields = _fields(visit, view, corrected)
    return _render(visit, view, fields, corrected, view.case.version)


async def send_facts(visit: Visit) -> Response:
    """Record what was stated, all or nothing; if the case has changed since it was looked at, show what changed."""
    view, form = await _read(visit), visit.form
    seen = read_whole_number(form.get("version"), 0, view.case.version)
    corrected = _find(view, form.get("supersedes") or None)
    fields = [replace(one, typed=form.get(one.name).strip()) for one in _fields(visit, view, corrected)]
    stated = [(one, read_field(visit, one)) for one in fields if one.typed]
    wrong = {one.name: f"{value.fact}; {value.remedy}" for one, value in stated if isinstance(value, Mistake)}
    fields = [replace(one, fault=wrong.get(one.name, "")) for one in fields]
    faults = _faults(visit)
    sentences = [*faults.values(), *(f"{one.ask} {one.fault}" for one in fields if one.fault)]
    if not stated:
        sentences.append(visit.message("Answer at least one question."))
    if seen is None:
        seen = view.case.version
        sentences.append(visit.message("Look at the case as it is now, then send the form again."))
    if sentences:
        return _render(visit, view, fields, corrected, seen, 400, sentences=sentences, faults=faults)
    statement = {"facts": [_statement(visit, one, value, corrected) for one, value in stated]}
    case_id = view.case.case_id
    call = visit.call(f"/v1/cases/{case_id}/facts", statement)
    try:
        await record_facts(visit.context, call, case_id, EntityTags({str(seen)}, set()))
    except ProblemError as error:
        status = error.problem.status
        if status == _CHANGED:
            return _render(visit, view, fields, corrected, view.case.version, status, changed_since=seen)
        found = _sentences(visit, error.problem, [one for one, _ in stated])
        return _render(visit, view, fields, corrected, seen, status, sentences=found)
    return visit.redirect(f"/cases/{case_id}")


def _render(
    visit: Visit,
    view: CaseView,
    fields: Sequence[FactField],
    corrected: RecordedFact | None,
    version: int,
    status: int = 200,
    *,
    sentences: Sequence[Sentence] = (),
    faults: Mapping[str, str] | None = None,
    changed_since: int | None = None,
) -> Response:
    history = case_answer(view, visit.caller.role).history
    offered = [one for one in fields if one.offered]
    return visit.render(
        "cases/facts.html",
        status,
        case=view.case,
        about=view.about,
        own=_by_line([one for one in offered if one.own]),
        others=_by_line([one for one in offered if not one.own]),
        corrected=corrected,
        lines=None if corrected else _lines(visit, view),
        version=version,
        today=visit.policies.day_at(visit.context.clock()).isoformat(),
        sentences=sentences,
        faults=faults or {},
        changes=[fact for fact in history if changed_since is not None and fact.position > changed_since],
        not_known=NOT_KNOWN,
        form=visit.form,
        ask=lambda fact: ask_of(visit, fact),
        value=lambda fact: show_value(visit, fact.fact, fact.value),
        known=show_value(visit, corrected.name, corrected.value) if corrected else "",
    )


def _fields(visit: Visit, view: CaseView, corrected: RecordedFact | None) -> list[FactField]:
    """The fields of the lines that the page shows; or the one of the fact that is corrected."""
    if corrected is None:
        return fields_of(visit, view, _lines(visit, view).marks)
    marks = [mark for mark in view.case.lines if str(mark) == corrected.line]
    return _narrowed(fields_of(visit, view, marks), corrected)


def _lines(visit: Visit, view: CaseView) -> LinePage:
    return read_line_page(view.case.lines, {FIRST_LINE: visit.form.get(FIRST_LINE), **visit.query})


def _by_line(fields: Sequence[FactField]) -> list[tuple[int | str | None, list[FactField]]]:
    return [(line, [*found]) for line, found in groupby(fields, key=lambda one: one.line)]


def _faults(visit: Visit) -> dict[str, str]:
    """What is wrong with what all stated facts share, by the field."""
    faults = dict[str, str]()
    if read_day(visit.form.get("happened_on")) is None:
        faults["happened_on"] = visit.message("Say on which day it happened.")
    if not visit.form.get("evidence").strip():
        faults["evidence"] = visit.message("Name the paper, the letter or the talk that shows it.")
    return faults


def _statement(visit: Visit, field: FactField, value: Any, corrected: RecordedFact | None) -> dict[str, Any]:
    return {
        "fact": field.fact,
        **({} if field.line is None else {"line": field.line}),
        "value": value,
        "happened_on": visit.form.get("happened_on"),
        "evidence": visit.form.get("evidence").strip(),
        **({"supersedes": corrected.position} if corrected else {}),
    }


def _sentences(visit: Visit, problem: Problem, fields: Sequence[FactField]) -> list[Sentence]:
    """What is wrong, each with the question that it is about."""
    sentences: list[Sentence] = [] if problem.errors else [say_fault(visit.language, problem.detail)]
    for error in problem.errors or ():
        found = _POINTER.match(error.pointer or "")
        about = str(fields[int(found[1])].ask) if found else ""
        sentences.append(say_fault(visit.language, error.detail, about))
    return sentences


def _find(view: CaseView, position: str | None) -> RecordedFact | None:
    """The fact in force that is to be corrected; None for no position. Raises `ProblemError`."""
    if position is None:
        return None
    for fact in view.state.facts:
        if str(fact.position) == position:
            return fact
    raise ProblemError(
        make_problem(ProblemKind.NOT_FOUND, "No fact that is in force has this number in the case.")
    )


def _narrowed(fields: Sequence[FactField], corrected: RecordedFact) -> list[FactField]:
    """The field of the fact that is corrected, holding what is recorded."""
    mark, value = corrected.line, corrected.value
    typed = NOT_KNOWN if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    typed = ", ".join(value) if isinstance(value, list) else typed
    return [
        replace(one, typed=typed)
        for one in fields
        if one.fact == corrected.name and (None if one.line is None else str(one.line)) == mark
    ]


async def _read(visit: Visit) -> CaseView:
    case_id = visit.request.path_params["case_id"]
    return await read_case(visit.context, case_id, visit.caller, {}, visit.language)
