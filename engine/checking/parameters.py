"""The dated values of parameters as text -> as checked, each fault with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from engine.checking.report import CheckReport, SourceFile
from engine.contract.vocabulary import Kind, Value, Word
from engine.diagnostics import suggestion
from engine.language.syntax import name_of
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    PolicyFile,
    ValueText,
)
from engine.policy.model import ParameterValue
from engine.policy.rules import Period

_KIND_OF: Mapping[type, Kind] = {
    bool: Kind.TRUTH,
    str: Kind.TEXT,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    dt.date: Kind.DATE,
}


def check_parameters(
    source: SourceFile[PolicyFile], declared: Mapping[str, Word], report: CheckReport
) -> dict[str, tuple[ParameterValue, ...]]:
    """Check the dated values of every declared parameter (R11 to R15, R17)."""
    document, content = source.document, source.content
    expected = {name: word for name, word in declared.items() if name != "country"}
    unknown = {name: suggestion(name, expected) for name in content.parameters.keys() - expected.keys()}
    for name in expected.keys() - content.parameters.keys():
        if suggestion(name, [name]) in unknown.values():
            continue
        report.error_at_key(
            document,
            ("parameters",),
            "R13",
            f"the parameter `{name}` is missing",
            "add it; where the value is not known, with `status: not_found` and what was searched as `source`",
        )
    for name, near in unknown.items():
        remedy = near or "declare it under `own_parameters`, or take it out"
        report.error_at_key(document, ("parameters", name), "R14", f"unknown parameter `{name}`", remedy)
    return {
        name: _values(document, ("parameters", name), content.parameters[name], word, report)
        for name, word in expected.items()
        if name in content.parameters
    }


def _values(
    document: Document, path: Path, texts: Sequence[ValueText], word: Word, report: CheckReport
) -> tuple[ParameterValue, ...]:
    values: list[ParameterValue] = []
    for index, text in enumerate(texts):
        at = (*path, index)
        value = ParameterValue(
            _value(document, at, text, word, report), text.status, text.source, _period(text)
        )
        if text.from_ and text.until and text.until < text.from_:
            report.error(
                document, (*at, "until"), "R11", "the value ends before it begins", "exchange from and until"
            )
        for other in values:
            if other.period.overlaps(value.period):
                message = "two values of the parameter hold on the same day"
                report.error(
                    document, at, "R12", message, "end one with `until` before the other begins with `from`"
                )
        values.append(value)
    return tuple(values)


def _period(text: ValueText) -> Period:
    return Period(text.from_, text.until)


def _value(document: Document, path: Path, text: ValueText, word: Word, report: CheckReport) -> Value | None:
    given, at = text.value, (*path, "value")
    if (given is None) is not (text.status == "not_found"):
        remedy = "a value goes with `sourced` or `inferred`, none with `not_found`"
        if given is None:
            message = f"`{text.status}` stands without a value"
            report.error(document, (*path, "status"), "R15", message, remedy)
        else:
            report.error(document, at, "R15", "a value stands beside `not_found`", remedy)
    elif given is None:
        return None
    elif word.kind is Kind.CHOICE and word.choices and given not in word.choices:
        message = f"`{document.written(at)}` is not one of the choices"
        remedy = suggestion(str(given), word.choices) or _how_written(word)
        report.error(document, at, "R17", message, remedy)
    elif word.kind is not Kind.CHOICE and _KIND_OF[type(given)] is not word.kind:
        message = f"the parameter is {name_of(word.kind)}, and this is {name_of(_KIND_OF[type(given)])}"
        report.error(document, at, "R17", message, _how_written(word))
    return given


def _how_written(word: Word) -> str:
    match word.kind:
        case Kind.TRUTH:
            return "write true or false, without quotes"
        case Kind.CHOICE:
            return f"write one of {', '.join(word.choices)}"
        case Kind.TEXT:
            return "put it in quotes"
        case Kind.NUMBER:
            return "write it in figures, without quotes"
        case Kind.DATE:
            return "write it as YYYY-MM-DD, without quotes"
        case _:
            assert_never(word.kind)
