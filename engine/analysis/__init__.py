"""What holds of a policy set over all requests, proved with z3 and not sampled."""

from engine.analysis.proof import Involved, Obligation, Proof, ProofGroup, Verdict, WorkedRequest
from engine.analysis.proving import prove, prove_in_groups
from engine.analysis.solving import ProverMissing

__all__ = [
    "Involved",
    "Obligation",
    "Proof",
    "ProofGroup",
    "ProverMissing",
    "Verdict",
    "WorkedRequest",
    "prove",
    "prove_in_groups",
]
