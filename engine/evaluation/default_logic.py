"""Facts -> which rules apply, which may, which win, and the outcome that follows; the reference evaluation.

Default logic. A rule applies when its condition is known true, when no rule that beats it applies and, for an
exception, when one of the rules it is an exception to applies. A rule that applies wins unless one of its
exceptions applies too. A rule that may win, because facts are unknown, takes a permission away but never gives
one: the unknown never permits. Where a row of a table applies, or else one above it, what they all go before neither
applies nor wins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.contract.decision import Outcome, PolicyStatus, is_in_force
from engine.evaluation.reach import (
    NOT_GOVERNING,
    AppliedRules,
    Reach,
    goes_before,
    may_win,
    reach_of,
    still_possible,
    without_exception_in,
)
from engine.language.expressions import Facts, Truth, evaluate
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy, PolicySet
from engine.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """What one policy makes of one item line for one country.

    `truths[i]` is the value of the condition of rule i. The sets of rules are held as bits: those that `apply`, those
    that only `may` apply and win, because facts are unknown, and those that win; those that apply for `certain`,
    whatever the unknown facts are, and all that may, each looked at `alone`. `outcome` is what the policy answers if
    it governs the request.
    """

    policy: Policy
    edition: Edition
    facts: Facts
    scope: Truth
    truths: Sequence[Truth]
    applies: int
    may: int
    wins: int
    outcome: Outcome
    certain: int
    alone: int

    @property
    def possible(self) -> int:
        """The rules that can apply, looked at together."""
        return still_possible(self.edition, self.truths, self.alone)

    @property
    def reach(self) -> Reach:
        """What the policy may answer once more is known."""
        if self.scope is False:
            return NOT_GOVERNING
        found = AppliedRules(self.applies, self.alone & ~self.applies, self.certain)
        return reach_of(self.edition, found, self.possible)

    @property
    def open(self) -> int:
        """How many conditions are unknown: of the scope, and of the rules that may apply."""
        unknown = sum(self.truths[i] is None for i in members(self.possible & ~self.certain))
        if self.scope is not None:
            return unknown
        return unknown + sum(evaluate(entry.when, self.facts) is None for entry in self.edition.scope)

    @property
    def open_rules(self) -> tuple[Rule, ...]:
        """The rules that do not apply only because their condition (the scope aside) is unknown."""
        rules, generals = self.edition.rules, self.edition.generals
        return tuple(rules[i] for i in members(self.may) if not generals[i] or generals[i] & self.applies)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What all policies together make of one item line for one country."""

    facts: Facts
    findings: tuple[PolicyFinding, ...]
    outcome: Outcome

    @property
    def deciding(self) -> tuple[PolicyFinding, ...]:
        """The findings that the outcome comes from; none when nothing governs or may govern the line."""
        governing = tuple(f for f in self.findings if f.scope and f.outcome is self.outcome)
        return governing or tuple(f for f in self.findings if f.scope is None)


def assess(policies: PolicySet, day: dt.date, facts: Facts) -> Assessment:
    """Evaluate the facts of one line for one country under the policies valid on `day`."""
    findings = tuple(evaluate_policy(policy, policy.edition_on(day), facts) for policy in policies.policies)
    return Assessment(facts, findings, combine(findings))


def reassess(before: Assessment, found: Facts, policy: str | None = None) -> Assessment:
    """Evaluate again with facts that have become known; parameters among them belong to the `policy` named alone."""
    facts, changed = {**before.facts, **found}, frozenset(found)

    def renewed(finding: PolicyFinding) -> PolicyFinding:
        concerned = policy in (None, finding.policy.name)
        return (
            evaluate_policy(finding.policy, finding.edition, facts, finding, changed)
            if concerned
            else finding
        )

    # A policy that only may govern the line counts against a permission alone, and is evaluated again for that only.
    findings = [
        finding
        if finding.scope is None and not changed & finding.edition.scope_mentions
        else renewed(finding)
        for finding in before.findings
    ]
    if any(finding.scope and finding.outcome.permits for finding in findings):
        findings = [renewed(finding) for finding in before.findings]
    return Assessment(facts, tuple(findings), combine(findings))


