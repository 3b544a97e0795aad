"""The files of policies -> the policies that they become, each fault with its place."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.checking.cache import POLICIES, CheckedPart
from engine.checking.checked_rules import setting_of
from engine.checking.editions import build_editions
from engine.checking.filled_rules import FilledRules
from engine.checking.membership import Namings, Speaker, find_namings, speakers_of
from engine.checking.names import DUTY_TEXTS, DefinedNames, check_declarations, words_for
from engine.checking.parameters import ParameterValues, check_parameters
from engine.checking.queried_country import queried_in_loosenings
from engine.checking.report import CheckReport, SourceFile
from engine.checking.reserved_names import check_policy_name
from engine.checking.rules import (
    Deviation,
    check_deviations,
    check_links,
    check_loosenings,
    check_rules,
    check_scope,
)
from engine.contract.vocabulary import COUNTRY, Word
from engine.diagnostics import suggestion
from engine.language.expressions import Comparator, Compare, Fact
from engine.loading.file_schema import DirectiveFile, PolicyFile
from engine.policy.model import Policy
from engine.policy.rules import Loosening, Period, Rule, ScopeRule
from engine.policy.sentences import BRACES

_BINDING = (
    "follows",
    "parameters",
    "own_parameters",
    "deviations",
    "may_loosen",
    "scope_citations",
    "scope",
    "rules",
)
"""The keys by which a file binds somebody; one that says `not_governed` has none of them."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the directive shares with the files that follow it."""

    directive: SourceFile[DirectiveFile]
    rules: tuple[Rule, ...]
    scope: tuple[ScopeRule, ...]
    filled: FilledRules


def check_policy_files(
    directive: SourceFile[DirectiveFile], sources: Sequence[SourceFile[PolicyFile]], names: DefinedNames
) -> list[Policy]:
    """Check the files of policies; one that is for a group may become several."""
    report = names.report
    declared = directive.content.parameters
    check_declarations(directive, "parameters", declared, (*report.vocabulary.words, "country"), report)
    words = words_for(declared, country=True, answered_by=directive.content.editing_party)
    shared = _Shared(
        directive,
        check_rules(directive, names, words),
        check_scope(directive, names, words),
        FilledRules(report.languages),
    )
    check_links(directive, {rule.name for rule in shared.rules}, report)
    namings, setting = find_namings(sources, report), setting_of(names)
    return [
        policy
        for source in sources
        for policy in (
            _policies_before(source, shared, namings, names, setting)
            if source.content.country and not report.faulty
            else _policies_of(source, shared, namings, names)
        )
    ]


def _policies_before(
    source: SourceFile[PolicyFile],
    shared: _Shared,
    namings: Mapping[str, Namings],
    names: DefinedNames,
    setting: tuple[tuple[object, ...], Hashable],
) -> Iterable[Policy]:
    """The policies of a file for one country, those of before where neither it nor the directive has changed."""
    things, token = setting
    things = source.document, shared.directive.document, *things
    found = POLICIES.get(things, token)
    if found is None:
        before = len(names.report.findings)
        own = replace(names, cited_clauses=set(), cited_readings=set())
        policies = tuple(_policies_of(source, shared, namings, own))
        found = CheckedPart(policies, frozenset(own.cited_clauses), frozenset(own.cited_readings))
        if len(names.report.findings) == before:
            POLICIES.put(things, token, found, len(source.document.text))
    names.cited_clauses.update(found.clauses)
    names.cited_readings.update(found.readings)
    return found.made


