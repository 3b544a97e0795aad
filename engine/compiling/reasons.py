"""Why rules did not decide, kept for the values of the facts they read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.compiling.lines import weight_of
from engine.compiling.memory import Memory
from engine.decision import WhyNot
from engine.explaining import why_failed, why_overridden
from engine.expressions import fact_names
from engine.facts import Value
from engine.policy import Edition, Rule, ScopeRule

KEPT_REASONS = 50_000
"""How much is kept of reasons of each sort, in all that a policy set has been asked."""


class Reasons:
    """Words why a rule failed or was overridden, and remembers it."""

    __slots__ = ("_failed", "_overridden", "_reads")

    def __init__(self) -> None:
        self._reads: dict[int, tuple[Rule | ScopeRule, tuple[str, ...]]] = {}
        self._failed: Memory[WhyNot] = Memory(KEPT_REASONS)
        self._overridden: Memory[WhyNot] = Memory(KEPT_REASONS)

    def failed(self, rule: Rule | ScopeRule, facts: Mapping[str, Value]) -> WhyNot:
        """Why the condition of the rule does not hold; `facts` hold the parameters."""
        known = self._reads.get(id(rule))
        if known is None:
            # The rule is kept beside its number, which would otherwise be given to another.
            known = self._reads[id(rule)] = (rule, tuple(sorted(fact_names(rule.when))))
        key = (id(rule), *[_exact(facts.get(name)) for name in known[1]])
        found = self._failed.recall(key)
        if found is None:
            found = why_failed(rule.name, rule.when, facts)
            self._failed.keep(key, found, weight_of(found))
        return found

    def overridden(self, edition: Edition, index: int, applies: int) -> WhyNot:
        """Why the rule at `index` does not win although its condition holds."""
        before = (edition.exceptions[index] | edition.beaters[index]) & applies
        key = (id(edition), index, before)
        found = self._overridden.recall(key)
        if found is None:
            found = why_overridden(edition, index, applies)
            self._overridden.keep(key, found, weight_of(found))
        return found


def _exact(value: Value | None) -> object:
    """What the value is told apart by where it is written out: numbers that are equal may be written in two ways."""
    return (str(value),) if isinstance(value, Decimal) else value
