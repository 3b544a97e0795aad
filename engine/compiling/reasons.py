"""Why rules do not hold, and what is open in their conditions, kept for the values of the facts they read."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from engine.compiling.bounded_cache import Memory
from engine.compiling.cache_keys import QUANTITY
from engine.contract.decision import WhyNot
from engine.evaluation.missing_facts import OpenCondition, open_questions, why_failed
from engine.language.expression_parts import fact_names
from engine.language.expressions import Expression, Facts
from engine.policy.model import Edition, Policy, Rule, ScopeRule

KEPT_REASONS = 50_000
"""How much is kept of reasons, and of open conditions, in all that a policy set has been asked."""


def weight_of(reason: WhyNot) -> int:
    """How much a reason weighs in a memory: it may quote long texts of the caller."""
    return 1 + len(reason.found) // 200


class Reasons:
    """The reasons of all rules of a policy set; it remembers what they were of late."""

    __slots__ = ("_failed", "_open", "_reasons")

    def __init__(self) -> None:
        self._reasons: dict[tuple[int, int], Reason] = {}
        self._failed: Memory[WhyNot] = Memory(KEPT_REASONS)
        self._open: Memory[OpenCondition] = Memory(KEPT_REASONS)

    def of(self, policy: Policy, edition: Edition, rule: Rule | ScopeRule) -> Reason:
        """The reason of a rule of the edition."""
        # A reason holds both, so that their numbers are not given to others.
        key = id(edition), id(rule)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = Reason(policy, edition, rule, self._failed, self._open)
        return found


class Reason:
    """Why a rule does not hold under some facts, which need not hold the parameters of its edition."""

    __slots__ = ("_edition", "_failed", "_open", "_policy", "_values", "rule")

    def __init__(
        self,
        policy: Policy,
        edition: Edition,
        rule: Rule | ScopeRule,
        failed: Memory[WhyNot],
        open_: Memory[OpenCondition],
    ) -> None:
        self.rule, self._policy, self._edition = rule, policy, edition
        self._failed, self._open = failed, open_
        self._values = _values_of(rule.when)

    def told(self, facts: Facts) -> WhyNot:
        """Why the rule, which is not known to hold, does not."""
        key = self, self._values(facts)
        found = self._failed.recall(key)
        if found is None:
            found = why_failed(self.rule.name, self.rule.when, {**self._edition.parameters, **facts})
            self._failed.keep(key, found, weight_of(found))
        return found

    def opened(self, facts: Facts) -> OpenCondition:
        """Its condition with what is to be asked to settle it; nothing, where it is settled."""
        key = self, self._values(facts)
        found = self._open.recall(key)
        if found is None:
            known = {**self._edition.parameters, **facts}
            read = {name: known.get(name) for name in fact_names(self.rule.when)}
            questions = open_questions(self._policy, self.rule, read)
            found = OpenCondition(self._policy, read, self.rule.when, questions)
            texts = [len(value) for value in read.values() if isinstance(value, str)]
            self._open.keep(key, found, 1 + sum(texts) // 200)
        return found


def _values_of(condition: Expression) -> Callable[[Facts], object]:
    """What tells facts apart for the condition; of an amount, also how it is written."""
    names = sorted(name for name in fact_names(condition) if not name.startswith("{"))
    if not names:
        return lambda facts: None
    values = itemgetter(*names)
    return (lambda facts: (values(facts), str(facts[QUANTITY]))) if QUANTITY in names else values
