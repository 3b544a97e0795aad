"""The notes of a pull request, carried into a service: the proposal, and each approval that nobody took back."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import typer

from api.cli.approvals.content import ContentToPropose
from api.cli.approvals.note_folder import NoteFile, ProposalFile, RefusedNote, read_notes, read_proposal
from api.cli.approvals.service_client import ApprovalService, Refusal
from api.cli.exit_codes import COULD_NOT, fail
from api.cli.rendering.proposal import ProposalStatus, StatusFormat, write_status
from api.domain.approvals.answers import ProposalAnswer, ProposalsAnswer
from api.domain.approvals.statements import (
    ApprovalStatement,
    ApprovalWithdrawal,
    ProposalStatement,
    ProposalWithdrawal,
    Rejection,
)


def carry_proposal(
    content: ContentToPropose,
    directory: Path,
    folder: Path,
    features: Mapping[str, str],
    service: ApprovalService,
) -> None:
    """Record the proposal of a folder and its approvals at a service, each unless it is there already.

    Ends the command with exit code 2 if one of them is not recorded; the others are.
    """
    found = read_proposal(folder)
    proposal = found.stated
    if proposal.content != content.digest:
        fact = f"the proposal is of {proposal.content[:12]}, and {directory} is {content.digest[:12]}"
        fail(fact, "check out what was proposed")
    notes, refused = read_notes(folder)
    about = _about(proposal, notes, refused)
    known = _find_known(service, proposal.digest) or _post_proposal(service, found, content, features)
    for note in _to_carry(about, {one.officer for one in known.approvals if one.counts}):
        path = _path_of(note)
        reply = service.call("POST", f"/v1/proposals/{proposal.digest}/{path}", {"note": note.note})
        if isinstance(reply, Refusal):
            refused.append(RefusedNote(note.file, reply.fact))
    for one in refused:
        sys.stderr.write(f"channelgate: {folder / one.file} was not recorded: {one.fact}\n")
    status = ProposalStatus.of(service.read_proposal(proposal.digest))
    sys.stdout.write(write_status(status, StatusFormat.TEXT))
    if refused:
        raise typer.Exit(COULD_NOT)


def _about(
    proposal: ProposalStatement, notes: Sequence[NoteFile], refused: list[RefusedNote]
) -> list[NoteFile]:
    """The approvals of a proposal and what takes them back; one that has come to an end ends the command."""
    about = []
    for note in notes:
        stated = note.stated
        match stated:
            case Rejection() | ProposalWithdrawal() if stated.proposal == proposal.digest:
                fail(f"by {note.file} the proposal has come to an end", "propose it anew")
            case ApprovalStatement() | ApprovalWithdrawal() if stated.proposal == proposal.digest:
                about.append(note)
            case _:
                refused.append(RefusedNote(note.file, "it is no approval of this proposal"))
    return about


def _to_carry(notes: Sequence[NoteFile], counting: Collection[str]) -> Iterator[NoteFile]:
    """Yield what the service lacks of what each officer stated last; `counting` approved it there already."""
    newest = {note.stated.officer: note for note in notes}
    for officer, note in newest.items():
        if isinstance(note.stated, ApprovalStatement) != (officer in counting):
            yield note


def _path_of(note: NoteFile) -> str:
    return "approvals" if isinstance(note.stated, ApprovalStatement) else "approvals/withdrawal"


def _find_known(service: ApprovalService, proposal_id: str) -> ProposalAnswer | None:
    proposals = service.get("/v1/proposals", ProposalsAnswer).proposals
    return next((one for one in proposals if one.proposal_id == proposal_id), None)


def _post_proposal(
    service: ApprovalService, found: ProposalFile, content: ContentToPropose, features: Mapping[str, str]
) -> ProposalAnswer:
    """Record the proposal, as its author signed it."""
    body = {"subject": found.stated.subject.value, **content.members, "note": found.note}
    if found.stated.holds_from:
        body["holds_from"] = found.stated.holds_from.isoformat()
    if features:
        body["features"] = dict(features)
    return service.post("/v1/proposals", body, ProposalAnswer)
