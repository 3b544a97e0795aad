"""A policy set as plain data for readers: the rules, clauses and parameters as valid on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.contract.vocabulary import ITEM, Word
from engine.diagnostics import Place
from engine.language.expression_parts import fact_names
from engine.language.expression_text import describe
from engine.language.expressions import Expression
from engine.policy.bitsets import members
from engine.policy.model import Edition, ParameterValue, Policy, PolicySet
from engine.policy.rules import Cited, Rule


def describe_policies(policies: PolicySet, day: dt.date) -> dict[str, Any]:
    """Return the set's name, revision, status on `day`, source, files, clauses and readings, and its policies."""
    return {
        "name": policies.name,
        "title": policies.title,
        "revision": policies.revision,
        "status": policies.status_on(day),
        "in_force_from": _day(policies.instruction.start) if policies.instruction else None,
        "time_zone": policies.time_zone,
        "source": dict(policies.source),
        "files": list(policies.files),
        "policies": [
            {"name": policy.name, "title": policy.title, **_countries(policy, day)}
            for policy in policies.policies
        ],
        "clauses": [
            {"clause": clause.id, "text": clause.text, "who": clause.who, "no_rule": clause.no_rule}
            for clause in policies.clauses.values()
        ],
        "readings": [
            {
                "reading": r.id,
                "clauses": list(r.clauses),
                "question": r.question,
                "taken": r.taken,
                "status": r.status,
            }
            for r in policies.readings.values()
        ],
    }


def describe_vocabulary(policies: PolicySet) -> dict[str, Any]:
    """Return the words of the set: every fact that a request may state, in order, and who asks and answers."""
    vocabulary, parties = policies.vocabulary, policies.parties
    return {
        "revision": policies.revision,
        "asking_party": vocabulary.asking_party,
        "parties": dict(parties),
        "groups": dict(vocabulary.declarations.groups),
        "facts": [_fact(vocabulary.words[name]) for name in vocabulary.facts],
    }


def _fact(word: Word) -> dict[str, Any]:
    return {
        "fact": word.name,
        "of": "line" if word.name.startswith(ITEM) else "request",
        "kind": word.kind.value,
        "choices": word.choices_in_words if word.choices else None,
        "least": word.least,
        "most": word.most,
        "whole": word.whole or None,
        "ask": word.ask,
        "answered_by": word.answered_by,
        "owner": word.owner,
    }


def describe_policy(policies: PolicySet, name: str, day: dt.date) -> dict[str, Any] | None:
    """Return one policy with its scope, rules and parameters as valid on `day`; None if there is none."""
    policy = next((policy for policy in policies.policies if policy.name == name), None)
    if policy is None:
        return None
    edition = policy.edition_on(day)
    return {
        "name": policy.name,
        "title": policy.title,
        **_countries(policy, day),
        "file": policy.file,
        "revision": policies.revision,
        "status": policies.status_on(day),
        "as_of": day.isoformat(),
        "scope": [
            {"scope": entry.name, "when": describe(entry.when), **_cited(entry.cited)}
            for entry in edition.scope
        ],
        "rules": [_rule(edition, index, rule) for index, rule in enumerate(edition.rules)],
        "parameters": {
            parameter: [_value(value) for value in values] for parameter, values in policy.parameters.items()
        },
    }


def _countries(policy: Policy, day: dt.date) -> dict[str, Any]:
    """The country of a policy, and of a group all countries of that day; or, of all others, those it is not for."""
    members = policy.edition_on(day).members
    country = {"country": policy.country}
    if members.others:
        return country | {"all_others_but": sorted(members.codes)}
    return country | ({"countries": sorted(members.codes)} if policy.countries and not policy.country else {})


def _rule(edition: Edition, index: int, rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "at": str(rule.place),
        "exception_to": [edition.rules[general].name for general in members(edition.generals[index])],
        "beaten_by": [edition.rules[beater].name for beater in members(edition.beaters[index])],
        "when": describe(rule.when),
        "outcome": rule.outcome.value,
        **_cited(rule.cited),
        "duties": [
            *(duty.model_dump(exclude_none=True) for duty in rule.duties),
            *(
                {**entry.duty.model_dump(exclude_none=True), "when": describe(entry.when)}
                for entry in rule.duties_when
            ),
        ],
        "say": rule.say,
        "say_when": [{"when": describe(entry.when), "say": entry.say} for entry in rule.say_when],
    }


def _cited(cited: Cited) -> dict[str, list[str]]:
    return {"clauses": list(cited.clauses), "readings": list(cited.readings)}


def _value(value: ParameterValue) -> dict[str, Any]:
    shown = value.value if isinstance(value.value, bool | str | int | None) else str(value.value)
    period = {"from": _day(value.period.start), "until": _day(value.period.end)}
    return {"value": shown, "status": value.status, "source": value.source, **period}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def clause_coverage(policies: PolicySet) -> dict[str, tuple[str, ...]]:
    """Return, for each clause, the rules and scope rules that cite it in any edition of any policy."""
    citing: dict[str, set[str]] = {clause: set() for clause in policies.clauses}
    for policy in policies.policies:
        for edition in policy.editions:
            for name, cited in _citations(edition):
                for clause in cited.clauses:
                    citing[clause].add(name)
            for rule in edition.rules:
                for duty in rule.all_duties:
                    citing[duty.clause].add(rule.name)
    for name, answer in policies.standing_answers.items():
        for clause in (*answer.cited.clauses, *(duty.clause for duty in answer.duties)):
            citing[clause].add(name)
    return {clause: tuple(sorted(names)) for clause, names in citing.items()}


def conditions_of(policies: PolicySet) -> frozenset[tuple[Place, frozenset[str]]]:
    """Return the place of every rule and scope rule, in any edition, with the facts its conditions read.

    So do the conditions of sentences that standing answers say, each at its own place.
    """
    read = set[tuple[Place, frozenset[str]]]()
    for edition in (edition for policy in policies.policies for edition in policy.editions):
        for entry in edition.scope:
            read.add((entry.place, _facts_read(entry.when)))
        for rule in edition.rules:
            read.add((rule.place, _facts_read(rule.when, *rule.word_conditions)))
    for answer in policies.standing_answers.values():
        read.update((entry.place, fact_names(entry.when)) for entry in answer.say_when)
    return frozenset(read)


def _facts_read(*conditions: Expression) -> frozenset[str]:
    return frozenset[str]().union(*map(fact_names, conditions))


def rule_names(policies: PolicySet) -> frozenset[str]:
    """The names of all rules, scope rules and standing answers, in every edition."""
    editions = [edition for policy in policies.policies for edition in policy.editions]
    return frozenset(
        {rule.name for edition in editions for rule in edition.rules}
        | {entry.name for edition in editions for entry in edition.scope}
        | policies.standing_answers.keys()
    )


def _citations(edition: Edition) -> list[tuple[str, Cited]]:
    """Every citation of an edition, with the rule or scope rule that makes it."""
    return [
        *((entry.name, entry.cited) for entry in edition.scope),
        *((rule.name, cited) for rule in edition.rules for cited in (rule.cited, *rule.cite_when)),
    ]
