"""A country from a copy of another: the same form, and nothing of what is known of the other, unless it is wished."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.form_values import WrongField, as_mapping, text_in, word_of
from api.console.workbench.open_drafts import (
    NotWritten,
    OpenDraft,
    ValueChange,
    changed_text,
    open_draft,
    render_form,
    write_texts,
)
from api.parsing.problems import ProblemError
from engine import Document, Kind

FIELDS = ("from", "code", "name", "title", "country_name", "source")
OWN = (
    "deviations",
    "may_loosen",
    "scope_citations",
    "scope",
    "rules",
    "tables",
    "own_parameters",
    "languages",
)
"""What a country may have beside its parameters."""
_FILE_NAME = re.compile("[a-z][a-z0-9_]{0,60}")
_HEADING = re.compile(r"\A((?:# yaml-language-server[^\n]*\n)?)(?:#[^\n]*\n)*")


async def show_copy(visit: Visit) -> Response:
    """Show the form for a country."""
    opened = await open_draft(visit)
    return _form(visit, opened, dict.fromkeys(FIELDS, ""))


async def send_copy(visit: Visit) -> Response:
    """Put the file of a country into the draft."""
    opened = await open_draft(visit)
    try:
        file, text = _written(visit, opened)
        await write_texts(visit, opened, {file: text})
        return visit.redirect(f"{opened.address}/parameters", file=file)
    except WrongField as wrong:
        faults: list[Sentence] = [wrong.fact]
    except NotWritten as lost:
        faults = [lost.fact]
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    return _form(visit, opened, {key: visit.form.get(key) for key in FIELDS}, faults)


def _written(visit: Visit, opened: OpenDraft) -> tuple[str, str]:
    """The name and the text of the new file."""
    source = _sources(opened).get(visit.form.get("from"))
    if source is None:
        raise WrongField(visit.message("Choose the country that is copied."))
    name = visit.form.get("name").strip()
    if not _FILE_NAME.fullmatch(name):
        raise WrongField(
            visit.message("Name the policy in small letters without blanks, such as new_country.")
        )
    file = f"{name}.yaml"
    if file in opened.files:
        raise WrongField(visit.message("There is a file %(file)s already.", file=file))
    changes: list[ValueChange] = [
        (("policy",), name.replace("_", "-")),
        (("title",), text_in(visit, "title", visit.message("Title"))),
        (("country",), text_in(visit, "code", visit.message("Code of the country")).upper()),
    ]
    own = [] if "keep_own" in visit.form else [key for key in OWN if key in source.value]
    changes += [((key,), None) for key in own]
    changes += _parameters(visit, opened, source, "keep_values" in visit.form)
    lines = opened.files[source.file].decode()
    title = text_in(visit, "title", visit.message("Title"))
    headed = _HEADING.sub(
        lambda found: f"{found[1]}# {title}; begun as a copy of {source.file}.\n", lines, count=1
    )
    return file, changed_text(file, headed.encode(), changes)


def _parameters(visit: Visit, opened: OpenDraft, source: Document, keep: bool) -> Iterator[ValueChange]:
    """What is known of the new country: its name, and the rest not yet, unless the values of the other stay."""
    named = text_in(visit, "country_name", visit.message("Name of the country"), required=False)
    ground = text_in(visit, "source", visit.message("Source of the name"), required=False)
    own = as_mapping(source.value.get("own_parameters"))
    is_named = False
    for parameter in as_mapping(source.value.get("parameters")):
        if parameter in own and "keep_own" not in visit.form:
            yield ("parameters", parameter), None
        elif named and not is_named and _is_text(opened, parameter):
            is_named = True
            entry = {
                "value": named,
                "status": "sourced" if ground else "inferred",
                "source": ground or "its name",
            }
            yield ("parameters", parameter), [entry]
        elif not keep:
            yield ("parameters", parameter), [{"status": "not_found", "source": "not looked for yet"}]


def _is_text(opened: OpenDraft, parameter: str) -> bool:
    """Whether a parameter is a text; the first one that every country has is what it is called."""
    for directive in opened.documents("directive").values():
        declared = as_mapping(directive.value.get("parameters")).get(parameter)
        if isinstance(declared, dict):
            return word_of(parameter, declared).kind is Kind.TEXT
    return False


def _sources(opened: OpenDraft) -> dict[str, Document]:
    """The files of single countries."""
    return {
        file: document
        for file, document in opened.documents("policy").items()
        if document.value.get("country")
    }


def _form(
    visit: Visit, opened: OpenDraft, fields: dict[str, str], faults: Sequence[Sentence] = ()
) -> Response:
    sources: dict[str, Any] = {
        file: f"{document.value.get('title', file)} ({document.value['country']})"
        for file, document in sorted(_sources(opened).items())
    }
    return render_form(
        visit,
        "workbench/country_copy.html",
        opened,
        faults,
        sources=sources,
        fields=fields,
        keeps=("keep_values" in visit.form, "keep_own" in visit.form),
    )
