"""Why a request is answered as it is, at full length, and the smallest changes of facts that would change it."""

from engine.explanation.explain import explain
from engine.explanation.model import (
    Change,
    ConsideredPolicy,
    ConsideredRule,
    Explanation,
    LineExplanation,
    Part,
)

__all__ = [
    "Change",
    "ConsideredPolicy",
    "ConsideredRule",
    "Explanation",
    "LineExplanation",
    "Part",
    "explain",
]
