"""Conditions that turn on the day: what holds of them whatever day it is, and the days after which they may turn."""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.expressions import Expression


@dataclass(frozen=True, slots=True)
class DatedCondition:
    """A condition that holds dates against each other or against the day.

    `always` is known to hold only where the condition does whichever of its dates have passed; where `ever` is known
    to fail, the condition does so whichever have. Up to the first of the `dates` that is not over it does not turn.
    """

    always: Expression
    ever: Expression
    dates: tuple[Expression, ...]
