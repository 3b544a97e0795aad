"""The notes of a folder as a history of approvals, so that they count by the same rules as in the log of a service.

What is in force is that of the branch, and the time of a note is that which its officer signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from api.cli.approvals.note_folder import NoteFile, ProposalFile, RefusedNote
from api.domain.approvals.history import (
    APPROVERS,
    FLOOR,
    ApprovalHistory,
    Recorded,
    RecordedActivation,
    RecordedEvidence,
    RecordedStatement,
)
from api.domain.approvals.signed_statements import read_signed
from api.domain.approvals.statements import (
    ApprovalStatement,
    ApprovalWithdrawal,
    Founding,
    OfficerStatement,
    ProposalStatement,
    ProposalWithdrawal,
    Rejection,
    Revocation,
    digest_of,
)
from api.signing.faults import SigningFault
from engine import Approval


@dataclass(frozen=True, slots=True)
class BranchInForce:
    """What the branch has: the name of the log that notes are for, the revision, the texts of floor and approvers."""

    log: str
    revision: str
    floor: str
    approvers: str


def begin_history(branch: BranchInForce, proposal: ProposalStatement) -> ApprovalHistory:
    """Return a history in which what the branch has is in force, as if it had been founded there."""
    founding = Founding(
        log=branch.log,
        officer=proposal.officer,
        at=proposal.at,
        content=branch.revision,
        floor=digest_of(branch.floor),
        approvers=digest_of(branch.approvers),
    )
    texts = {FLOOR: branch.floor, APPROVERS: branch.approvers}
    return ApprovalHistory(
        (
            RecordedStatement(0, proposal.at, founding, texts=texts),
            RecordedActivation(1, proposal.at, branch.revision, Approval.FOUNDED, founding.digest),
        )
    )


def add_proposal(
    history: ApprovalHistory, proposal: ProposalFile, log: str, now: dt.datetime
) -> ApprovalHistory:
    """Return the history with the proposal. Raises `SigningFault` unless an officer signed it."""
    stated = read_signed(history, proposal.note, ProposalStatement, log, now)
    return _added(history, RecordedStatement(_next(history), stated.at, stated, proposal.note))


def add_evidence(history: ApprovalHistory, evidence: RecordedEvidence) -> ApprovalHistory:
    """Return the history with what was computed of the proposal."""
    return _added(history, evidence)


def add_notes(
    history: ApprovalHistory,
    proposal: ProposalStatement,
    notes: Sequence[NoteFile],
    log: str,
    now: dt.datetime,
) -> tuple[ApprovalHistory, list[RefusedNote]]:
    """Return the history with each note that an officer signed, and those that count nothing."""
    refused = []
    for note in notes:
        try:
            stated = read_signed(history, note.note, OfficerStatement, log, now)
            _require_admissible(history, proposal, note)
        except SigningFault as fault:
            refused.append(RefusedNote(note.file, fault.fact))
        else:
            history = _added(history, RecordedStatement(_next(history), stated.at, note.stated, note.note))
    return history, refused


def _require_admissible(history: ApprovalHistory, proposal: ProposalStatement, note: NoteFile) -> None:
    """Raise `SigningFault` for what a service would not take either."""
    stated = note.stated
    match stated:
        case ApprovalStatement() | ApprovalWithdrawal() | Rejection() | ProposalWithdrawal():
            if stated.proposal != proposal.digest:
                raise SigningFault("it is about another proposal", "sign one about this proposal")
            if isinstance(stated, ProposalWithdrawal) and stated.officer != proposal.officer:
                raise SigningFault("only its author withdraws a proposal", "reject it")
        case Revocation():
            officer = history.in_force.approvers.find(stated.officer)
            if stated.officer != stated.revoked and not (officer and officer.decides):
                raise SigningFault("only an officer who decides may state this", "have one sign it")
        case _:
            raise SigningFault(f"a note of this kind counts nothing here: {stated.title}", "remove it")


def _next(history: ApprovalHistory) -> int:
    return len(history.recorded)


def _added(history: ApprovalHistory, one: Recorded) -> ApprovalHistory:
    return ApprovalHistory((*history.recorded, one))
