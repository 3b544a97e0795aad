"""Rules, scope rules, parameters and deviations as text -> as checked, each fault with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from engine.checking.cache import CONDITIONS
from engine.checking.dead_conditions import can_hold
from engine.checking.names import Names
from engine.checking.report import Report, Source
from engine.contract.request import WORDS, Kind, Value, Word
from engine.diagnostics import Diagnostic, suggestion
from engine.language.errors import ConditionFaults
from engine.language.expressions import Constant, Expression
from engine.language.rule_engine_parser import parse_condition
from engine.language.syntax import name_of
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DeviationText,
    DirectiveFile,
    PolicyFile,
    RuleText,
    ScopeText,
    ValueText,
)
from engine.policy.model import Cited, Loosening, ParameterValue, Period, Rule, ScopeRule


@dataclass(frozen=True, slots=True)
class Deviation:
    """A shared rule that a country suspends (no condition), or narrows by a further one, for a period."""

    rule: str
    period: Period
    narrowed_by: Expression | None
    cited: Cited


def check_condition(
    report: Report, document: Document, path: Path, text: str, parameters: Mapping[str, Word]
) -> Expression:
    """Return the parsed condition; after reporting its faults, one that stands in for it."""
    try:
        when, holds = _parse(text, parameters)
    except ConditionFaults as error:
        for fault in error.faults:
            place = document.place_within(path, fault.start, fault.end)
            report.findings.append(Diagnostic(place, str(fault.code), fault.message, fault.remedy))
        return Constant(False)
    if not holds:
        place = document.place_within(path, 0)
        remedy = "look for an `and` where `or` is meant, or take the part out that never holds"
        report.findings.append(Diagnostic(place, "X02", "the condition can never hold", remedy))
    return when


def _parse(text: str, parameters: Mapping[str, Word]) -> tuple[Expression, bool]:
    """Return the condition and whether it can ever hold. Raises ConditionFaults."""
    key = text, frozenset(parameters.items())
    found = CONDITIONS.recall(key)
    if found is None:
        when = parse_condition(text, WORDS, parameters)
        words = {**WORDS, **{f"{{{name}}}": word for name, word in parameters.items()}}
        found = when, can_hold(when, words)
        CONDITIONS.keep(key, found, len(text))
    return found


def check_rules(
    source: Source[DirectiveFile] | Source[PolicyFile], names: Names, parameters: Mapping[str, Word]
) -> tuple[Rule, ...]:
    """Check the rules of one file, apart from the rules they name."""
    return tuple(
        _rule(source.document, ("rules", index), text, names, parameters)
        for index, text in enumerate(source.content.rules)
    )


def _rule(
    document: Document, path: Path, text: RuleText, names: Names, parameters: Mapping[str, Word]
) -> Rule:
    report = names.report
    cite_when = []
    for index, citation in enumerate(text.cite_when):
        at = (*path, "cite_when", index)
        when = check_condition(report, document, (*at, "when"), citation.when, parameters)
        cite_when.append(names.cited(document, at, citation.clause, citation.reading, when))
    if text.exception_to and text.exception_to_every:
        message = "a rule is an exception either to rules by name or to every rule with an outcome"
        report.error(document, (*path, "exception_to_every"), "R23", message, "keep one of the two keys")
    if text.exception_to_every is text.outcome:
        message = f"the rule `{text.rule}` would be an exception to itself"
        report.error(document, (*path, "exception_to_every"), "R05", message, "give it another outcome")
    names.sentence(document, (*path, "say"), text.say, parameters)
    return Rule(
        name=text.rule,
        place=document.place((*path, "rule")),
        exception_to=frozenset(text.exception_to or ()),
        exception_to_every=text.exception_to_every,
        beats=frozenset(text.beats or ()),
        period=names.period(document, (*path, "in_force"), text.in_force),
        when=check_condition(report, document, (*path, "when"), text.when, parameters),
        outcome=text.outcome,
        cited=names.cited(document, path, text.clause, text.reading),
        cite_when=tuple(cite_when),
        duties=names.duties(document, (*path, "duties"), text.duties, text.clause[0], parameters),
        terms=names.terms(document, (*path, "duties"), text.duties),
        say=text.say,
    )


def check_scope(
    source: Source[DirectiveFile] | Source[PolicyFile], names: Names, parameters: Mapping[str, Word]
) -> tuple[ScopeRule, ...]:
    """Check the scope rules of one file."""

    def checked(index: int, text: ScopeText) -> ScopeRule:
        document, path = source.document, ("scope", index)
        return ScopeRule(
            name=text.scope,
            place=document.place((*path, "scope")),
            period=names.period(document, (*path, "in_force"), text.in_force),
            when=check_condition(names.report, document, (*path, "when"), text.when, parameters),
            cited=names.cited(document, path, text.clause, text.reading),
        )

    return tuple(checked(index, text) for index, text in enumerate(source.content.scope))


def check_links(
    source: Source[DirectiveFile] | Source[PolicyFile], rules: Collection[str], report: Report
) -> None:
    """Report exceptions to, and victories over, rules that the file cannot see (R04), or the rule itself (R05)."""
    for index, text in enumerate(source.content.rules):
        for key, others in (("exception_to", text.exception_to), ("beats", text.beats)):
            for position, other in enumerate(others or ()):
                path = ("rules", index, key, position)
                if other == text.rule:
                    remedy = "name another rule, or take it out"
                    report.error(source.document, path, "R05", f"the rule `{other}` names itself", remedy)
                elif other not in rules:
                    near = suggestion(other, rules)
                    remedy = near or "name a rule of this file or of the directive it follows"
                    report.error(source.document, path, "R04", f"unknown rule `{other}`", remedy)


def check_deviations(
    source: Source[PolicyFile], shared: Sequence[Rule], names: Names, parameters: Mapping[str, Word]
) -> tuple[Deviation, ...]:
    """Check how a country departs from the shared rules (R04, R19, R24)."""
    document, report = source.document, names.report
    if source.content.deviations and not source.content.follows:
        message = "a policy that follows no directive has nothing to deviate from"
        report.error_at_key(
            document, ("deviations",), "R24", message, "add `follows:`, or take the deviations out"
        )

    def checked(index: int, text: DeviationText) -> Deviation:
        path = ("deviations", index)
        if (text.suspend is None) is (text.narrow is None) or (text.narrow is None) is not (
            text.when is None
        ):
            message = "a deviation either suspends a rule, or narrows one by a condition"
            report.error(
                document, path, "R19", message, "write `suspend: rule`, or `narrow: rule` with `when:`"
            )
        name = text.suspend or text.narrow or ""
        if name and name not in {rule.name for rule in shared}:
            key = "suspend" if text.suspend else "narrow"
            remedy = suggestion(name, [rule.name for rule in shared]) or "name a rule of the directive"
            report.error(document, (*path, key), "R04", f"unknown shared rule `{name}`", remedy)
        when = (
            check_condition(report, document, (*path, "when"), text.when, parameters) if text.when else None
        )
        period = names.period(document, (*path, "in_force"), text.in_force)
        return Deviation(name, period, when, names.cited(document, path, text.clause, text.reading))

    return tuple(checked(index, text) for index, text in enumerate(source.content.deviations))


def check_loosenings(
    source: Source[PolicyFile], names: Names, parameters: Mapping[str, Word]
) -> tuple[Loosening, ...]:
    """Check where a policy may answer less strictly than the shared rules (R24)."""
    document, report = source.document, names.report
    if source.content.may_loosen and not source.content.follows:
        message = "a policy that follows no directive has no shared rules to loosen"
        report.error_at_key(
            document, ("may_loosen",), "R24", message, "add `follows:`, or take `may_loosen` out"
        )
    return tuple(
        Loosening(
            place=document.place(("may_loosen", index)),
            when=check_condition(report, document, ("may_loosen", index, "when"), text.when, parameters),
            cited=names.cited(document, ("may_loosen", index), text.clause, text.reading),
            reason=text.reason,
        )
        for index, text in enumerate(source.content.may_loosen)
    )


_KIND_OF: Mapping[type, Kind] = {
    bool: Kind.TRUTH,
    str: Kind.TEXT,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    dt.date: Kind.DATE,
}


def check_parameters(
    source: Source[PolicyFile], declared: Mapping[str, Word], report: Report
) -> dict[str, tuple[ParameterValue, ...]]:
    """Check the dated values of every declared parameter (R11 to R15, R17)."""
    document, content = source.document, source.content
    asked = {name: word for name, word in declared.items() if name != "country"}
    unknown = {name: suggestion(name, asked) for name in content.parameters.keys() - asked.keys()}
    for name in asked.keys() - content.parameters.keys():
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
        for name, word in asked.items()
        if name in content.parameters
    }


def _values(
    document: Document, path: Path, texts: Sequence[ValueText], word: Word, report: Report
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


def _value(document: Document, path: Path, text: ValueText, word: Word, report: Report) -> Value | None:
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
