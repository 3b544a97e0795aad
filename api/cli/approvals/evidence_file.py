"""The evidence of a proposal, from the file that `policies evidence` wrote; or what can be found out at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from api.cli.approvals.officer_keys import read_bytes
from api.cli.exit_codes import fail
from api.domain.approvals.evidence import ProposalEvidence
from api.domain.approvals.history import RecordedEvidence
from api.domain.approvals.proposal_view import ProposalState
from api.domain.approvals.statements import ProposalStatement, digest_of
from api.ledger.entries import EVIDENCE, Entry, EntryKind
from api.policies.proof_gate import find_unproved
from api.storage.approvals import evidence_of
from engine import PolicySet

_MAKE = "make it with `channelgate policies evidence BASE DIR --format json --out FILE`"
NOT_GIVEN = "no evidence was given, so it counts as one that may loosen something"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The evidence in a file: its digest, its content, what was computed of which revision."""

    file: Path
    content: bytes
    digest: str
    evidence: ProposalEvidence

    def require_about(self, revision: str) -> None:
        """End the command if the evidence is of another revision."""
        if (proposed := self.evidence.proposed) != revision:
            fail(f"{self.file} is of revision {proposed[:12]}, and the proposal of {revision[:12]}", _MAKE)

    def recorded(self, proposal: ProposalStatement, sequence: int, at: dt.datetime) -> RecordedEvidence:
        """Return it as a service reads what it has recorded."""
        entry = Entry(EntryKind.PROPOSAL_EVIDENCE, proposal.digest, at, {}, {EVIDENCE: self.content})
        return evidence_of(sequence, entry)


def read_evidence(file: Path) -> EvidenceFile:
    """Return the evidence of a file; one that cannot be read ends the command."""
    content = read_bytes(file, "--evidence")
    try:
        evidence = ProposalEvidence.model_validate_json(content)
        return EvidenceFile(file, content, digest_of(content.decode()), evidence)
    except (ValidationError, UnicodeDecodeError):
        fail(f"{file} holds no evidence that can be read", _MAKE)


def prove_at_once(
    policies: PolicySet,
    base: str,
    floor: str,
    engine: str,
    proposal: ProposalStatement,
    sequence: int,
    at: dt.datetime,
) -> RecordedEvidence:
    """Return what is known of checked policies without evidence: whether they are proved, and nothing in favour.

    `base` is the revision in force, `floor` the digest of the floor that the policies are held to.
    """
    proved = not find_unproved(policies)
    passed = [ProposalState.CHECKED.value, *([ProposalState.PROVED.value] if proved else [])]
    return RecordedEvidence(
        sequence,
        at,
        proposal=proposal.digest,
        digest="",
        base=base,
        proposed=policies.revision,
        floor=floor,
        engine=engine,
        passed=tuple(passed),
        failed=ProposalState.TESTED.value if proved else ProposalState.PROVED.value,
        loosens=(NOT_GIVEN,),
    )
