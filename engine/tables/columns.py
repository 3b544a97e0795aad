"""The columns that decide: each named once, in levels, so that a level reads only those before it.

An expression may name a column as it names a fact. `Constant(True) == Constant(1)` holds of the trees, so numbers
that stand for outcomes and places never stand beside truths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.expressions import Constant, Expression, Fact, Not, fact_names
from engine.tables.folding import both, negated


@dataclass(slots=True)
class Columns:
    """The columns of one plan, collected while it is drawn up.

    `conditions` holds each condition over the facts of a row once; its two columns say whether it is known to hold
    and whether it may hold, and neither is ever unknown. `levels` holds what is computed from columns.
    """

    conditions: dict[Expression, int] = field(default_factory=dict)
    levels: list[dict[str, Expression]] = field(default_factory=list)
    _named: dict[Expression, Fact] = field(default_factory=dict)
    _level_of: dict[str, int] = field(default_factory=dict)

    def holds(self, condition: Expression) -> Expression:
        """Whether a condition is known to hold."""
        return condition if isinstance(condition, Constant) else Fact(f"holds_{self._number(condition)}")

    def may_hold(self, condition: Expression) -> Expression:
        """Whether a condition is not known to fail."""
        return condition if isinstance(condition, Constant) else Fact(f"may_{self._number(condition)}")

    def unknown(self, condition: Expression) -> Expression:
        """Whether the value of a condition is not known."""
        return both(self.may_hold(condition), negated(self.holds(condition)))

    def name(self, expression: Expression) -> Expression:
        """The column that holds the expression; what is one already, or constant, stands for itself."""
        if isinstance(expression, Constant | Fact):
            return expression
        if isinstance(expression, Not) and isinstance(expression.operand, Fact):
            return expression
        if expression not in self._named:
            level = 1 + max((self._level_of.get(read, -1) for read in fact_names(expression)), default=-1)
            while len(self.levels) <= level:
                self.levels.append({})
            name = f"x_{len(self._named)}"
            self.levels[level][name] = expression
            self._level_of[name] = level
            self._named[expression] = Fact(name)
        return self._named[expression]

    def _number(self, condition: Expression) -> int:
        return self.conditions.setdefault(condition, len(self.conditions))


def first_columns(conditions: Mapping[Expression, int]) -> dict[str, tuple[Expression, bool]]:
    """The two columns of each condition: its expression, and what stands in its place where it is unknown."""
    found = {}
    for condition, number in conditions.items():
        found[f"holds_{number}"] = (condition, False)
        found[f"may_{number}"] = (condition, True)
    return found
