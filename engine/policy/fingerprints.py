"""The content of each clause and each rule, as plain data with a short hash, so that a later change of it is noticed.

Its place, the layout of its file, comments and the values of parameters are no part of it; nor is
how many countries follow a shared rule, but how one of them departs from it is. Parameters, and what holds of
the set as a whole, have statements of their own: together they say all that decides an answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.contract.decision import Duty
from engine.language.expression_text import describe
from engine.policy.bitsets import members
from engine.policy.description import clause_coverage
from engine.policy.model import Clause, Edition, Invariant, Policy, PolicySet
from engine.policy.rules import Cited, Period, Rule, ScopeRule
from engine.policy.standing_answers import StandingAnswer

_SUSPENDED = {"suspended": True}


@dataclass(frozen=True, slots=True)
class Statement:
    """A clause or a rule by its name, and what it says as data that JSON can hold.

    A clause says its `text`, `who` and `no_rule`. What a rule says stands under `rule`, `scope` (a scope rule) or
    `answer` (a standing answer), and under each of them if the name is given more than once.
    """

    name: str
    says: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of what it says."""
        content = json.dumps(self.says, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Link:
    """A clause and a rule that carries it out; `rule` is None for a clause that none carries out."""

    clause: Statement
    rule: Statement | None

    @property
    def key(self) -> tuple[str, str | None]:
        """The names of both ends."""
        return self.clause.name, self.rule.name if self.rule else None


@dataclass(frozen=True, slots=True)
class AnswerBasis:
    """All that decides the answers of a set: each rule by its name, each parameter in its braces, and the rest."""

    rules: Mapping[str, Statement]
    parameters: Mapping[str, Statement]
    whole: Statement

    def naming(self, parameter: str) -> frozenset[str]:
        """The rules whose conditions or sentences name a parameter, given in its braces."""
        return frozenset(name for name, rule in self.rules.items() if parameter in json.dumps(rule.says))


def find_links(policies: PolicySet) -> tuple[Link, ...]:
    """Return every link of the set, in the directive's order of clauses, the rules of each by name."""
    rules = _rules(policies)
    links: list[Link] = []
    for name, citing in clause_coverage(policies).items():
        clause = Statement(name, _clause(policies.clauses[name]))
        links += [Link(clause, Statement(str(rule), rules[rule])) for rule in citing] or [Link(clause, None)]
    return tuple(links)


def find_answer_basis(policies: PolicySet) -> AnswerBasis:
    """Return all that decides the answers of a set; clauses and readings are named by them and decide nothing."""
    holders: dict[str, list[str]] = {}
    for policy in policies.policies:
        for name in sorted({rule.name for rule in policy.rules}):
            holders.setdefault(name, []).append(policy.name)
    rules = {
        name: Statement(name, {**says, "policies": holders.get(name, [])})
        for name, says in _rules(policies).items()
    }
    parameters = {f"{{{name}}}": says for name, says in _parameters(policies).items()}
    return AnswerBasis(
        rules,
        {name: Statement(name, says) for name, says in parameters.items()},
        Statement("the set", _whole(policies)),
    )


def _parameters(policies: PolicySet) -> dict[str, dict[str, Any]]:
    """What each parameter is, and its values, by the names of the policies that have it."""
    statements: dict[str, dict[str, Any]] = {}
    for policy in policies.policies:
        for name, word in policy.declared.items():
            values = [
                {"value": str(one.value), "status": one.status, **_period(one.period)}
                for one in policy.parameters.get(name, ())
            ]
            statements.setdefault(name, {})[policy.name] = {"word": asdict(word), "values": values}
    return statements


def _whole(policies: PolicySet) -> dict[str, Any]:
    return {
        "instruction": policies.instruction and _period(policies.instruction),
        "time_zone": policies.time_zone,
        "valid_days": policies.valid_days,
        "parties": dict(policies.parties),
        "policies": {policy.name: _countries(policy) for policy in policies.policies},
        "several_countries": _cited(policies.several_countries),
        "several_lines": asdict(policies.line_words),
        "floor": [_invariant(invariant) for invariant in policies.floor],
    }


def _countries(policy: Policy) -> object:
    """The country of a policy; of a group, its countries from each day on which they change."""
    found: list[tuple[str | None, list[str], bool]] = []
    for edition in policy.editions:
        members = sorted(edition.members.codes), edition.members.others
        if not found or found[-1][1:] != members:
            found.append((_day(None if edition.first_day == dt.date.min else edition.first_day), *members))
    return policy.country if len(found) == 1 and len(found[0][1]) < 2 and not found[0][2] else found


def _invariant(invariant: Invariant) -> dict[str, Any]:
    conditions = {"when": invariant.when, "unless": invariant.unless}
    return {
        "name": invariant.name,
        "title": invariant.title,
        **_cited(invariant.cited),
        "property": invariant.property,
        **{key: condition and describe(condition) for key, condition in conditions.items()},
        "never": sorted(invariant.never),
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {"who": clause.who, "text": clause.text, "no_rule": clause.no_rule}


def _rules(policies: PolicySet) -> dict[str, dict[str, Any]]:
    """What each rule, scope rule and standing answer says, under its name."""
    statements: dict[str, dict[str, Any]] = {}
    for policy in policies.policies:
        for rule in policy.rules:
            statements.setdefault(rule.name, {})["rule"] = _rule(rule)
        for entry in policy.scope:
            statements.setdefault(entry.name, {})["scope"] = _scope(entry)
    for case, answer in policies.standing_answers.items():
        content = {**_cited(answer.cited), "duties": _duties(answer.duties), **_sentences(answer)}
        statements.setdefault(case.value, {})["answer"] = content
    for policy in policies.policies:
        for name, departure in _departures(policy):
            statements[name]["rule"]["departures"].append({"policy": policy.name, **departure})
        for name, cited in _cited_anew(policy):
            statements[name]["scope"].setdefault("cited_by", {})[policy.name] = _cited(cited)
    return statements


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        **_period(rule.period),
        "exception_to": sorted(rule.exception_to),
        "exception_to_every": rule.exception_to_every,
        "beats": sorted(rule.beats),
        "when": describe(rule.when),
        "outcome": rule.outcome,
        **_cited(rule.cited),
        "cite_when": [_cited(cited) for cited in rule.cite_when],
        "duties": _duties(rule.duties),
        **({"duties_when": _conditional_duties(rule)} if rule.duties_when else {}),
        **_sentences(rule),
        "departures": [],
        **({"table": rule.table.name, "counts": rule.table.counts} if rule.table else {}),
    }


def _scope(entry: ScopeRule) -> dict[str, Any]:
    return {**_period(entry.period), "when": describe(entry.when), **_cited(entry.cited)}


def _period(period: Period) -> dict[str, str | None]:
    return {"from": _day(period.start), "until": _day(period.end)}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _cited(cited: Cited) -> dict[str, Any]:
    condition = {} if cited.when is None else {"when": describe(cited.when)}
    return {"clauses": sorted({*cited.clauses}), "readings": sorted({*cited.readings}), **condition}


def _duties(duties: tuple[Duty, ...]) -> list[dict[str, Any]]:
    return [duty.model_dump(exclude_none=True) for duty in duties]


def _conditional_duties(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"when": describe(entry.when), **entry.duty.model_dump(exclude_none=True)}
        for entry in rule.duties_when
    ]


