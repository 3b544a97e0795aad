"""zen-engine: a decision table of which the first row that holds decides, or a compiled expression for each country.

The table is given to a static loader: there it is compiled once, and evaluated in a twentieth (or less) of the time
that a decision made by `create_decision` takes. The facts are given as JSON text, sooner taken than a dictionary.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import zen

from benchmarks.engines.content import NOT_GOVERNED, READ, Rule, write_rows, write_tree
from benchmarks.engines.infix import WORDY, write
from benchmarks.engines.protocol import COUNTRY, EngineForm, Stated, by_country, plain_name
from engine.language.expressions import Expression


class DecisionTable:
    """One decision table, compiled by the loader."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        columns = (COUNTRY, *READ)
        inputs = [
            {"id": name, "name": name, "type": "expression", "field": name}
            for name in map(plain_name, columns)
        ]
        output = {"id": "outcome", "name": "outcome", "type": "expression", "field": "outcome"}
        rows = []
        for number, row in enumerate(write_rows(rules)):
            when = {COUNTRY: row.country, **row.when}
            cells = {plain_name(name): json.dumps(when[name]) if name in when else "" for name in columns}
            rows.append({"_id": str(number), **cells, "outcome": json.dumps(row.outcome)})
        table = {"hitPolicy": "first", "inputs": inputs, "outputs": [output], "rules": rows}
        nodes = [
            {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
            {
                "id": "t",
                "type": "decisionTableNode",
                "name": "t",
                "position": {"x": 0, "y": 0},
                "content": table,
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
        ]
        edges = [
            {"id": "1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ]
        content = {"rules": {"nodes": nodes, "edges": edges}}
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})

    def prepare(self, stated: Stated) -> str:
        return json.dumps(stated)

    def decide(self, prepared: str) -> str:
        return str(self._engine.evaluate("rules", prepared)["result"].get("outcome", NOT_GOVERNED))


class Nested:
    """One compiled expression that gives the outcome."""

    def __init__(self, tree: Expression) -> None:
        self._expression: Any = zen.compile_expression(write(tree, WORDY))

    def prepare(self, stated: Stated) -> str:
        return json.dumps(stated)

    def decide(self, prepared: str) -> str:
        return str(self._expression.evaluate(prepared))


NESTED = by_country(lambda own: Nested(write_tree(own)))
PACKAGE = "zen-engine"
FORMS = [
    EngineForm("zen-engine", "a decision table", PACKAGE, DecisionTable),
    EngineForm("zen-engine", "an expression for each country", PACKAGE, NESTED, by_hand=True, of_tree=Nested),
]
