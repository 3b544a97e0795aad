"""What an edition makes of a line with one fact another, again and again: for thousands of tries in a row.

`Lookahead` and `Reevaluation` answer for facts that are unknown and become known; here any fact may change, and
nothing but the outcome is found.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.compiling.condition_index import ConditionIndex, Split, TruthBits
from engine.compiling.editions import CompiledEdition, any_of
from engine.contract.decision import Outcome
from engine.contract.vocabulary import Value
from engine.language.expressions import Facts, Truth
from engine.policy.bitsets import members


class FactVariations:
    """What the conditions of an index come to under some facts, with one of them another.

    All but that fact is computed once, however many facts and values are tried.
    """

    __slots__ = ("_called", "_facts", "_index", "_rest_false", "_rest_unknown", "_without")

    def __init__(self, index: ConditionIndex, facts: Facts) -> None:
        self._index, self._facts = index, facts
        self._without: dict[str, Split] | None = None
        self._called = self._rest_false = self._rest_unknown = 0

    def evaluate(self, name: str, value: Value) -> TruthBits:
        """Return what `evaluate` of the index finds with the fact changed."""
        index, row = self._index, self._index.rows.get(name)
        if self._without is None:
            self._without = self._all_but_one()
        if row is None:
            true, false = self._without[""]
        else:
            (true, false), (able, unable) = self._without[name], row.by_value.get(value, row.other)
            true, false = true & able, false | unable
        if open_rest := index.with_rest & ~false:
            again = index.rest_reads.get(name, 0) & open_rest
            if new := open_rest & ~(again | self._called):
                self._call(new)
            false |= self._rest_false & ~again
            true &= ~(self._rest_unknown & ~again)
            if again:
                true, false = index.with_rest_of(again, true, false, {**self._facts, name: value})
        return true & ~false, index.everything & ~(true | false)

    def _call(self, positions: int) -> None:
        """Call functions that do not read the fact that is another, each once."""
        self._called |= positions
        for position in members(positions):
            truth = self._index.rest[position](self._facts)
            if truth is False:
                self._rest_false |= 1 << position
            elif truth is None:
                self._rest_unknown |= 1 << position

    def _all_but_one(self) -> dict[str, Split]:
        """What the rows leave, without each of them in turn; under no name, with all."""
        rows, fact = self._index.rows.items(), self._facts.get
        (true, false), before = self._index.constant, list[Split]()
        found = [row.by_value.get(fact(name), row.other) for name, row in rows]
        for able, unable in found:
            before.append((true, false))
            true, false = true & able, false | unable
        without, true_after, false_after = {"": (true, false)}, -1, 0
        each = zip(self._index.rows, before, found, strict=True)
        for name, (true, false), (able, unable) in reversed([*each]):
            without[name] = true & true_after, false | false_after
            true_after, false_after = true_after & able, false_after | unable
        return without


class ScopeAndOutcome(NamedTuple):
    """Whether a policy governs a line, and what it answers if it does."""

    scope: Truth
    outcome: Outcome


NOT_GOVERNING = ScopeAndOutcome(False, Outcome.NOT_GOVERNED)


class EditionVariations:
    """What an edition makes of a line as it is, and with one of its facts another."""

    __slots__ = ("_compiled", "_conditions", "_facts", "_scope", "_scopes", "_unchanged")

    def __init__(self, compiled: CompiledEdition, facts: Facts) -> None:
        self._compiled, self._facts = compiled, facts
        self._scopes = FactVariations(compiled.scope, facts)
        self._conditions = FactVariations(compiled.conditions, facts)
        self._scope = compiled.governs(facts)
        self._unchanged: ScopeAndOutcome | None = None

    @property
    def unchanged(self) -> ScopeAndOutcome:
        """What it makes of the line as it is."""
        if self._unchanged is None:
            compiled = self._compiled
            self._unchanged = (
                NOT_GOVERNING
                if self._scope is False
                else ScopeAndOutcome(
                    self._scope, compiled.outcome_of(compiled.conditions.evaluate(self._facts))
                )
            )
        return self._unchanged

    def with_fact(self, name: str, value: Value) -> ScopeAndOutcome:
        """Return what it makes of the line with the fact changed."""
        edition, scope = self._compiled.edition, self._scope
        if name in edition.scope_mentions:
            scope = any_of(self._scopes.evaluate(name, value))
        elif name not in edition.mentions:
            return self.unchanged
        if scope is False:
            return NOT_GOVERNING
        return ScopeAndOutcome(scope, self._compiled.outcome_of(self._conditions.evaluate(name, value)))
