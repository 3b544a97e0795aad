"""How the proposal in a folder stands, by the notes beside it and by what the branch has."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from api.cli.approvals.content import load_proposed, read_revision
from api.cli.approvals.evidence_file import prove_at_once, read_evidence
from api.cli.approvals.folder_history import (
    BranchInForce,
    add_evidence,
    add_notes,
    add_proposal,
    begin_history,
)
from api.cli.approvals.note_folder import ProposalFile, RefusedNote, read_notes, read_proposal
from api.cli.approvals.officer_keys import load_approvers, read_bytes
from api.cli.clock import now
from api.cli.exit_codes import fail
from api.cli.rendering.proposal import ProposalStatus, RefusedNoteAnswer
from api.domain.approvals.answers import ProposalAnswer, describe_proposal
from api.domain.approvals.history import ApprovalHistory, RecordedEvidence
from api.domain.approvals.proposal_view import ProposalState, ViewMoment, view_proposal
from api.domain.approvals.statements import ProposalStatement, ProposalSubject, digest_of
from api.runtime.engine_fingerprint import fingerprint_engine
from api.runtime.shipped import floor_of
from api.signing.faults import SigningFault
from engine import PolicySet


@dataclass(frozen=True, slots=True)
class StatusFiles:
    """What the status of a proposal is found from. Without `base`, what the proposal replaces is believed."""

    directory: Path
    approvals: Path
    approvers: Path
    base: Path | None
    evidence: Path | None
    floor: Path | None


def find_status(files: StatusFiles, log: str) -> ProposalStatus:
    """Return how the proposal stands now; what cannot be read ends the command."""
    found = read_proposal(files.approvals)
    proposal = found.stated
    if proposal.subject is not ProposalSubject.POLICIES:
        fail(f"the proposal is of the {proposal.subject.value}", "show it at a service, with --service URL")
    load_approvers(files.approvers)
    floor = files.floor or floor_of(files.base or files.directory)
    policies = load_proposed(files.directory, "no approval of them counts", floor)
    branch = BranchInForce(
        log,
        read_revision(files.base) if files.base else proposal.base,
        read_bytes(floor, "--floor").decode(),
        read_bytes(files.approvers, "--approvers").decode(),
    )
    at = now()
    history = _begin(found, branch, files, at)
    moment = ViewMoment(at, policies.day_at(at), fingerprint_engine())
    history = add_evidence(
        history, _evidence(files, policies, branch, proposal, moment, len(history.recorded))
    )
    notes, unread = read_notes(files.approvals)
    history, refused = add_notes(history, proposal, notes, log, at)
    view = view_proposal(history, history.proposals[proposal.digest], moment)
    answer = describe_proposal(history, view)
    if proposal.content != policies.revision:
        answer = _of_another(answer, policies)
    return ProposalStatus.of(answer, [_answered(one) for one in (*unread, *refused)])


def _begin(
    found: ProposalFile, branch: BranchInForce, files: StatusFiles, at: dt.datetime
) -> ApprovalHistory:
    try:
        return add_proposal(begin_history(branch, found.stated), found, branch.log, at)
    except SigningFault as fault:
        fail(f"the proposal in {files.approvals}: {fault.fact}", fault.remedy)


def _evidence(
    files: StatusFiles,
    policies: PolicySet,
    branch: BranchInForce,
    proposal: ProposalStatement,
    moment: ViewMoment,
    sequence: int,
) -> RecordedEvidence:
    if files.evidence is None:
        return prove_at_once(
            policies, branch.revision, digest_of(branch.floor), moment.engine, proposal, sequence, moment.at
        )
    evidence = read_evidence(files.evidence)
    evidence.require_about(proposal.content)
    return evidence.recorded(proposal, sequence, moment.at)


def _of_another(answer: ProposalAnswer, policies: PolicySet) -> ProposalAnswer:
    """The answer where the folder holds something else than was proposed: none of it counts for what is there."""
    lacking = f"it is about revision {answer.content[:12]}, and the folder is {policies.revision[:12]}"
    return answer.model_copy(update={"state": ProposalState.DRAFTED, "lacking": (lacking,)})


def _answered(one: RefusedNote) -> RefusedNoteAnswer:
    return RefusedNoteAnswer(file=one.file, fact=one.fact)
