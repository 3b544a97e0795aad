"""The proof of the proposed set over all requests."""

from __future__ import annotations

from collections.abc import Callable

from api.domain.approvals.evidence import ProofEvidence, StepResult, UnprovedObligation
from api.proposal_evidence.work_folder import JobFailed
from engine import Obligation, PolicySet, ProverMissing, Verdict, prove_in_groups


def prove_proposed(policies: PolicySet, show: Callable[[int], None]) -> ProofEvidence:
    """Prove what has to hold of the set; `show` is called with how many obligations are done. Raises `JobFailed`."""
    obligations: list[Obligation] = []
    try:
        for group in prove_in_groups(policies):
            obligations += group.obligations
            show(len(obligations))
    except ProverMissing as missing:
        raise JobFailed(str(missing), "install it: pip install z3-solver") from missing
    unproved = tuple(_unproved(one) for one in obligations if one.verdict is not Verdict.PROVED)
    result = StepResult.FAILED if unproved else StepResult.PASSED
    return ProofEvidence(result=result, obligations=len(obligations), unproved=unproved)


def _unproved(obligation: Obligation) -> UnprovedObligation:
    return UnprovedObligation(
        name=obligation.name,
        because=obligation.because or obligation.verdict.words,
        request=obligation.worked[-1].request if obligation.worked else None,
    )
