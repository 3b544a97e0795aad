"""The check of the proposed set, held to the floor and to what the base guarantees of itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from api.domain.approvals.evidence import CheckEvidence, EvidenceFinding, StepResult
from api.proposal_evidence.work_folder import WorkFolder
from engine import Diagnostic, OuterInvariants, PolicyFaults, PolicySet, hold_to, invariants_in


@dataclass(frozen=True, slots=True)
class CheckedProposal:
    """What the check found; `policies` is the proposed set, None if it has faults."""

    evidence: CheckEvidence
    policies: PolicySet | None


def check_proposed(folder: WorkFolder) -> CheckedProposal:
    """Check the proposed set as the service does before it takes one up. Raises `JobFailed`."""
    floor = folder.floor
    try:
        policies = hold_to(folder.proposed.load(), floor, _former(folder))
    except PolicyFaults as faults:
        found = tuple(_findings(faults.diagnostics))
        return CheckedProposal(CheckEvidence(result=StepResult.FAILED, faults=found), None)
    today = policies.day_at(dt.datetime.now(dt.UTC))
    remarks = tuple(_findings(policies.hints_on(today)))
    return CheckedProposal(CheckEvidence(result=StepResult.PASSED, remarks=remarks), policies)


def _former(folder: WorkFolder) -> OuterInvariants | None:
    """The invariants of the base; None of one with faults, with which nothing can be compared either."""
    try:
        return invariants_in(folder.base.files)
    except PolicyFaults:
        return None


def _findings(findings: Iterable[Diagnostic]) -> Iterable[EvidenceFinding]:
    for one in findings:
        yield EvidenceFinding(place=str(one.place), code=one.code, message=one.message, remedy=one.remedy)
