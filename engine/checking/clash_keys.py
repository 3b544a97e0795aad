"""What the result of a search for clashes depends on, so that it can be used again.

A set that differs from one checked before in a single rule is searched again only where that rule is concerned, and
the policies of several countries only where what differs between them has a part in the result.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.contract.vocabulary import Word
from engine.language.expression_parts import fact_names
from engine.language.expression_text import describe
from engine.language.expressions import Expression
from engine.policy.rules import Rule


class RuleKeys:
    """What counts of each rule of a policy: its relations to others, and its condition, with the words in it."""

    def __init__(self, words: Mapping[str, Word]) -> None:
        self._words = words
        self._conditions: dict[int, tuple[Expression, frozenset[str], object]] = {}

    def names(self, rule: Rule) -> frozenset[str]:
        """The facts that its condition reads."""
        return self._condition(rule.when)[1]

    def key(self, rule: Rule) -> object:
        """All of the rule that a search depends on; what stands in it of rules that are not concerned does no harm."""
        related = rule.exception_to, rule.exception_to_every, rule.beats
        return rule.name, rule.outcome, *related, self._condition(rule.when)[2]

    def _condition(self, condition: Expression) -> tuple[Expression, frozenset[str], object]:
        # The condition itself is stored with the rest, so that no other can take its id.
        found = self._conditions.get(id(condition))
        if found is None:
            names = fact_names(condition)
            words = [(word.name, word.kind, word.choices) for word in map(self._words.__getitem__, sorted(names))]
            found = condition, names, (describe(condition), *words)
            self._conditions[id(condition)] = found
        return found
