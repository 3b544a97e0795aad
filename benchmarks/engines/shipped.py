"""The shipped policies as one nested choice, translated from the checked conditions, for requests of known facts.

Default logic as nested conditions: of the exceptions to a rule that hold, the first decides, those that beat others
being placed first; where none holds, the rule does. Of trees and policies side by side the strictest answer counts. A
parameter that has not been found leaves a condition open whatever the request says; it takes a permission away.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.engines.channelgate import NOW
from benchmarks.engines.content import ContentFacts
from engine import PolicySet
from engine.compiling.codegen import substitute
from engine.contract.decision import Outcome
from engine.language.expression_parts import fact_names
from engine.language.expressions import Choose, Constant, Expression, Or
from engine.policy.model import Edition, Policy
from tests.support.strategies import BY_THE_COMMITTEE, DECISIVE, LISTED, PERMITTED, UNLISTED


def write_shipped(policies: PolicySet) -> Expression:
    """The outcome for a line as one expression over the facts."""
    return _of_policies(list(policies.policies), Outcome.NOT_GOVERNED)


def _of_policies(policies: Sequence[Policy], so_far: Outcome) -> Expression:
    if not policies:
        return Constant(str(so_far))
    first, *others = policies
    edition = first.edition_on(NOW.date())
    scope = _simple(Or(tuple(substitute(entry.when, edition.parameters) for entry in edition.scope)))
    # No two of the shipped policies govern one request, so that where one does the others need not be evaluated.
    return Choose(scope, _Trees(edition).written(), _of_policies(others, so_far))


def _simple(condition: Expression) -> Expression:
    return condition.parts[0] if isinstance(condition, Or) and len(condition.parts) == 1 else condition


class _Trees:
    """The rules of an edition, with their parameters filled in."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._when = [substitute(rule.when, edition.parameters) for rule in edition.rules]
        self._open = [any("{" in name for name in fact_names(when)) for when in self._when]

    def written(self) -> Expression:
        alone = [index for index, generals in enumerate(self._edition.generals) if not generals]
        # The strictest first: below it, little is left to evaluate.
        alone.sort(key=lambda index: self._edition.rules[index].outcome.strictness)
        return self._strictest(alone[::-1], None)

    def _strictest(self, alone: Sequence[int], floor: Outcome | None) -> Expression:
        """The strictest answer of these trees and the floor, which is none where nothing has applied yet."""
        if not alone:
            return Constant(str(floor or Outcome.REFER))
        first, *others = alone
        if not others:
            return Choose(self._when[first], self._tree(first, floor), Constant(str(floor or Outcome.REFER)))
        outcome = self._edition.rules[first].outcome
        assert not self._edition.exceptions[first], "of several trees, all but the last are single rules"
        return Choose(
            self._when[first],
            self._strictest(others, max(filter(None, (floor, outcome)), key=lambda found: found.strictness)),
            self._strictest(others, floor),
        )

    def _tree(self, index: int, floor: Outcome | None) -> Expression:
        edition = self._edition
        below = [i for i in range(len(edition.rules)) if edition.exceptions[index] >> i & 1]
        tree: Expression = self._leaf(edition.rules[index].outcome, any(self._open[i] for i in below), floor)
        for exception in reversed([i for i in below if not self._open[i]]):
            found = self._tree(exception, floor)
            tree = found if found == tree else Choose(self._when[exception], found, tree)
        return tree

    def _leaf(self, outcome: Outcome, doubtful: bool, floor: Outcome | None) -> Expression:
        strictest = max(filter(None, (floor, outcome)), key=lambda found: found.strictness)
        return Constant(str(Outcome.NEEDS_INFORMATION if doubtful and strictest.permits else strictest))


def draw_shipped_requests(count: int) -> list[ContentFacts]:
    """So many requests, no two alike, whose deciding facts are known; most are near a permission or on the way."""
    chance = random.Random(11)
    found: dict[tuple[object, ...], ContentFacts] = {}
    while len(found) < count:
        facts = {name: chance.choice(values) for name, values in DECISIVE.items()}
        near = chance.choice([{}, BY_THE_COMMITTEE, *PERMITTED.values()])
        facts |= {name: value for name, value in near.items() if chance.random() < 0.95}
        country = chance.choice(["KP", "KP", "KP", *LISTED, *UNLISTED])
        del facts["mission.countries"]
        facts |= {"mission.country": country, "mission.country_listed": country in LISTED}
        found[tuple(facts.values())] = facts
    return list(found.values())
