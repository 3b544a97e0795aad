"""The columns that decide: each named once, so that a column reads only those before it.

An expression may name a column as it names a fact. `Constant(True) == Constant(1)` holds of the trees, so numbers
that stand for outcomes and places never stand beside truths.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.bulk.simplification import both, negated
from engine.language.expressions import Constant, Expression, Fact, Not


@dataclass(slots=True)
class PlanColumns:
    """The columns of one plan, collected while it is drawn up.

    `conditions` holds each condition over the facts of a row once; its two columns say whether it is known to hold
    and whether it may hold, and neither is ever unknown. `named` holds what is computed from columns, by name.
    """

    conditions: dict[Expression, int] = field(default_factory=dict)
    named: dict[str, Expression] = field(default_factory=dict)
    _names: dict[Expression, Fact] = field(default_factory=dict)

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
        if expression not in self._names:
            name = f"x_{len(self._names)}"
            self.named[name] = expression
            self._names[expression] = Fact(name)
        return self._names[expression]

    def _number(self, condition: Expression) -> int:
        return self.conditions.setdefault(condition, len(self.conditions))
