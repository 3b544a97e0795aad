"""Rego by regopy (rego-cpp): a prepared bundle with a chain of `else` for each country.

A set of all rows that hold and its `min` took twice as long and more. (It also needs numbers of one length: rego-cpp
takes 10 for the least of 8, 9 and 10.) Facts are given as an input that was converted before. An interpreter holds
one input at a time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from regopy import Input, Interpreter

from benchmarks.engines.content import NOT_GOVERNED, Rule, write_rows
from benchmarks.engines.protocol import COUNTRY, EngineForm, Stated, by_country, plain_name


class Bundle:
    """One bundle with an entry point."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        chains: dict[str, list[str]] = {}
        for row in write_rows(rules):
            when = "; ".join(
                f"input.{plain_name(name)} == {json.dumps(value)}" for name, value in row.when.items()
            )
            chains.setdefault(row.country, []).append(f"{json.dumps(row.outcome)} if {{ {when} }}")
        module = ["package rules", "import rego.v1", f"default outcome := {json.dumps(NOT_GOVERNED)}"]
        for country, chain in chains.items():
            module.append(f'outcome := of_{country} if input.{plain_name(COUNTRY)} == "{country}"')
            module.append(f"of_{country} := {' else := '.join(chain)}")
        self._interpreter = Interpreter()
        self._interpreter.add_module("rules", "\n".join(module))
        self._bundle = self._interpreter.build(None, ["rules/outcome"])
        assert self._bundle.ok()

    def prepare(self, stated: Stated) -> Input:
        return Input(stated)

    def decide(self, prepared: Input) -> str:
        self._interpreter.set_input(prepared)
        return str(self._interpreter.query_bundle_entrypoint(self._bundle, "rules/outcome")[0][0])


FORMS = [
    EngineForm("regopy", "a chain for each country", "regopy", Bundle),
    EngineForm("regopy", "a bundle for each country", "regopy", by_country(Bundle), by_hand=True),
]