def _policies_of(
    source: SourceFile[PolicyFile], shared: _Shared, namings: Mapping[str, Namings], names: DefinedNames
) -> Iterator[Policy]:
    content, report = source.content, names.report
    check_policy_name(report, source.document, content.policy)
    follows = content.follows is not None
    inherited = shared.directive.content.parameters if follows else {}
    check_declarations(
        source,
        "own_parameters",
        content.own_parameters,
        (*report.vocabulary.words, "country", *inherited),
        report,
    )
    answered_by = shared.directive.content.editing_party
    words = words_for(
        content.own_parameters, inherited, country=content.is_for_countries, answered_by=answered_by
    )
    rules = check_rules(source, names, words, shared.rules if follows else ())
    scope = (*check_scope(source, names, words), *_not_governed(source, names))
    shared_scope = _cited_anew(source, shared.scope, names)
    if follows:
        rules, scope = (*shared.rules, *rules), (*shared_scope, *scope)
    if not scope:
        message = "the policy binds nobody: it neither follows the directive nor has a `scope`"
        remedy = "write `follows: directive` and the `country`, or add a `scope`"
        report.error(source.document, ("policy",), "R18", message, remedy)
        return
    if follows and not content.is_for_countries:
        message = "the policy follows the directive, but for no country"
        report.error_at_key(source.document, ("follows",), "R18", message, "add the `country`")
    check_links(source, {rule.name for rule in rules}, report)
    deviations = check_deviations(source, shared.rules, names, words)
    may_loosen = check_loosenings(source, names, words)
    common, own = check_parameters(source, words, report)
    if report.faulty:
        return
    draft = _Draft(source, words, tuple(rules), scope, shared, shared_scope, deviations, may_loosen, report)
    for speaker in speakers_of(source, namings, one_by_one=any(map(_says_country, rules))):
        yield draft.policy(speaker, {**common, **own.get(speaker.code or "", {})})


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the policies of one file have in common."""

    source: SourceFile[PolicyFile]
    words: Mapping[str, Word]
    rules: tuple[Rule, ...]
    scope: tuple[ScopeRule, ...]
    shared: _Shared
    shared_scope: tuple[ScopeRule, ...]
    deviations: tuple[Deviation, ...]
    may_loosen: tuple[Loosening, ...]
    report: CheckReport

    def policy(self, speaker: Speaker, parameters: ParameterValues) -> Policy:
        """The policy of some countries of the file, with their parameters."""
        content, source = self.source.content, self.source
        declared = {**content.own_parameters}
        if content.follows:
            declared = {**self.shared.directive.content.parameters, **declared}
        otherwise = {**{name: text.otherwise for name, text in declared.items()}, "country": "the country"}
        editions = build_editions(
            source,
            speaker,
            self.rules,
            self.scope,
            self.deviations,
            parameters,
            otherwise,
            self.shared.filled,
            self.report,
        )
        undeviated = editions
        if content.follows and (content.deviations or content.rules or content.tables or content.scope):
            undeviated = build_editions(
                source,
                speaker,
                self.shared.rules,
                self.shared_scope,
                (),
                parameters,
                otherwise,
                self.shared.filled,
                self.report,
            )
        written = {entry.name: entry for entry in self.shared.scope}
        return Policy(
            name=speaker.name,
            title=content.title,
            follows=content.follows,
            file=source.document.file,
            declared=self.words,
            parameters=parameters,
            editions=editions,
            undeviated=undeviated,
            rules=self.rules,
            scope=tuple(written.get(entry.name, entry) for entry in self.scope),
            vocabulary=self.report.vocabulary,
            may_loosen=queried_in_loosenings(self.may_loosen) if content.countries else self.may_loosen,
        )


def _says_country(rule: Rule) -> bool:
    """Whether a sentence or duty of the rule names the country by its code."""
    spoken = [rule.say, *(one.say for one in rule.say_when)]
    for duty in rule.all_duties:
        spoken += [text for key in DUTY_TEXTS if (text := getattr(duty, key))]
    return any("country" in BRACES.findall(text) for text in spoken)


def _not_governed(source: SourceFile[PolicyFile], names: DefinedNames) -> Iterable[ScopeRule]:
    """What a file speaks of that says that its countries are never governed (R38)."""
    document, text = source.document, source.content.not_governed
    if text is None:
        return
    if not source.content.is_for_countries:
        message = "only countries can be said to be never governed, and the file names none"
        names.report.error_at_key(document, ("not_governed",), "R38", message, "add the `country`")
    for key in _BINDING:
        if getattr(source.content, key):
            message = f"the file says that its countries are never governed, and has `{key}`"
            names.report.error_at_key(document, (key,), "R38", message, "take one of the two out")
    yield ScopeRule(
        name=f"{source.content.policy}-is-not-governed",
        place=document.key_place(("not_governed",)),
        period=Period(),
        when=Compare(Comparator.EQUAL, Fact(COUNTRY), Fact("{country}")),
        cited=names.cited(document, ("not_governed",), text.clause, text.reading),
    )


def _cited_anew(
    source: SourceFile[PolicyFile], shared: Sequence[ScopeRule], names: DefinedNames
) -> tuple[ScopeRule, ...]:
    """The shared scope rules, citing what the file says brings its countries into them (R39)."""
    document, report = source.document, names.report
    known = [entry.name for entry in shared] if source.content.follows else []
    cited = {}
    for index, text in enumerate(source.content.scope_citations):
        path = ("scope_citations", index)
        if text.scope not in known:
            message = f"no shared scope `{text.scope}` binds the countries of this file"
            remedy = suggestion(text.scope, known) or "name a scope of the directive that the file follows"
            report.error(document, (*path, "scope"), "R39", message, remedy)
        elif text.scope in cited:
            message = f"the scope `{text.scope}` is cited twice here"
            report.error(document, (*path, "scope"), "R39", message, "put both into one entry")
        cited[text.scope] = names.cited(document, path, text.clause, text.reading)
    return tuple(replace(entry, cited=cited.get(entry.name, entry.cited)) for entry in shared)
