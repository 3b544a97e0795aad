"""What the search for clashes reads in a rule, worked out once for all the pairs that the rule is part of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.contract.vocabulary import Kind, Value, Word
from engine.language.expression_parts import constants_beside, fact_names, walk
from engine.language.expression_text import describe
from engine.language.expressions import Compare, Constant, Expression, Sum
from engine.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class ComparedFacts:
    """The facts of one kind that are compared with each other, and what is added to them there: numbers, or days."""

    names: frozenset[str]
    added: frozenset[int | Decimal]


@dataclass(frozen=True, slots=True)
class ConditionContent:
    """The facts that a condition reads, the values it compares them with, and where it compares several facts.

    `key` is all of it that matters to a search, as it is written and with the kinds of its words.
    """

    names: frozenset[str]
    constants: Mapping[str, frozenset[Value]]
    comparisons: tuple[ComparedFacts, ...]
    key: object


class RuleContents:
    """The contents of the rules of one policy, whose words are given."""

    def __init__(self, words: Mapping[str, Word]) -> None:
        self.words = words
        self._conditions: dict[int, tuple[Expression, ConditionContent]] = {}
        self._names: dict[int, tuple[Expression, tuple[str, ...]]] = {}

    def of(self, rule: Rule) -> ConditionContent:
        """The content of the rule's condition."""
        # What a thing is found by is stored with it, so that nothing else can take its id.
        found = self._conditions.get(id(rule.when))
        if found is None:
            found = rule.when, self._content(rule.when)
            self._conditions[id(rule.when)] = found
        return found[1]

    def names(self, part: Expression) -> tuple[str, ...]:
        """The facts that a part of a condition reads, in order."""
        found = self._names.get(id(part))
        if found is None:
            found = self._names[id(part)] = part, tuple(sorted(fact_names(part)))
        return found[1]

    def key(self, rule: Rule) -> object:
        """All of the rule that a search depends on; that it names rules that are not concerned does no harm."""
        return (
            rule.name,
            rule.outcome,
            rule.exception_to,
            rule.exception_to_every,
            rule.beats,
            self.of(rule).key,
        )

    def _content(self, when: Expression) -> ConditionContent:
        names = fact_names(when)
        words = [(word.kind, word.choices, word.whole) for word in map(self.words.__getitem__, sorted(names))]
        return ConditionContent(
            names, constants_beside(when), tuple(self._comparisons(when)), (describe(when), *words)
        )

    def _comparisons(self, when: Expression) -> Iterator[ComparedFacts]:
        for node in walk(when):
            if isinstance(node, Compare):
                by_kind: dict[Kind, set[str]] = {}
                for name in fact_names(node):
                    by_kind.setdefault(self.words[name].kind, set()).add(name)
                for kind, names in by_kind.items():
                    yield ComparedFacts(frozenset(names), frozenset(_added(node, kind)))


def _added(comparison: Compare, kind: Kind) -> Iterator[int | Decimal]:
    """What sums in the comparison add to facts of the kind, or take away."""
    for total in walk(comparison):
        for part in walk(total) if isinstance(total, Sum) else ():
            match part:
                case Constant(dt.timedelta() as duration) if kind is Kind.DATE:
                    yield duration.days
                case Constant(int() | Decimal() as number) if kind is Kind.NUMBER:
                    yield number
                case _:
                    pass
