"""In what the texts of two policy sets differ, and which of it a changed answer turns on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.analysis.comparison import Difference
from engine.analysis.vocabularies import vocabulary_changes
from engine.contract.vocabulary import Value
from engine.evaluation.default_logic import Assessment, PolicyFinding
from engine.language.expression_parts import fact_names
from engine.language.expression_text import describe
from engine.language.values import write_value
from engine.policy.authzen import NO_AUTHZEN, AuthzenMapping
from engine.policy.bitsets import members
from engine.policy.languages import Languages
from engine.policy.model import ParameterValue, Policy, PolicySet
from engine.policy.rules import Cited, Period, Rule
from engine.policy.standing_answers import TOO_OLD, StandingAnswer


def list_differences(old: PolicySet, new: PolicySet) -> tuple[Difference, ...]:
    """List what has been added, removed or changed, in the order of the newer set, each once."""
    before = {policy.name: policy for policy in old.policies}
    after = {policy.name: policy for policy in new.policies}
    found = list(_of_the_whole(old, new))
    for name in dict.fromkeys((*after, *before)):
        if name not in after:
            found.append(_difference(None, name, before[name].file, "the policy is gone"))
        elif name not in before:
            found.append(_difference(None, name, after[name].file, "the policy is new"))
        else:
            found += _of_a_policy(before[name], after[name])
    return tuple(dict.fromkeys(found))


def _difference(policy: str | None, name: str, at: object, change: str) -> Difference:
    return Difference(policy=policy, name=name, at=None if at is None else str(at), change=change)


def _of_the_whole(old: PolicySet, new: PolicySet) -> Iterator[Difference]:
    if old.instruction != new.instruction:
        change = f"in force {_period(old.instruction)} -> {_period(new.instruction)}"
        yield _difference(None, "instruction", None, change)
    if old.time_zone != new.time_zone:
        yield _difference(None, "time_zone", None, f"{old.time_zone} -> {new.time_zone}")
    for outcome, days in new.valid_days.items():
        if old.valid_days.get(outcome) != days:
            change = f"{old.valid_days.get(outcome)} -> {days} days"
            yield _difference(None, f"valid_days of {outcome.value}", None, change)
    invariants = {held.name: held for held in old.invariants}, {held.name: held for held in new.invariants}
    for name, change in _named(*({n: replace(h, place=None) for n, h in s.items()} for s in invariants)):  # type: ignore[arg-type]  # places do not count
        held = invariants[1].get(name) or invariants[0][name]
        yield _difference(None, f"invariant {name}", held.place, change)
    for sort, mine, theirs in (
        ("clause", old.clauses, new.clauses),
        ("reading", old.readings, new.readings),
        ("party", old.parties, new.parties),
        ("title of", old.titles, new.titles),
        ("offices of", _offices(old), _offices(new)),
        ("standing answer", _answers(old), _answers(new)),
    ):
        for name, change in _named(mine, theirs):
            yield _difference(None, f"{sort} {name}", None, change)
    yield from _of_authzen(old.authzen or NO_AUTHZEN, new.authzen or NO_AUTHZEN)
    for name, change in vocabulary_changes(old.vocabulary.declarations, new.vocabulary.declarations):
        yield _difference(None, f"fact {name}", None, change)
    if old.line_words != new.line_words:
        yield _difference(None, "several_lines", None, "says something else")
    if old.several_countries != new.several_countries:
        yield _difference(None, "several_countries", None, "cites something else")
    yield from _of_the_languages(old.languages, new.languages)


def _of_authzen(old: AuthzenMapping, new: AuthzenMapping) -> Iterator[Difference]:
    """The parts of calls of AuthZEN: no request shows what they state, and a program is permitted by it."""
    parts: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        ("subjects", old.subjects, new.subjects),
        ("action", old.actions, new.actions),
        ("resources", old.resources, new.resources),
        ("context", old.context, new.context),
    )
    for part, mine, theirs in parts:
        for name, change in _named(mine, theirs):
            yield _difference(None, f"{part} of AuthZEN {name}", None, change)


def _answers(policies: PolicySet) -> dict[str, StandingAnswer]:
    """What is answered where no rule decides, or none may permit."""
    return {case.value: answer for case, answer in policies.standing_answers.items()} | {
        TOO_OLD: policies.too_old_answer
    }


def _of_the_languages(old: Languages, new: Languages) -> Iterator[Difference]:
    for language in sorted(old.books.keys() | new.books.keys()):
        was, now = old.books.get(language, {}), new.books.get(language, {})
        counts = {
            "new": len(now.keys() - was.keys()),
            "gone": len(was.keys() - now.keys()),
            "changed": sum(was[text] != now[text] for text in was.keys() & now.keys()),
        }
        if change := ", ".join(f"{count} {what}" for what, count in counts.items() if count):
            yield _difference(None, f"translations into {language}", None, change)
    for country in sorted(old.spoken.keys() | new.spoken.keys()):
        spoken = [", ".join(sorted(one.spoken.get(country, ()))) or "English alone" for one in (old, new)]
        if spoken[0] != spoken[1]:
            change = " -> ".join(spoken)
            yield _difference(None, f"languages of {country}", None, change)


def _offices(policies: PolicySet) -> dict[str, frozenset[str]]:
    """The offices of each role, whatever facts it may record by them."""
    return {name: frozenset(role.offices) for name, role in policies.roles.items()}


def _named(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys((*new, *old)):
        if name not in new:
            yield str(name), "is gone"
        elif name not in old:
            yield str(name), "is new"
        elif old[name] != new[name]:
            yield str(name), "says something else"


def _of_a_policy(old: Policy, new: Policy) -> Iterator[Difference]:
    for name in dict.fromkeys((*new.parameters, *old.parameters)):
        was, now = old.parameters.get(name, ()), new.parameters.get(name, ())
        if was != now:
            change = f"{_values(was)} -> {_values(now)}"
            yield _difference(new.name, f"{{{name}}}", new.file, change)
    for name, change in _named(_scope_by_day(old), _scope_by_day(new)):
        yield _difference(new.name, name, new.file, change)
    before, after = ({rule.name: rule for rule in one.rules} for one in (old, new))
    for name in dict.fromkeys((*after, *before)):
        at = (after.get(name) or before[name]).place
        if name not in after:
            yield _difference(new.name, name, at, "the rule is gone")
        elif name not in before:
            yield _difference(new.name, name, at, "the rule is new")
        else:
            for change in (*_of_a_rule(before[name], after[name]), *_of_its_days(old, new, name)):
                yield _difference(new.name, name, at, change)
    if [(lo.when, lo.cited) for lo in old.may_loosen] != [(lo.when, lo.cited) for lo in new.may_loosen]:
        yield _difference(new.name, "may_loosen", new.file, "says something else")


def _scope_by_day(policy: Policy) -> dict[str, list[tuple[dt.date, tuple[str, Cited]]]]:
    """What each scope rule says and cites, from each day on which that changes."""
    found: dict[str, list[tuple[dt.date, tuple[str, Cited]]]] = {}
    for edition in policy.editions:
        for entry in edition.scope:
            says, days = (describe(entry.when), entry.cited), found.setdefault(entry.name, [])
            if not days or days[-1][1] != says:
                days.append((edition.first_day, says))
    return found


def _of_a_rule(old: Rule, new: Rule) -> Iterator[str]:
    if old.when != new.when:
        yield f"when {describe(old.when)} -> {describe(new.when)}"
    if old.outcome is not new.outcome:
        yield f"outcome {old.outcome.value} -> {new.outcome.value}"
    for key, was, now in (
        ("exception_to", _rests_on(old), _rests_on(new)),
        ("beats", sorted(old.beats), sorted(new.beats)),
    ):
        if was != now:
            yield f"{key} {', '.join(was) or 'nothing'} -> {', '.join(now) or 'nothing'}"
    if old.period != new.period:
        yield f"in force {_period(old.period)} -> {_period(new.period)}"
    changed = [
        key
        for key, same in (
            ("duties", (old.duties, old.duties_when) == (new.duties, new.duties_when)),
            ("the sentence to say", (old.say, old.say_when) == (new.say, new.say_when)),
            ("clauses or readings", (old.cited, old.cite_when) == (new.cited, new.cite_when)),
        )
        if not same
    ]
    if changed:
        yield f"{', '.join(changed)} changed"


def _rests_on(rule: Rule) -> list[str]:
    every = [f"every {rule.exception_to_every.value}"] if rule.exception_to_every else []
    return [*sorted(rule.exception_to), *every]


def _of_its_days(old: Policy, new: Policy, name: str) -> Iterator[str]:
    """What deviations make of a rule that is the same itself: where it stands, and under which condition."""
    if _stands(old, name) != _stands(new, name):
        yield "stands on other days or under another condition, by a deviation or its dates"


def _stands(policy: Policy, name: str) -> list[tuple[dt.date, str | None]]:
    """From which day on the rule stands as it is written, narrowed (its condition) or not at all (None)."""
    (written,) = (describe(rule.when) for rule in policy.rules if rule.name == name)
    found: list[tuple[dt.date, str | None]] = []
    for edition in policy.editions:
        when = next((describe(rule.when) for rule in edition.rules if rule.name == name), None)
        when = "as written" if when == written else when
        if not found or found[-1][1] != when:
            found.append((edition.first_day, when))
    return found


def _values(values: Sequence[ParameterValue]) -> str:
    return ", ".join(
        (_value(one.value) if one.value is not None else "not found")
        + ("" if one.period == Period() else f" {_period(one.period)}")
        for one in values
    ) or "not stated"  # fmt: skip


def _value(value: Value) -> str:
    return write_value(value)


def _period(period: Period | None) -> str:
    if period is None:
        return "never"
    start = f"from {period.start}" if period.start else ""
    end = f"until {period.end}" if period.end else ""
    return f"{start} {end}".strip() or "always"


def turned_on(
    differences: Iterable[Difference],
    old: Assessment,
    new: Assessment,
    *,
    instruction_counts: bool,
) -> tuple[Difference, ...]:
    """Those of the differences that the answers to one request turn on.

    These are about rules or parameters that make a rule apply, or count, in one set only; or about the scope, if a
    policy governs the request in one only.
    """
    before = {finding.policy.name: finding for finding in old.findings}
    after = {finding.policy.name: finding for finding in new.findings}
    moved: set[tuple[str | None, str]] = {(None, "instruction")} if instruction_counts else set()
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            moved.add((None, name))
            continue
        if was.scope is not now.scope:
            moved |= {(name, entry.name) for one in (was, now) for entry in one.edition.scope}
            moved |= {(name, parameter) for parameter in _parameters_of_scope(was)}
        states = _states(was), _states(now)
        for rule in states[0].keys() | states[1].keys():
            if states[0].get(rule) != states[1].get(rule):
                moved.add((name, rule))
                moved |= {(name, parameter) for one in (was, now) for parameter in _parameters(one, rule)}
    return tuple(one for one in differences if (one.policy, one.name) in moved)


def _states(finding: PolicyFinding) -> dict[str, tuple[object, ...]]:
    """What becomes of each rule of a policy that may govern."""
    if finding.scope is False:
        return {}
    return {
        rule.name: (
            finding.truths[index],
            finding.applies >> index & 1,
            finding.wins >> index & 1,
            finding.may >> index & 1,
            rule.outcome,
            tuple(sorted(finding.edition.rules[i].name for i in members(finding.edition.exceptions[index]))),
        )
        for index, rule in enumerate(finding.edition.rules)
    }


def _parameters(finding: PolicyFinding, name: str) -> Iterator[str]:
    for rule in finding.edition.rules:
        if rule.name == name:
            yield from (fact for fact in fact_names(rule.when) if fact.startswith("{"))


def _parameters_of_scope(finding: PolicyFinding) -> Iterator[str]:
    for entry in finding.edition.scope:
        yield from (fact for fact in fact_names(entry.when) if fact.startswith("{"))
