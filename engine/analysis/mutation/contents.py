"""Sets that decide alike and differ only in what some rules cite and require; and which rules a decision is made of.

A decision names the clauses, readings and duties of rules that win, or that are open where none wins. A change of
those of another rule leaves it as it is, word for word but for the revision of the set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields

from engine.contract.request import Request
from engine.contract.vocabulary import country_facts
from engine.evaluation.answer import countries_of, effective_day, winners
from engine.evaluation.default_logic import Assessment, assess, awaits_instruction
from engine.language.expressions import evaluate
from engine.policy.model import Edition, Policy, PolicySet
from engine.policy.rules import Rule, ScopeRule
from engine.policy.standing_answers import StandingAnswer, StandingCase

SEVERAL_COUNTRIES = "several_countries"
"""The name, among those of rules, of what is cited for requests about several countries."""

_OF_SETS = (
    "name",
    "instruction",
    "parties",
    "valid_days",
    "clauses",
    "readings",
    "too_old_answer",
    "vocabulary",
    "line_words",
    "titles",
    "languages",
    "time_zone",
    "floor",
)
_OF_POLICIES = ("name", "title", "declared", "vocabulary")
_OF_EDITIONS = tuple(entry.name for entry in fields(Edition) if entry.name not in ("rules", "scope"))
"""The members that have to be equal in full; what else a set, a policy or an edition has changes no decision."""


def changed_contents(one: PolicySet, other: PolicySet) -> frozenset[str] | None:
    """The rules, scope rules and standing answers that cite or require something else in the other set.

    None if anything else differs on which a decision depends.
    """
    if not _alike(one, other, _OF_SETS) or len(one.policies) != len(other.policies):
        return None
    found = {SEVERAL_COUNTRIES} if one.several_countries != other.several_countries else set[str]()
    for case in StandingCase:
        mine, theirs = one.standing_answers[case], other.standing_answers[case]
        if _spoken(mine) != _spoken(theirs):
            return None
        if (mine.cited, mine.duties) != (theirs.cited, theirs.duties):
            found.add(case)
    for policy, changed in zip(one.policies, other.policies, strict=True):
        names = _changed_in_policy(policy, changed)
        if names is None:
            return None
        found |= names
    return frozenset(found)


def _changed_in_policy(one: Policy, other: Policy) -> set[str] | None:
    if one is other:
        return set()
    if not _alike(one, other, _OF_POLICIES) or len(one.editions) != len(other.editions):
        return None
    found: set[str] = set()
    for edition, changed in zip(one.editions, other.editions, strict=True):
        if not _alike(edition, changed, _OF_EDITIONS):
            return None
        if len(edition.rules) != len(changed.rules) or len(edition.scope) != len(changed.scope):
            return None
        for mine, theirs in zip(edition.rules, changed.rules, strict=True):
            if mine is not theirs:
                if _logic(mine) != _logic(theirs):
                    return None
                if _content(mine) != _content(theirs):
                    found.add(mine.name)
        for entry, changed_entry in zip(edition.scope, changed.scope, strict=True):
            if (entry.name, entry.when) != (changed_entry.name, changed_entry.when):
                return None
            if entry.cited != changed_entry.cited:
                found.add(entry.name)
    return found


def _alike(one: object, other: object, names: tuple[str, ...]) -> bool:
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return all(mine is theirs or mine == theirs for mine, theirs in pairs)


def _spoken(speaker: Rule | StandingAnswer) -> tuple[object, ...]:
    """What it says, in every language."""
    return speaker.say, speaker.say_in, speaker.say_when, tuple(entry.say_in for entry in speaker.say_when)


def _logic(rule: Rule) -> tuple[object, ...]:
    """What has to be equal: all but where it stands, what it cites and what it requires."""
    return rule.name, rule.when, rule.outcome, rule.table, rule.word_conditions, _spoken(rule)


def _content(rule: Rule) -> tuple[object, ...]:
    return rule.cited, rule.cite_when, rule.duties, rule.terms, rule.duties_when


def consulted_rules(policies: PolicySet, request: Request, today: dt.date) -> frozenset[str]:
    """The rules, scope rules and standing answers that the decision of a request may cite something of.

    Those are too many rather than too few.
    """
    as_of = request.as_of or today
    day = effective_day(policies, as_of)
    listed = policies.listed_on(day)
    countries = countries_of(request.mission.countries if request.mission else None)
    found: set[str] = {SEVERAL_COUNTRIES} if len(countries) > 1 else set()
    for item in request.items:
        facts = policies.vocabulary.flatten(request, item, as_of)
        answers = [
            assess(policies, day, {**facts, **country_facts(country, listed)}) for country in countries
        ]
        for answer in answers:
            found.update(_consulted(answer))
            if answer.outcome.permits and policies.floor:  # it may be refused, as what no rule settles is
                found.add(StandingCase.NOT_SETTLED)
        if awaits_instruction([answer.outcome for answer in answers], policies.status_on(as_of)):
            found.update(StandingCase)
    return frozenset(found)


def _consulted(answer: Assessment) -> Iterator[str]:
    for finding in answer.findings:
        scope: tuple[ScopeRule, ...] = finding.edition.scope
        yield from (entry.name for entry in scope if evaluate(entry.when, finding.facts) is not False)
    won = [rule.name for _, rule in winners(answer)]
    yield from won
    if not won:
        yield from StandingCase
        yield from (rule.name for finding in answer.deciding for rule in finding.open_rules)
