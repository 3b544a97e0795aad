"""What holds of a policy set over all requests, proved with z3 and not sampled."""

from engine.analysis.comparing import compare
from engine.analysis.comparison import (
    ChangedAnswer,
    ChangedClass,
    Comparison,
    Difference,
    Direction,
    direction_of,
)
from engine.analysis.day_changes import compare_with_day_before
from engine.analysis.proof import Involved, Obligation, Proof, ProofGroup, Verdict, WorkedRequest
from engine.analysis.proving import prove, prove_floor, prove_in_groups
from engine.analysis.solving import ProverMissing

__all__ = [
    "ChangedAnswer",
    "ChangedClass",
    "Comparison",
    "Difference",
    "Direction",
    "Involved",
    "Obligation",
    "Proof",
    "ProofGroup",
    "ProverMissing",
    "Verdict",
    "WorkedRequest",
    "compare",
    "compare_with_day_before",
    "direction_of",
    "prove",
    "prove_floor",
    "prove_in_groups",
]
