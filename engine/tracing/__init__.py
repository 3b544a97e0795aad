"""Why a request is answered as it is, at full length, and the smallest changes of facts that would change it."""

from engine.tracing.explaining import explain
from engine.tracing.explanation import (
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
