"""The rules that may still turn the answer for a line, and what each of them turns on besides its own condition.

What the unknown facts can do is bounded from both sides: by the rules that win whatever they are, and by those that
can win at all. A rule is left out where nothing that it applies to, or takes away, could outdo what is certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from engine.contract.decision import Outcome
from engine.evaluation.default_logic import Assessment, PolicyFinding, ScopedOutcome, combine
from engine.evaluation.reach import NOTHING_CERTAIN, Reach, without_exception_in
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy
from engine.policy.rules import Rule, ScopeRule

_PERMISSION = Outcome.DELIVER.strictness


class OpenFinding(ScopedOutcome, Protocol):
    """What a policy makes of a line for a country, as far as it is open.

    `open` counts the conditions that are unknown: of the scope, and of the rules that may apply.
    """

    @property
    def reach(self) -> Reach: ...  # noqa: D102

    @property
    def open(self) -> int: ...  # noqa: D102


class Outlook(NamedTuple):
    """The outcome for a country, and how many conditions are open that may still turn it."""

    outcome: Outcome
    open: int


def outlook_of(findings: Sequence[OpenFinding]) -> Outlook:
    """What all policies together make of a line for one country."""
    settled = _settled(findings)
    open_ = sum(
        finding.open
        for finding in findings
        if finding.scope is not False and finding.reach.most > _to_outdo(finding, settled, settled)
    )
    return Outlook(combine(findings), open_)


def _settled(findings: Sequence[OpenFinding]) -> int:
    """The strictness below which the answer for a country cannot fall."""
    if all(finding.scope is False for finding in findings):
        return Outcome.NOT_GOVERNED.strictness
    return max([finding.reach.least for finding in findings if finding.scope], default=NOTHING_CERTAIN)


def _to_outdo(finding: OpenFinding, settled_here: int, settled: int) -> int:
    """The strictness that an answer of the policy has to exceed to matter.

    A policy that only may govern the line can take a permission away by any other answer (`combine`); the need of
    information that this leaves counts only where nothing stricter is settled.
    """
    if finding.scope or settled_here > _PERMISSION or settled >= Outcome.NEEDS_INFORMATION.strictness:
        return settled
    return NOTHING_CERTAIN


class OpenRule(NamedTuple):
    """A rule, or an entry of the scope, that may still turn the answer if its condition is unknown.

    `turns_on` are the positions, in the same sequence, of those that have to be settled as well for it to do so: the
    rules it is an exception to, as far as they are in doubt themselves, and the scope.
    """

    policy: Policy
    edition: Edition
    rule: Rule | ScopeRule
    turns_on: tuple[int, ...]


def open_rules(answers: Sequence[Assessment]) -> list[list[OpenRule]]:
    """For each country, the rules that may still turn the answer for the line, in the order of the policies."""
    settled_here = [_settled(answer.findings) for answer in answers]
    settled = max(settled_here)
    found = []
    for answer, here in zip(answers, settled_here, strict=True):
        rules: list[OpenRule] = []
        for finding in answer.findings:
            if finding.scope is not False:
                rules += _open_rules(finding, _to_outdo(finding, here, settled), len(rules))
        found.append(rules)
    return found


def _open_rules(finding: PolicyFinding, outdo: int, first: int) -> Iterator[OpenRule]:
    """Those of one policy; `first` is the position of the first of them."""
    policy, edition = finding.policy, finding.edition
    if finding.reach.most <= outdo:
        return
    turning = members(_turning(finding, outdo))
    entries = edition.scope if finding.scope is None else ()
    scope = range(first, first + len(entries))
    position = {index: first + len(scope) + place for place, index in enumerate(turning)}
    roots = [at for index, at in position.items() if not edition.generals[index]]
    for entry in entries:
        turns_on = roots if finding.reach.least == NOTHING_CERTAIN else ()
        yield OpenRule(policy, edition, entry, tuple(turns_on))
    for index in turning:
        above = members(_generals_in_doubt(finding, index))
        yield OpenRule(policy, edition, edition.rules[index], (*scope, *(position[i] for i in above)))


def _turning(finding: PolicyFinding, outdo: int) -> int:
    """The undecided rules on which it depends whether the answer of the policy exceeds a strictness."""
    edition, certain, possible, reach = finding.edition, finding.certain, finding.possible, finding.reach
    # Without a certain winner any rule counts, for none may win at all; with a permission, any that takes it away.
    if outdo < reach.most_without_a_winner:
        outdo = min(outdo, reach.least)
    able = without_exception_in(certain, edition, possible)
    undecided, found, ahead = possible & ~certain, 0, 0
    for index in members(able):
        if edition.rules[index].outcome.strictness > outdo:
            ahead |= 1 << index | edition.exceptions[index]
    while ahead := ahead & undecided & ~found:
        found |= ahead
        for index in members(ahead):
            ahead |= edition.beaters[index]
            if not edition.generals[index] & certain:
                ahead |= edition.generals[index]
    return found


def _generals_in_doubt(finding: PolicyFinding, index: int) -> int:
    """The undecided rules that have to apply for the condition of a rule to count: those that it is an exception to.

    Where one of them applies so far, that is enough; those that beat it need not be known.
    """
    edition, undecided, found = finding.edition, finding.possible & ~finding.certain, 0
    ahead = 1 << index
    while ahead:
        above = 0
        for each in members(ahead):
            if not edition.generals[each] & finding.applies:
                above |= edition.generals[each]
        ahead = above & undecided & ~found
        found |= ahead
    return found
