"""Why rules do not hold, and what is open in their conditions, cached by the values of the facts they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter

from engine.compiling.bounded_cache import BoundedCache
from engine.contract.decision import WhyNot
from engine.contract.vocabulary import Word
from engine.evaluation.open_conditions import OpenCondition, open_questions
from engine.evaluation.why_not import why_overridden, word_failed
from engine.language.expression_parts import fact_names, first_failing
from engine.language.expressions import Expression, Facts
from engine.policy.model import Edition, Policy
from engine.policy.rules import Rule, ScopeRule

MAX_REASONS_WEIGHT = 50_000
"""The weight of the reasons, and of the open conditions, that are cached for a policy set."""


def weight_of(reason: WhyNot) -> int:
    """How much a reason weighs in a cache: it may quote long texts of the caller."""
    return 1 + len(reason.found) // 200


class Reasons:
    """The reasons of all rules of a policy set; recent ones are cached."""

    __slots__ = ("_failed", "_open", "_overridden", "_reasons")

    def __init__(self) -> None:
        self._reasons: dict[tuple[int, int], Reason] = {}
        self._failed: BoundedCache[WhyNot] = BoundedCache(MAX_REASONS_WEIGHT)
        self._overridden: BoundedCache[WhyNot] = BoundedCache(MAX_REASONS_WEIGHT)
        self._open: BoundedCache[OpenCondition] = BoundedCache(MAX_REASONS_WEIGHT)

    def of(self, policy: Policy, edition: Edition, rule: Rule | ScopeRule) -> Reason:
        """The reason of a rule of the edition."""
        # A reason holds both, so that their numbers are not given to others.
        key = id(edition), id(rule)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = Reason(policy, edition, rule, self._failed, self._open)
        return found

    def overridden(self, policy: Policy, edition: Edition, index: int, applies: int) -> WhyNot:
        """Why a rule does not win although its condition holds: see `why_overridden`."""
        winners = (edition.exceptions[index] | edition.beaters[index]) & applies
        key = self.of(policy, edition, edition.rules[index]), winners
        found = self._overridden.get(key)
        if found is None:
            found = why_overridden(edition, index, applies)
            self._overridden.put(key, found, weight_of(found))
        return found


class Reason:
    """Why a rule does not hold under some facts, which need not hold the parameters of its edition."""

    __slots__ = ("_edition", "_failed", "_open", "_parts", "_policy", "_reads", "_values", "rule")

    def __init__(
        self,
        policy: Policy,
        edition: Edition,
        rule: Rule | ScopeRule,
        failed: BoundedCache[WhyNot],
        open_: BoundedCache[OpenCondition],
    ) -> None:
        self.rule, self._policy, self._edition = rule, policy, edition
        self._failed, self._open = failed, open_
        self._values = _values_of(rule.when, policy.vocabulary.words)
        self._reads = fact_names(rule.when)
        self._parts: dict[int, Callable[[Facts], object]] = {}

    def why_not(self, facts: Facts) -> WhyNot:
        """Why the rule, which is not known to hold, does not."""
        key = self, self._values(facts)
        found = self._failed.get(key)
        if found is None:
            found = self._failed_by({**self._edition.parameters, **facts})
            self._failed.put(key, found, weight_of(found))
        return found

    def _failed_by(self, facts: Facts) -> WhyNot:
        """As `why_failed` words it; what reads the same of the same part of the condition is worded once."""
        condition = self.rule.when
        failing = first_failing(condition, facts) or condition
        values = self._parts.get(id(failing))
        if values is None:
            values = self._parts[id(failing)] = _values_of(failing, self._policy.vocabulary.words)
        key = self, id(failing), values(facts)
        found = self._failed.get(key)
        if found is None:
            found = word_failed(self.rule.name, failing, facts)
            self._failed.put(key, found, weight_of(found))
        return found

    def open_condition(self, facts: Facts) -> OpenCondition:
        """Its condition with the questions that would settle it; none where it is settled."""
        key = self, self._values(facts)
        found = self._open.get(key)
        if found is None:
            known = {**self._edition.parameters, **facts}
            read = {name: known.get(name) for name in self._reads}
            questions = open_questions(self._policy, self.rule, read)
            found = OpenCondition(self._policy, read, self.rule.when, questions)
            texts = [len(value) for value in read.values() if isinstance(value, str)]
            self._open.put(key, found, 1 + sum(texts) // 200)
        return found


def _values_of(condition: Expression, words: Mapping[str, Word]) -> Callable[[Facts], object]:
    """What distinguishes facts for the condition; of an amount, also how it is written."""
    names = sorted(name for name in fact_names(condition) if not name.startswith("{"))
    if not names:
        return lambda facts: None
    values = itemgetter(*names)
    amounts = [name for name in names if name in words and words[name].is_amount]
    return (lambda facts: (values(facts), *[str(facts[name]) for name in amounts])) if amounts else values
