"""Parameters of a draft as forms: what a country's channel is like, each value with its source and its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from api.console.frame.areas import marked
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.form_values import (
    FilePath,
    WrongField,
    as_list,
    as_mapping,
    day_in,
    read_path,
    show_value,
    text_in,
    value_in,
    word_of,
    write_path,
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
from engine import Document, Kind, Word, name_country

STATUSES: Mapping[str, str] = {
    "sourced": marked("from a source"),
    "inferred": marked("inferred"),
    "not_found": marked("not found"),
}
"""The states of a value, in words; what is not found has no value."""


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter of a file, or of one country in it, with its values in the order of the file."""

    name: str
    word: Word
    path: FilePath
    values: Sequence[Mapping[str, Any]]

    @property
    def address(self) -> str:
        """The path to its values, as an address has it."""
        return write_path(self.path)


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """The parameters of a file, or those of one country in it."""

    title: str
    parameters: Sequence[ParameterView]


async def show_parameters(visit: Visit) -> Response:
    """Show the parameters of every country of the draft."""
    opened = await open_draft(visit)
    found = opened.documents("policy")
    groups = [group for document in found.values() for group in _groups(opened, document)]
    wanted = visit.query.get("file", "")
    files = sorted({file for file, _ in groups})
    chosen = wanted if wanted in files else (files[0] if files else "")
    return visit.render(
        "workbench/parameters.html",
        opened=opened,
        files=files,
        chosen=chosen,
        groups=[group for file, group in groups if file == chosen],
        statuses=STATUSES,
        show_value=show_value,
        say=visit.texts,
    )


async def show_parameter(visit: Visit) -> Response:
    """Show the form for one value of a parameter."""
    opened = await open_draft(visit)
    file, parameter, position = _find(opened, visit.query.get("file", ""), visit.query.get("at", ""))
    is_new = position == len(parameter.values)
    value = {} if is_new else parameter.values[position]
    fields = {key: show_value(value.get(key)) for key in ("value", "from", "until", "status", "source")}
    return _form(visit, opened, file, parameter, position, fields)


async def send_parameter(visit: Visit) -> Response:
    """Put one value of a parameter into the draft."""
    opened = await open_draft(visit)
    file, parameter, position = _find(opened, visit.form.get("file"), visit.form.get("at"))
    try:
        return await write_changes(visit, opened, {file: [*_changes(visit, parameter, position)]})
    except WrongField as wrong:
        faults: list[Sentence] = [wrong.fact]
    except NotWritten as lost:
        faults = [lost.fact]
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    fields = {key: visit.form.get(key) for key in ("value", "from", "until", "status", "source")}
    return _form(visit, opened, file, parameter, position, fields, faults)


def _form(
    visit: Visit,
    opened: OpenDraft,
    file: str,
    parameter: ParameterView,
    position: int,
    fields: Mapping[str, str],
    faults: Sequence[Sentence] = (),
) -> Response:
    return render_form(
        visit,
        "workbench/parameter.html",
        opened,
        faults,
        file=file,
        parameter=parameter,
        at=f"{parameter.address}/{position}",
        is_new=position == len(parameter.values),
        has_former=0 < position == len(parameter.values),
        may_go=len(parameter.values) > 1 and position < len(parameter.values),
        fields=fields,
        choices=_choices(parameter.word),
        statuses={code: visit.message(words) for code, words in STATUSES.items()},
        kind=parameter.word.kind.value,
        say=visit.texts,
    )


def _choices(word: Word) -> dict[str, str]:
    return {"": "–", **word.choices_in_words} if word.kind in (Kind.CHOICE, Kind.TRUTH) else {}


def _changes(visit: Visit, parameter: ParameterView, position: int) -> Iterator[ValueChange]:
    """What the form changes: the value, and where it follows another, the last day of that one."""
    if "delete" in visit.form:
        yield (*parameter.path, position), None
        return
    status = visit.form.get("status")
    if status not in STATUSES:
        raise WrongField(visit.message("Choose how the value is known."))
    value: dict[str, Any] = {}
    if status != "not_found":
        value["value"] = value_in(visit, "value", parameter.word)
    first, last = day_in(visit, "from"), day_in(visit, "until")
    if first and last and last < first:
        raise WrongField(visit.message("The last day lies before the first."))
    value |= {"from": first} if first else {}
    value |= {"until": last} if last else {}
    value |= {"status": status, "source": text_in(visit, "source", visit.message("Source"))}
    if 0 < position == len(parameter.values) and "end_former" in visit.form:
        if first is None:
            raise WrongField(
                visit.message("Say from which day on it holds, so that the value before can end.")
            )
        former = {**parameter.values[-1], "until": first - dt.timedelta(days=1)}
        order = [key for key in ("value", "from", "until", "status", "source") if key in former]
        yield (*parameter.path, position - 1), {key: former[key] for key in order}
    if parameter.values or position:
        yield (*parameter.path, position), value
    else:
        yield parameter.path, [value]


def _groups(opened: OpenDraft, document: Document) -> Iterator[tuple[str, ParameterGroup]]:
    """The parameters of a file, and those of each country of a group."""
    declared = dict(as_mapping(document.value.get("own_parameters")))
    if document.value.get("follows"):
        for directive in opened.documents("directive").values():
            declared |= as_mapping(directive.value.get("parameters"))
    title = str(document.value.get("title", document.file))
    if not isinstance(document.value.get("countries"), list) or "parameters" in document.value:
        views = _views(document, declared, ("parameters",))
        if views:
            yield document.file, ParameterGroup(title, views)
    countries = document.value.get("countries")
    for place, member in enumerate(countries if isinstance(countries, list) else ()):
        if isinstance(member, dict):
            views = _views(document, declared, ("countries", place, "parameters"))
            yield document.file, ParameterGroup(name_country(str(member.get("country"))), views)


def _views(document: Document, declared: Mapping[str, Any], path: FilePath) -> Sequence[ParameterView]:
    there: Any = document.value
    for step in path:
        there = as_mapping(there).get(step) if isinstance(step, str) else there[step]
    return [
        ParameterView(
            name,
            word_of(name, declaration),
            (*path, name),
            [as_mapping(value) for value in as_list(as_mapping(there)[name])],
        )
        for name, declaration in declared.items()
        if isinstance(declaration, dict) and name in as_mapping(there)
    ]


def _find(opened: OpenDraft, file: str, at: str) -> tuple[str, ParameterView, int]:
    """The parameter and the position of a value that an address names. Raises `ProblemError`."""
    document = opened.document(file)
    path = read_path(at, document) if isinstance(document.value, dict) else None
    for _, group in _groups(opened, document) if path else ():
        for parameter in group.parameters:
            if path and path[:-1] == parameter.path and isinstance(path[-1], int):
                return file, parameter, path[-1]
    raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The draft has no such parameter."))
