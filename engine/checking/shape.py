"""Document -> content in shape: the right keys, each with the right sort of value (codes P01 to P07)."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.checking.cache import CONTENTS
from engine.checking.report import CheckReport
from engine.diagnostics import Diagnostic, suggestion
from engine.loading.document import Document, Path
from engine.loading.field_types import (
    COUNTRY_CODE,
    FACT_NAME,
    LANGUAGE,
    MARK,
    NAME,
    PARAMETER_NAME,
    PHRASE,
    PROPERTY_PATH,
)
from engine.loading.file_kinds import FILE_KINDS, PolicyDocument

_WORDED = {
    "string_type": ("P03", "this has to be a text", "put it in quotes if it is one"),
    "int_type": ("P03", "this has to be a whole number", "write it in figures, without quotes"),
    "date_type": ("P03", "this has to be a day", "write it as YYYY-MM-DD, without quotes"),
    "list_type": (
        "P03",
        "this has to be a list",
        "write one entry a line, each beginning with `- `, or [a, b]",
    ),
    "dict_type": ("P03", "this has to consist of entries", "write them as `key: value`"),
    "model_type": ("P03", "this has to consist of entries", "write them as `key: value`"),
    "single_type": ("P03", "this has to be a single value", "write a text, a number, a day, true or false"),
    "too_short": ("P07", "this list has too few entries", "write {min_length} or more"),
    "string_too_short": ("P07", "this text is empty", "write what belongs here"),
    "string_too_long": ("P07", "this text is too long", "shorten it to {max_length:,} characters"),
    "greater_than_equal": ("P07", "this number is too small", "write {ge} or more"),
    "less_than_equal": ("P07", "this number is too large", "write {le} or less"),
}
"""For each sort of finding of the library: code, fact and remedy, which may name a limit."""

_SPELLING = {
    NAME: "use small letters, digits and hyphens, beginning with a letter",
    PARAMETER_NAME: "use small letters, digits and underscores, beginning with a letter",
    FACT_NAME: "use small letters, digits and underscores, with dots between groups, as in item.review.result",
    MARK: "use letters, digits, dots and hyphens; several stand in a list, as in [S3.5, S3.6]",
    PROPERTY_PATH: "use letters, digits, underscores and hyphens, with dots between the steps, as in channel.result",
    PHRASE: "write it in one line with one space between words, and without < and >",
    COUNTRY_CODE: "write the code of the country in two capital letters, such as KP",
    LANGUAGE: "write the small letters of the language, such as ko, then its script or country if need be: zh-Hant",
}
"""How each sort of name is spelt, by its pattern."""


def shape(document: Document, report: CheckReport) -> PolicyDocument | None:
    """Return the content of `document`, or None after reporting everything that is out of shape."""
    if not isinstance(document.value, dict):
        report.error(document, (), "P03", "a policy file consists of entries", "write them as `key: value`")
        return None
    kinds = kinds_of(document)
    if len(kinds) != 1:
        keys = ", ".join(f"`{kind}`" for kind in FILE_KINDS)
        message = f"the file has {'several' if kinds else 'none'} of the keys {keys}"
        report.error_at_key(document, tuple(kinds[1:2]), "P06", message, "give the file exactly one of them")
        return None
    return CONTENTS.of_sound(report, document, lambda: _shaped(document, FILE_KINDS[kinds[0]], report))


def _shaped(document: Document, model: type[PolicyDocument], report: CheckReport) -> PolicyDocument | None:
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = {_finding(document, model, d) for d in details if not _is_mistyped(model, d, details)}
        report.findings.extend(sorted(found))
        return None


def _is_mistyped(model: type[BaseModel], detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether a missing key is there, but mistyped."""
    *section, key = detail["loc"]
    return detail["type"] == "missing" and any(
        other["type"] == "extra_forbidden"
        and list(other["loc"][:-1]) == section
        and suggestion(str(other["loc"][-1]), _keys(model, tuple(section)))
        == suggestion(str(key), [str(key)])
        for other in details
    )


def kinds_of(document: Document) -> list[str]:
    """The sorts of policy files that the keys of the document speak for; one if it is sound."""
    return [key for key in document.value if key in FILE_KINDS] if isinstance(document.value, dict) else []


def _finding(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Diagnostic:
    path, sort = _existing(document, detail["loc"]), detail["type"]
    is_key = detail["loc"][-1] == "[key]"
    place = document.key_place(path) if is_key else document.place(path)
    word = str(path[-1]) if is_key else document.value_at(path)
    if sort == "extra_forbidden":
        key = str(detail["loc"][-1])
        remedy = suggestion(key, _keys(model, detail["loc"][:-1])) or "take it out"
        return Diagnostic(document.key_place(path), "P01", f"unknown key `{key}`", remedy)
    if sort == "missing":
        return Diagnostic(place, "P02", f"`{detail['loc'][-1]}` is missing here", "add it")
    if sort in ("enum", "literal_error"):
        words = [word.strip("'") for word in str(detail["ctx"]["expected"]).replace(" or ", ", ").split(", ")]
        remedy = f"write one of {', '.join(words)}"
        if not isinstance(word, str):
            return Diagnostic(place, "P03", "this has to be a word", remedy)
        return Diagnostic(place, "P04", f"unknown word `{word}`", suggestion(word, words) or remedy)
    if sort == "string_pattern_mismatch":
        remedy = _SPELLING[detail["ctx"]["pattern"]]
        return Diagnostic(place, "P05", f"`{word}` is not spelt as a name is here", remedy)
    unforeseen = "P03", "this value cannot stand here", "compare with the other policy files"
    code, message, remedy = _WORDED.get(sort, unforeseen)
    return Diagnostic(place, code, message, remedy.format(**detail.get("ctx", {})))


def _existing(document: Document, location: tuple[int | str, ...]) -> Path:
    """The part of pydantic's location that leads to something in the document."""
    path: Path = ()
    for step in location:
        if (*path, step) in document.places:
            path = (*path, step)
    return path


def _keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand where `location` leads."""
    for step in location:
        if isinstance(step, int):
            continue
        fields = {info.alias or name: info for name, info in model.model_fields.items()}
        if step in fields:
            model = next(_models(fields[step].annotation), model)
    return [info.alias or name for name, info in model.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (list, dict, Union, types.UnionType, Annotated):
        for argument in get_args(annotation):
            yield from _models(argument)
