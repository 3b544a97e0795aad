"""A clause and what carries it out: rules, scopes, standing answers and invariants, each with its lines of YAML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.console.frame.policy_texts import PolicyTexts, ShownText
from api.console.workbench.condition_views import ConditionView, view_condition
from api.domain.condition_words import put_in_words
from engine import Duty, Outcome, Place, PolicySet
from engine.language.expressions import Expression
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy
from engine.policy.rules import Cited, Rule

MAX_EXCERPT = 60
"""Of a rule that is longer, so many lines are shown; the rest stands in the file."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a policy file from `line` on; `is_cut` where more belong to them."""

    file: str
    line: int
    lines: tuple[str, ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class LawDuty:
    """What somebody has to do, in the words of the policies."""

    who: ShownText
    must: ShownText
    before: ShownText
    within: ShownText
    evidence: ShownText


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule or a scope that cites a clause; `titles` are those of the policies that have it."""

    name: str
    is_scope: bool
    outcome: ShownText
    condition: ConditionView
    exception_to: tuple[str, ...]
    duties: tuple[LawDuty, ...]
    sentence: ShownText
    excerpt: Excerpt
    titles: tuple[ShownText, ...]


def policies_of(policies: PolicySet, name: str | None) -> Sequence[Policy]:
    """Return the policies of a set: the one of that name, or all."""
    return [policy for policy in policies.policies if name in (None, policy.name)]


def rules_of_clause(
    say: PolicyTexts, files: Mapping[str, bytes], clause: str, policies: Iterable[Policy], day: dt.date
) -> Sequence[RuleView]:
    """Return the rules and scopes that cite a clause on a day, each once, in the order of their places."""
    found: dict[Place, tuple[Policy, Edition, str, Rule | None, Expression, list[ShownText]]] = {}
    for policy in policies:
        edition = policy.edition_on(day)
        for scope in edition.scope:
            if clause in scope.cited.clauses:
                entry = found.setdefault(scope.place, (policy, edition, scope.name, None, scope.when, []))
                entry[-1].append(say.read(policy.title))
        for rule in edition.rules:
            if clause in clauses_of(rule):
                entry = found.setdefault(rule.place, (policy, edition, rule.name, rule, rule.when, []))
                entry[-1].append(say.read(policy.title))
    return [
        RuleView(
            name=name,
            is_scope=rule is None,
            outcome=say.read(say.policies.titles[rule.outcome]) if rule else ShownText(""),
            condition=view_condition(say, put_in_words(when, policy.words)),
            exception_to=tuple(_generals(edition, rule)) if rule else (),
            duties=tuple(
                view_duty(say, duty) for duty in (rule.all_duties if rule else ()) if duty.clause == clause
            ),
            sentence=say.read(rule.say) if rule else ShownText(""),
            excerpt=excerpt_at(files, place),
            titles=tuple(titles),
        )
        for place, (policy, edition, name, rule, when, titles) in sorted(found.items())
    ]


def clauses_of(rule: Rule) -> frozenset[str]:
    """Return every clause that a rule cites, its duties and conditional citations among them."""
    cited: tuple[Cited, ...] = (rule.cited, *rule.cite_when)
    return frozenset(
        (*(clause for one in cited for clause in one.clauses), *(duty.clause for duty in rule.all_duties))
    )


def _generals(edition: Edition, rule: Rule) -> Iterator[str]:
    for general in members(edition.generals[edition.rules.index(rule)]):
        yield edition.rules[general].name


def view_duty(say: PolicyTexts, duty: Duty) -> LawDuty:
    """Return a duty in the words of the policies."""
    return LawDuty(
        say.read(say.policies.parties.get(duty.who, duty.who)),
        say.read(duty.must),
        say.read(duty.before),
        say.read(duty.within),
        say.read(duty.evidence),
    )


def excerpt_at(files: Mapping[str, bytes], place: Place) -> Excerpt:
    """Return the lines of the entry that a place stands in: from its hyphen to the next entry of the same depth."""
    lines = files.get(place.file, b"").decode(errors="replace").split("\n")
    first = min(place.line, len(lines)) - 1
    while first > 0 and not lines[first].lstrip().startswith("- "):
        first -= 1
    depth = len(lines[first]) - len(lines[first].lstrip())
    last = first + 1
    while last < len(lines) and (
        not lines[last].strip() or len(lines[last]) - len(lines[last].lstrip()) > depth
    ):
        last += 1
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    shown = [line[depth:] for line in lines[first : min(last, first + MAX_EXCERPT)]]
    return Excerpt(place.file, first + 1, tuple(shown), last - first > MAX_EXCERPT)


def line_at(files: Mapping[str, bytes], place: Place) -> str:
    """Return the line of a place; empty if there is none."""
    lines = files.get(place.file, b"").decode(errors="replace").split("\n")
    return lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""


def count_rules(policies: PolicySet, day: dt.date) -> Mapping[str, Mapping[str, int]]:
    """Return how many rules and scopes of each file's first policy cite each clause on a day, by clause and file."""
    counts: dict[str, dict[str, int]] = {clause: {} for clause in policies.clauses}
    for policy in first_of_files(policies):
        edition = policy.edition_on(day)
        cited = [frozenset(scope.cited.clauses) for scope in edition.scope]
        cited += [clauses_of(rule) for rule in edition.rules]
        for clauses in cited:
            for clause in clauses:
                counts[clause][policy.file] = counts[clause].get(policy.file, 0) + 1
    return counts


def first_of_files(policies: PolicySet) -> Sequence[Policy]:
    """Return a policy of each file: of a group of countries, the first, since all have the same rules."""
    return [*{policy.file: policy for policy in reversed(policies.policies)}.values()][::-1]


def titles_of_outcomes(say: PolicyTexts, outcomes: Iterable[Outcome]) -> Sequence[ShownText]:
    """Return the titles of some outcomes, each once, from the least strict on."""
    there = set(outcomes)
    return [say.read(say.policies.titles[outcome]) for outcome in Outcome if outcome in there]