def _sentences(speaker: Rule | StandingAnswer) -> dict[str, Any]:
    """What is spoken; nothing of sentences under a condition where there are none, as before there were any."""
    entries = [{"when": describe(entry.when), "say": entry.say} for entry in speaker.say_when]
    return {"say": speaker.say, **({"say_when": entries} if entries else {})}


def _departures(policy: Policy) -> Iterator[tuple[str, dict[str, Any]]]:
    """How a country departs from each shared rule, and from which day; None where it no longer does.

    An edition begins with each new value of a parameter, too, so that a departure is listed only where it changes.
    """
    if policy.editions is policy.undeviated:
        return
    reported: dict[str, dict[str, Any] | None] = {}
    for edition in policy.editions:
        shared = {rule.name: rule for rule in policy.undeviated_on(edition.first_day).rules}
        differences = dict(_rule_differences(edition, shared))
        for name in sorted(shared):
            departs = differences.get(name, _SUSPENDED) or None
            if departs != reported.get(name):
                reported[name] = departs
                first = None if edition.first_day == dt.date.min else edition.first_day
                yield name, {"from": _day(first), "departs": departs}


def _cited_anew(policy: Policy) -> Iterator[tuple[str, Cited]]:
    """The shared scope rules for which the policy names clauses of its own, and these."""
    written = {entry.name: entry.cited for entry in policy.scope}
    for entry in (entry for edition in policy.editions for entry in edition.scope):
        if entry.cited != written[entry.name]:
            yield entry.name, entry.cited


def _rule_differences(edition: Edition, shared: Mapping[str, Rule]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What differs in each shared rule that is valid: its condition, its citations, what the country has added."""
    for index, rule in enumerate(edition.rules):
        if rule.name not in shared:
            continue
        as_shared = shared[rule.name]
        differs: dict[str, Any] = {} if rule.when == as_shared.when else {"when": describe(rule.when)}
        if rule.cited != as_shared.cited:
            differs |= _cited(rule.cited)
        for key, bits in (("exceptions", edition.exceptions[index]), ("beaten_by", edition.beaters[index])):
            others = sorted(edition.rules[other].name for other in members(bits))
            if added := [name for name in others if name not in shared]:
                differs[key] = added
        yield rule.name, differs
