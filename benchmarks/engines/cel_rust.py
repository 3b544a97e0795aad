"""CEL by its Rust interpreter (the package common-expression-language): programs compiled once.

The rules as a list of programs of which the first that is true decides; or, for each country, one program that nests
them. The facts are stored as a context, which the programs share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cel

from benchmarks.engines.content import NOT_GOVERNED, Rule, condition, together, write_rows, write_tree
from benchmarks.engines.infix import SIGNS, write
from benchmarks.engines.protocol import EngineForm, Stated, by_country
from engine.language.expressions import Expression


class Programs:
    """The first program that is true decides."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._programs = []
        for row in write_rows(rules):
            parts = [condition("mission.country", row.country)]
            parts += [condition(fact, value) for fact, value in row.when.items()]
            self._programs.append((cel.compile(write(together(parts), SIGNS)), row.outcome))

    def prepare(self, stated: Stated) -> Any:
        return cel.Context(variables=stated)

    def decide(self, prepared: Any) -> str:
        for program, outcome in self._programs:
            if program.execute(prepared):
                return outcome
        return NOT_GOVERNED


class Nested:
    """One program that gives the outcome."""

    def __init__(self, tree: Expression) -> None:
        self._program = cel.compile(write(tree, SIGNS))

    def prepare(self, stated: Stated) -> Any:
        return cel.Context(variables=stated)

    def decide(self, prepared: Any) -> str:
        return str(self._program.execute(prepared))


NESTED = by_country(lambda own: Nested(write_tree(own)))
PACKAGE = "common-expression-language"
FORMS = [
    EngineForm("CEL (Rust)", "a list of programs", PACKAGE, Programs),
    EngineForm("CEL (Rust)", "a program for each country", PACKAGE, NESTED, by_hand=True, of_tree=Nested),
]
