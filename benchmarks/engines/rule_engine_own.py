"""rule-engine by its own interpreter: a chain of rules of which the first that matches decides, or nested choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rule_engine

from benchmarks.engines.content import NOT_GOVERNED, Rule, condition, together, write_rows, write_tree
from benchmarks.engines.infix import WORDY, write
from benchmarks.engines.protocol import COUNTRY, EngineForm, Stated, by_country
from engine.language.expressions import Expression


class Chained:
    """The library's own ordered rules; they share one context."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        context = rule_engine.Context(default_timezone="utc")
        entries = []
        for row in write_rows(rules):
            parts = [condition(COUNTRY, row.country)]
            parts += [condition(fact, value) for fact, value in row.when.items()]
            entries.append((rule_engine.Rule(write(together(parts), WORDY), context=context), row.outcome))
        self._chain = rule_engine.Chain(entries, default_value=NOT_GOVERNED)

    def prepare(self, stated: Stated) -> Mapping[str, Any]:
        return stated

    def decide(self, prepared: Mapping[str, Any]) -> str:
        return str(self._chain.evaluate(prepared))


class Nested:
    """One rule whose value is the outcome."""

    def __init__(self, tree: Expression) -> None:
        context = rule_engine.Context(default_timezone="utc")
        self._rule = rule_engine.Rule(write(tree, WORDY), context=context)

    def prepare(self, stated: Stated) -> Mapping[str, Any]:
        return stated

    def decide(self, prepared: Mapping[str, Any]) -> str:
        return str(self._rule.evaluate(prepared))


NESTED = by_country(lambda own: Nested(write_tree(own)))
FORMS = [
    EngineForm("rule-engine", "a chain of rules", "rule-engine", Chained),
    EngineForm("rule-engine", "a rule for each country", "rule-engine", NESTED, by_hand=True, of_tree=Nested),
]
