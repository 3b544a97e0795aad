"""Document -> content in shape: the right keys, each with the right sort of value (codes P01 to P07)."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.checking.report import Report
from engine.diagnostics import Diagnostic, suggestion
from engine.documents import FILE_KINDS, PolicyDocument
from engine.loading import Document, Path

_WORDED = {
    "string_type": ("this has to be a text", "put it in quotes if it is one"),
    "bool_type": ("this has to be true or false", "write true or false, without quotes"),
    "int_type": ("this has to be a whole number", "write it without quotes"),
    "date_type": ("this has to be a day", "write it as YYYY-MM-DD, without quotes"),
    "list_type": ("this has to be a list", "write one entry a line, each beginning with `- `, or [a, b]"),
    "dict_type": ("this has to consist of entries", "write them as `key: value`"),
    "model_type": ("this has to consist of entries", "write them as `key: value`"),
    "too_short": ("this list has too few entries", "add what is missing"),
    "too_long": ("this list has too many entries", "take some out"),
    "string_too_short": ("this text is empty", "write what belongs here"),
    "string_too_long": ("this text is too long", "shorten it"),
    "string_pattern_mismatch": (
        "this name has characters that names do not have",
        "use small letters, digits and hyphens (a parameter or party: underscores; a country: two capitals)",
    ),
    "greater_than_equal": ("this number is too small", "write a larger one"),
    "less_than_equal": ("this number is too large", "write a smaller one"),
}


def shape(document: Document, report: Report) -> PolicyDocument | None:
    """Return the content of `document`, or None after reporting everything that is out of shape."""
    if not isinstance(document.value, dict):
        report.error(document, (), "P06", "a policy file consists of entries", "write them as `key: value`")
        return None
    kinds = [kind for kind in FILE_KINDS if kind in document.value]
    if len(kinds) != 1:
        keys = ", ".join(f"`{kind}`" for kind in FILE_KINDS)
        message = f"the file has {'several' if kinds else 'none'} of the keys {keys}"
        report.error(document, (), "P06", message, "begin the file with exactly one of them")
        return None
    model = FILE_KINDS[kinds[0]]
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        report.findings.extend(sorted({_finding(document, model, detail) for detail in details}))
        return None


def _finding(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Diagnostic:
    path = _existing(document, detail["loc"])
    place = document.place(path)
    sort = detail["type"]
    if sort == "extra_forbidden":
        key = str(detail["loc"][-1])
        remedy = suggestion(key, _keys(model, detail["loc"][:-1])) or "take it out"
        if document.value_at(path) is None:
            remedy = "put the text that it belongs to in quotes: a comma within { } begins a new entry"
        return Diagnostic(document.key_place(path), "P01", f"unknown key `{key}`", remedy)
    if sort == "missing":
        return Diagnostic(place, "P02", f"`{detail['loc'][-1]}` is missing here", "add it")
    if sort in ("enum", "literal_error"):
        words = [word.strip("'") for word in str(detail["ctx"]["expected"]).replace(" or ", ", ").split(", ")]
        remedy = suggestion(str(document.value_at(path)), words) or f"write one of {', '.join(words)}"
        return Diagnostic(place, "P04", f"unknown word `{document.value_at(path)}`", remedy)
    if detail["loc"][-1] == "[key]":
        place = document.key_place(path)
    message, remedy = _WORDED.get(
        sort, ("this value cannot stand here", "compare with the other policy files")
    )
    value = document.value_at(path)
    if sort == "bool_type" or (isinstance(value, str) and value.lower() in ("yes", "no", "on", "off")):
        remedy = "write true or false, without quotes"
    code = "P05" if sort == "string_pattern_mismatch" else "P03"
    return Diagnostic(place, code, message, remedy)


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
