"""The dated values of parameters as text -> as checked, each fault with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from engine.checking.membership import entries_of
from engine.checking.report import CheckReport, SourceFile
from engine.contract.vocabulary import Kind, Value, Word
from engine.diagnostics import suggestion
from engine.language.syntax import name_of
from engine.loading.country_schema import ValueText
from engine.loading.document import Document, Path
from engine.loading.file_schema import PolicyFile
from engine.policy.model import ParameterValue
from engine.policy.rules import Period

_KIND_OF: Mapping[type, Kind] = {
    bool: Kind.TRUTH,
    str: Kind.TEXT,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    dt.date: Kind.DATE,
}


ParameterValues = Mapping[str, tuple[ParameterValue, ...]]


def check_parameters(
    source: SourceFile[PolicyFile], declared: Mapping[str, Word], report: CheckReport
) -> tuple[ParameterValues, Mapping[str, ParameterValues]]:
    """Check the dated values of every declared parameter (R11 to R15, R17).

    Returns those of the file, and by its code what each country of a group has in their place. Every country has to
    have them all.
    """
    document, content = source.document, source.content
    expected = {name: word for name, word in declared.items() if name != "country"}
    common = _stated(document, ("parameters",), content.parameters, expected, report)
    own: dict[str, ParameterValues] = {}
    for index, entry in enumerate(entries_of(content)):
        path = ("countries", index, "parameters")
        if entry.parameters and own.get(entry.country):
            message = f"{entry.country} has `parameters` in two of its entries"
            remedy = "put them into one; their values can have days of their own"
            report.error_at_key(document, path, "R38", message, remedy)
        elif entry.parameters:
            own[entry.country] = _stated(document, path, entry.parameters, expected, report)
    stated = {*content.parameters, *(name for entry in entries_of(content) for name in entry.parameters)}
    mistyped = {suggestion(name, expected) for name in stated - expected.keys()}
    for name in expected.keys() - common.keys():
        if suggestion(name, [name]) not in mistyped:
            _report_missing(source, name, own, report)
    return common, own


def _stated(
    document: Document,
    path: Path,
    texts: Mapping[str, Sequence[ValueText]],
    expected: Mapping[str, Word],
    report: CheckReport,
) -> ParameterValues:
    """The values of the parameters that stand at `path`, reporting those that nobody declares (R14)."""
    for name in texts.keys() - expected.keys():
        remedy = suggestion(name, expected) or "declare it under `own_parameters`, or take it out"
        report.error_at_key(document, (*path, name), "R14", f"unknown parameter `{name}`", remedy)
    return {
        name: _values(document, (*path, name), texts[name], word, report)
        for name, word in expected.items()
        if name in texts
    }


def _report_missing(
    source: SourceFile[PolicyFile], name: str, own: Mapping[str, ParameterValues], report: CheckReport
) -> None:
    """Report a parameter that the file does not state, and not each of its countries (R13)."""
    remedy = (
        "add it; where the value is not known, with `status: not_found` and what was searched as `source`"
    )
    if not any(name in values for values in own.values()):
        message = f"the parameter `{name}` is missing"
        report.error_at_key(source.document, ("parameters",), "R13", message, remedy)
        return
    lacking = {entry.country: index for index, entry in enumerate(entries_of(source.content))}
    for code, index in lacking.items():
        if name not in own.get(code, {}):
            message = f"the parameter `{name}` is missing for {code}"
            report.error(source.document, ("countries", index), "R13", message, remedy)


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
        remedy = suggestion(str(given), word.choices) or how_written(word)
        report.error(document, at, "R17", message, remedy)
    elif word.kind is not Kind.CHOICE and kind_of(given) is not word.kind:
        message = f"the parameter is {name_of(word.kind)}, and this is {name_of(kind_of(given))}"
        report.error(document, at, "R17", message, how_written(word))
    return given


def kind_of(value: Value) -> Kind:
    """The kind of a value as it is written; a choice is written as a text."""
    return _KIND_OF[type(value)]


def how_written(word: Word) -> str:
    """How a value of a word is written in a policy file."""
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
