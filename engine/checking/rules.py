"""Rules, standing answers, scopes, deviations and loosenings as text -> as checked, each fault with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.checking.cache import CONDITIONS
from engine.checking.dead_conditions import can_hold
from engine.checking.names import DefinedNames
from engine.checking.report import CheckReport, SourceFile
from engine.checking.unstated_values import UnstatedValue, find_unstated_values
from engine.contract.vocabulary import Vocabulary, Word
from engine.diagnostics import Diagnostic, suggestion
from engine.language.errors import ConditionFaults
from engine.language.expressions import Constant, Expression
from engine.language.rule_engine_parser import parse_condition
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DeviationText,
    DirectiveFile,
    PolicyFile,
    RuleText,
    ScopeText,
    StandingAnswerText,
)
from engine.policy.model import StandingAnswer
from engine.policy.rules import Cited, Loosening, Period, Rule, ScopeRule
from engine.policy.sentences import ConditionalSentence


@dataclass(frozen=True, slots=True)
class Deviation:
    """A shared rule that a country suspends (no condition), or narrows by a further one, for a period."""

    rule: str
    period: Period
    narrowed_by: Expression | None
    cited: Cited


def check_condition(
    report: CheckReport, document: Document, path: Path, text: str, parameters: Mapping[str, Word]
) -> Expression:
    """Return the parsed condition; after reporting its faults, one that stands in for it."""
    try:
        when, holds, unstated = _parse(text, report.vocabulary, parameters)
    except ConditionFaults as error:
        for fault in error.faults:
            place = document.place_within(path, fault.start, fault.end)
            report.findings.append(Diagnostic(place, str(fault.code), fault.message, fault.remedy))
        return Constant(False)
    for value in unstated:
        report.add(document.place_within(path, value.start, value.end), "X03", value.message, value.remedy)
    if not holds and not unstated:
        place = document.place_within(path, 0)
        remedy = "look for an `and` where `or` is meant, or take the part out that never holds"
        report.add(place, "X02", "the condition can never hold", remedy)
    return when


def _parse(
    text: str, vocabulary: Vocabulary, parameters: Mapping[str, Word]
) -> tuple[Expression, bool, tuple[UnstatedValue, ...]]:
    """Return the condition, whether it can ever hold, and what in it cannot be stated. Raises ConditionFaults."""
    key = text, vocabulary.declarations, frozenset(parameters.items())
    found = CONDITIONS.get(key)
    if found is None:
        when = parse_condition(text, vocabulary.words, parameters)
        words = {**vocabulary.words, **{f"{{{name}}}": word for name, word in parameters.items()}}
        found = when, can_hold(when, words), tuple(find_unstated_values(text, when, vocabulary.words))
        CONDITIONS.put(key, found, len(text))
    return found


def check_sentences(
    document: Document,
    path: Path,
    text: RuleText | StandingAnswerText,
    names: DefinedNames,
    parameters: Mapping[str, Word],
) -> tuple[ConditionalSentence, ...]:
    """Check the plain sentence of a rule or standing answer, and return those spoken under a condition."""
    names.sentence(document, (*path, "say"), text.say, parameters)
    found = []
    for index, entry in enumerate(text.say_when):
        at = (*path, "say_when", index)
        names.sentence(document, (*at, "say"), entry.say, parameters)
        when = check_condition(names.report, document, (*at, "when"), entry.when, parameters)
        place, translations = document.place((*at, "when")), names.report.languages.translations(entry.say)
        found.append(ConditionalSentence(when, entry.say, place, translations))
    return tuple(found)


def check_rules(
    source: SourceFile[DirectiveFile] | SourceFile[PolicyFile],
    names: DefinedNames,
    parameters: Mapping[str, Word],
) -> tuple[Rule, ...]:
    """Check the rules of one file, except for the names of other rules in them."""
    return tuple(
        _rule(source.document, ("rules", index), text, names, parameters)
        for index, text in enumerate(source.content.rules)
    )


def _rule(
    document: Document, path: Path, text: RuleText, names: DefinedNames, parameters: Mapping[str, Word]
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
        say_when=check_sentences(document, path, text, names, parameters),
        say_in=report.languages.translations(text.say),
    )


def check_standing_answer(
    directive: SourceFile[DirectiveFile], key: str, text: StandingAnswerText, names: DefinedNames
) -> StandingAnswer:
    """Check what is answered where no rule decides; it speaks for all countries, and names no parameter."""
    document, path = directive.document, ("standing_answers", key)
    no_parameters: Mapping[str, Word] = {}
    names.terms(document, (*path, "duties"), text.duties)
    return StandingAnswer(
        cited=names.cited(document, path, text.clause, text.reading),
        duties=names.duties(document, (*path, "duties"), text.duties, text.clause[0], no_parameters),
        say=text.say,
        say_when=check_sentences(document, path, text, names, no_parameters),
        say_in=names.report.languages.translations(text.say),
    )


def check_scope(
    source: SourceFile[DirectiveFile] | SourceFile[PolicyFile],
    names: DefinedNames,
    parameters: Mapping[str, Word],
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
    source: SourceFile[DirectiveFile] | SourceFile[PolicyFile],
    rules: Collection[str],
    report: CheckReport,
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
    source: SourceFile[PolicyFile],
    shared: Sequence[Rule],
    names: DefinedNames,
    parameters: Mapping[str, Word],
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
    source: SourceFile[PolicyFile], names: DefinedNames, parameters: Mapping[str, Word]
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