def answer_line(outcomes: Collection[Outcome], status: PolicyStatus) -> Outcome:
    """The answer for a line, given what the policies say for each country: the strictest."""
    if awaits_instruction(outcomes, status):
        return Outcome.REFER
    return max(outcomes, key=lambda outcome: outcome.strictness)


def awaits_instruction(outcomes: Collection[Outcome], status: PolicyStatus) -> bool:
    """Whether the directive would govern a line for some country, but is only proposed."""
    return not is_in_force(status) and any(outcome.by_rule for outcome in outcomes)


class ScopedOutcome(Protocol):
    """Whether a policy governs a line, and what it answers if it does."""

    @property
    def scope(self) -> Truth: ...  # noqa: D102

    @property
    def outcome(self) -> Outcome: ...  # noqa: D102


def combine(findings: Sequence[ScopedOutcome]) -> Outcome:
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


def evaluate_policy(
    policy: Policy,
    edition: Edition,
    facts: Facts,
    before: PolicyFinding | None = None,
    changed: frozenset[str] = frozenset(),
) -> PolicyFinding:
    """Evaluate the facts under one policy; `facts` need not hold its parameters.

    Of a policy that does not govern the line, the rules are not evaluated.
    """
    if before is None or changed & edition.scope_mentions:
        facts = {**edition.parameters, **facts}
        scope = _governs(edition, facts)
        if scope is False:
            return PolicyFinding(policy, edition, facts, False, (), 0, 0, 0, Outcome.NOT_GOVERNED, 0, 0)
        truths = tuple([rule_truth(rule, facts) for rule in edition.rules])
    else:
        touched = 0
        for name in changed:
            touched |= edition.mentions.get(name, 0)
        if not touched or before.scope is False:
            return before
        facts = {**edition.parameters, **facts}
        scope = before.scope
        renewed_truths = list(before.truths)
        for index in members(touched):
            renewed_truths[index] = rule_truth(edition.rules[index], facts)
        truths = tuple(renewed_truths)
    found = apply_rules(edition, truths)
    applies, may, certain = found
    wins, able = without_exception_in(applies, edition, applies), may_win(edition, found)
    outcome = settle(edition, wins, able)
    return PolicyFinding(
        policy, edition, facts, scope, truths, applies, may & able, wins, outcome, certain, applies | may
    )


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


def apply_rules(
    edition: Edition, truths: Sequence[Truth] | Mapping[int, Truth], indices: Iterable[int] | None = None
) -> AppliedRules:
    """The rules that apply, and those that may.

    `indices` can leave out, in their order, rules whose condition is false.

    A rule that beats another prevents it from applying; as long as the beater itself may turn out to be beaten, the
    other may apply, unless what beats the beater beats it too (`goes_before`).
    """
    applies = may = certain = 0
    for index in range(len(truths)) if indices is None else indices:
        truth = truths[index]
        generals, beaters, rule = edition.generals[index], edition.beaters[index], 1 << index
        if truth is False or (generals and not generals & (applies | may)):
            continue
        if goes_before(edition, index, beaters, AppliedRules(applies, may, certain)):
            continue
        if truth and not beaters & applies and (not generals or generals & applies):
            applies |= rule
            if not beaters & may and (not generals or generals & certain):
                certain |= rule
        else:
            may |= rule
    return AppliedRules(applies, may, certain)


def settle(edition: Edition, wins: int, able: int) -> Outcome:
    """The outcome that follows from the rules that win, and those that may."""
    if wins:
        winning = (edition.rules[index].outcome for index in members(wins))
        strictest = max(winning, key=lambda outcome: outcome.strictness)
        if strictest.permits and not all(edition.rules[index].outcome.permits for index in members(able)):
            return Outcome.NEEDS_INFORMATION
        return strictest
    return Outcome.NEEDS_INFORMATION if able else edition.unruled
