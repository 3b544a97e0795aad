"""Rules, standing answers, scopes, deviations and loosenings as text -> as checked, each fault with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.checking.checked_rules import CheckedRules
from engine.checking.conditions import check_condition
from engine.checking.names import DefinedNames
from engine.checking.report import CheckReport, SourceFile
from engine.checking.row_tables import PlacedRule, check_order, in_order, placed_rules
from engine.checking.rule_texts import check_duties, check_sentences
from engine.contract.vocabulary import Word
from engine.diagnostics import suggestion
from engine.language.expressions import Expression
from engine.loading.document import Document, Path
from engine.loading.file_schema import (
    DeviationText,
    DirectiveFile,
    PolicyFile,
    ScopeText,
    StandingAnswerText,
    TooOldAnswerText,
)
from engine.loading.rule_schema import RuleText
from engine.policy.rules import Cited, Counts, Loosening, Period, Rule, RuleTable, ScopeRule
from engine.policy.standing_answers import TOO_OLD, StandingAnswer, neutral_too_old_answer


@dataclass(frozen=True, slots=True)
class Deviation:
    """A shared rule that a country suspends (no condition), or narrows by a further one, for a period."""

    rule: str
    period: Period
    narrowed_by: Expression | None
    cited: Cited


def check_rules(
    source: SourceFile[DirectiveFile] | SourceFile[PolicyFile],
    names: DefinedNames,
    parameters: Mapping[str, Word],
    shared: Sequence[Rule] = (),
) -> tuple[Rule, ...]:
    """Check the rules of one file, except for the names of other rules in them; it sees the `shared` ones as well."""
    document, before = source.document, CheckedRules(source.document, names, parameters)

    def check(placed: PlacedRule, own: DefinedNames) -> Rule:
        return _rule(document, placed, own, parameters)

    return in_order([before.check(placed, check) for placed in placed_rules(source.content)], shared)


def _rule(
    document: Document, placed: PlacedRule, names: DefinedNames, parameters: Mapping[str, Word]
) -> Rule:
    report, path, text = names.report, placed.path, placed.text
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
    duties, terms, duties_when = check_duties(document, path, text, names, parameters)
    return Rule(
        name=text.rule,
        place=document.place((*path, "rule")),
        exception_to=frozenset(placed.exception_to),
        exception_to_every=text.exception_to_every,
        beats=frozenset(text.beats or ()),
        period=names.required(
            document, path, text.ruling, names.period(document, (*path, "in_force"), text.in_force)
        ),
        when=check_condition(report, document, (*path, "when"), text.when, parameters),
        outcome=text.outcome,
        cited=_cited(document, path, text, names),
        cite_when=tuple(cite_when),
        duties=duties,
        terms=terms,
        duties_when=duties_when,
        say=text.say,
        say_when=check_sentences(document, path, text, names, parameters),
        table=RuleTable(placed.table.table, Counts(placed.table.counts)) if placed.table else None,
        say_in=report.languages.translations(text.say),
    )


def _cited(document: Document, path: Path, text: RuleText, names: DefinedNames) -> Cited:
    """What a rule cites: the ruling it requires stands in the ruling book beside the readings, and after them."""
    cited = names.cited(document, path, text.clause, text.reading)
    return replace(cited, readings=(*cited.readings, text.ruling)) if text.ruling else cited


def check_standing_answer(
    directive: SourceFile[DirectiveFile], key: str, text: StandingAnswerText, names: DefinedNames
) -> StandingAnswer:
    """Check what is answered where no rule decides; it speaks for all countries, and names no parameter."""
    answer, path = _unconditional_answer(directive, key, text, names), ("standing_answers", key)
    return replace(answer, say_when=check_sentences(directive.document, path, text, names, {}))


def check_too_old_answer(
    directive: SourceFile[DirectiveFile], usual: StandingAnswer, names: DefinedNames
) -> StandingAnswer:
    """Check what is answered while something of the policies is too old: where nothing is stated, as `usual` cites.

    It has no sentence under a condition: what is too old is so for every request.
    """
    text = directive.content.standing_answers.policies_too_old
    if text is None:
        return neutral_too_old_answer(usual, directive.content.editing_party)
    names.sentence(directive.document, ("standing_answers", TOO_OLD, "say"), text.say, {})
    return _unconditional_answer(directive, TOO_OLD, text, names)


def _unconditional_answer(
    directive: SourceFile[DirectiveFile], key: str, text: TooOldAnswerText, names: DefinedNames
) -> StandingAnswer:
    document, path = directive.document, ("standing_answers", key)
    no_parameters: Mapping[str, Word] = {}
    names.terms(document, (*path, "duties"), text.duties)
    return StandingAnswer(
        cited=names.cited(document, path, text.clause, text.reading),
        duties=names.duties(document, (*path, "duties"), text.duties, text.clause[0], no_parameters),
        say=text.say,
        say_when=(),
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
    check_order(source.document, source.content, report)
    for path, rule, others in _links(source.content):
        for position, other in enumerate(others or ()):
            at = (*path, position)
            if other == rule:
                remedy = "name another rule, or take it out"
                report.error(source.document, at, "R05", f"the rule `{other}` names itself", remedy)
            elif other not in rules:
                near = suggestion(other, rules)
                remedy = near or "name a rule of this file or of the directive it follows"
                report.error(source.document, at, "R04", f"unknown rule `{other}`", remedy)


def _links(content: DirectiveFile | PolicyFile) -> Iterator[tuple[Path, str | None, Sequence[str] | None]]:
    """The lists of other rules' names: the path to each, and the rule that has it, if it is not a table's."""
    for placed in placed_rules(content):
        yield (*placed.path, "exception_to"), placed.text.rule, placed.text.exception_to
        yield (*placed.path, "beats"), placed.text.rule, placed.text.beats
    for index, table in enumerate(content.tables):
        yield ("tables", index, "exception_to"), None, table.exception_to


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

    named: dict[str, list[str]] = {}
    for rule in shared:
        for name in (rule.name, *([rule.table.name] if rule.table else [])):
            named.setdefault(name, []).append(rule.name)

    def checked(index: int, text: DeviationText) -> Iterator[Deviation]:
        path = ("deviations", index)
        if (text.suspend is None) is (text.narrow is None) or (text.narrow is None) is not (
            text.when is None
        ):
            message = "a deviation either suspends a rule, or narrows one by a condition"
            report.error(
                document, path, "R19", message, "write `suspend: rule`, or `narrow: rule` with `when:`"
            )
        key = "suspend" if text.suspend else "narrow"
        for position, name in enumerate(text.departed):
            if name not in named:
                remedy = suggestion(name, named) or "name a rule of the directive"
                report.error(document, (*path, key, position), "R04", f"unknown shared rule `{name}`", remedy)
        when = (
            check_condition(report, document, (*path, "when"), text.when, parameters) if text.when else None
        )
        period = names.period(document, (*path, "in_force"), text.in_force)
        cited = names.cited(document, path, text.clause, text.reading)
        for rule in dict.fromkeys(rule for name in text.departed for rule in named.get(name, ())):
            yield Deviation(rule, period, when, cited)

    return tuple(
        found for index, text in enumerate(source.content.deviations) for found in checked(index, text)
    )


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
