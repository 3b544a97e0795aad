"""Facts -> which rules apply, which may, which win, and the outcome that follows; the reference evaluation.

Default logic. A rule applies when its condition is known true, when no rule that beats it applies and, for an
exception, when one of the rules it is an exception to applies. A rule that applies wins unless one of its
exceptions applies too. A rule that may apply, because facts are unknown, takes a permission away but never gives
one: the unknown never permits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.decision import Outcome
from engine.expressions import Truth, evaluate
from engine.facts import Value
from engine.policy import Edition, Policy, PolicySet, Rule, members

Facts = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one policy makes of one item line for one country.

    `truths[i]` is the value of the condition of rule i. The three sets of rules are kept as bits: those that
    `apply`, those that `may` apply because facts are unknown, and those that win. `outcome` is what the policy
    answers if it governs the request.
    """

    policy: Policy
    edition: Edition
    facts: Facts
    scope: Truth
    truths: tuple[Truth, ...]
    applies: int
    may: int
    wins: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Assessment:
    """What all policies together make of one item line for one country."""

    facts: Facts
    findings: tuple[Finding, ...]
    outcome: Outcome

    @property
    def deciding(self) -> tuple[Finding, ...]:
        """The findings that the outcome comes from; none when nothing governs or may govern the line."""
        governing = tuple(f for f in self.findings if f.scope and f.outcome is self.outcome)
        return governing or tuple(f for f in self.findings if f.scope is None)


def assess(
    policies: PolicySet,
    day: dt.date,
    facts: Facts,
    before: Assessment | None = None,
    changed: frozenset[str] = frozenset(),
) -> Assessment:
    """Weigh the facts of one line for one country under the policies as they stand on `day`.

    `before`, an assessment of facts that differed in `changed` alone, saves what does not depend on these.
    """
    findings = []
    for index, policy in enumerate(policies.policies):
        edition = policy.edition_on(day)
        known = before.findings[index] if before is not None else None
        findings.append(weigh(policy, edition, facts, known, changed))
    return Assessment(facts, tuple(findings), combine(findings))


def combine(findings: Sequence[Finding]) -> Outcome:
    """Return the strictest answer of the policies that govern the line.

    A permission does not survive a policy that may govern the line and would not give it.
    """
    governing = [finding.outcome for finding in findings if finding.scope]
    open_ = [finding.outcome for finding in findings if finding.scope is None]
    if governing:
        strictest = max(governing, key=lambda outcome: outcome.strictness)
        if strictest.permits and not all(outcome.permits for outcome in open_):
            return Outcome.NEEDS_INFORMATION
        return strictest
    return Outcome.NEEDS_INFORMATION if open_ else Outcome.NOT_GOVERNED


def weigh(
    policy: Policy,
    edition: Edition,
    facts: Facts,
    before: Finding | None = None,
    changed: frozenset[str] = frozenset(),
) -> Finding:
    """Weigh the facts under one policy; `facts` need not hold its parameters.

    Of a policy that does not govern the line, the rules are not weighed.
    """
    if before is None or changed & edition.scope_mentions:
        facts = {**edition.parameters, **facts}
        scope = _governs(edition, facts)
        if scope is False:
            return Finding(policy, edition, facts, False, (), 0, 0, 0, Outcome.NOT_GOVERNED)
        truths = tuple([rule_truth(rule, facts) for rule in edition.rules])
    else:
        touched = 0
        for name in changed:
            touched |= edition.mentions.get(name, 0)
        if not touched or before.scope is False:
            return before
        facts = {**edition.parameters, **facts}
        scope = before.scope
        renewed = list(before.truths)
        for index in members(touched):
            renewed[index] = rule_truth(edition.rules[index], facts)
        truths = tuple(renewed)
    applies, may = apply_rules(edition, truths)
    wins = sum(1 << index for index in members(applies) if not edition.exceptions[index] & applies)
    outcome = _outcome(edition, wins, may)
    return Finding(policy, edition, facts, scope, truths, applies, may, wins, outcome)


def _governs(edition: Edition, facts: Facts) -> Truth:
    governs: Truth = False
    for entry in edition.scope:
        truth = evaluate(entry.when, facts)
        if truth:
            return True
        if truth is None:
            governs = None
    return governs


def rule_truth(rule: Rule, facts: Facts) -> Truth:
    """The value of the rule's condition under the facts."""
    value = evaluate(rule.when, facts)
    assert value is None or isinstance(value, bool)
    return value


def apply_rules(edition: Edition, truths: Sequence[Truth]) -> tuple[int, int]:
    """The rules that apply, and those that may.

    A rule that beats another keeps it from applying; as long as the beater itself may turn out to be beaten, the
    other may apply. A rule that may apply no longer counts once an exception to it applies for certain.
    """
    applies = may = certain = 0
    for index, truth in enumerate(truths):
        generals, beaters, rule = edition.generals[index], edition.beaters[index], 1 << index
        if truth is False or beaters & certain or (generals and not generals & (applies | may)):
            continue
        if truth and not beaters & applies and (not generals or generals & applies):
            applies |= rule
            if not beaters & may and (not generals or generals & certain):
                certain |= rule
        else:
            may |= rule
    return applies, sum(1 << index for index in members(may) if not edition.exceptions[index] & certain)


def _outcome(edition: Edition, wins: int, may: int) -> Outcome:
    if wins:
        winning = (edition.rules[index].outcome for index in members(wins))
        strictest = max(winning, key=lambda outcome: outcome.strictness)
        if strictest.permits and not all(edition.rules[index].outcome.permits for index in members(may)):
            return Outcome.NEEDS_INFORMATION
        return strictest
    return Outcome.NEEDS_INFORMATION if may else Outcome.REFER
