"""Why a request is answered as it is, at full length, and the smallest changes of facts that would change it."""

from engine.explanation.assembly import BUDGET, explain
from engine.explanation.counterfactuals import ExplanationStopped
from engine.explanation.model import (
    Change,
    ConditionPart,
    ConsideredPolicy,
    ConsideredRule,
    Explanation,
    LineExplanation,
)

__all__ = [
    "BUDGET",
    "Change",
    "ConditionPart",
    "ConsideredPolicy",
    "ConsideredRule",
    "Explanation",
    "ExplanationStopped",
    "LineExplanation",
    "explain",
]
