"""What an officer states about a proposal: written into its folder as a signed note, or sent to a service."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from api.cli.approvals.content import read_revision
from api.cli.approvals.folder_history import BranchInForce, add_notes, add_proposal, begin_history
from api.cli.approvals.note_folder import note_file, read_notes, read_proposal, write_note
from api.cli.approvals.officer_keys import load_approvers, load_officer_key, read_bytes
from api.cli.approvals.options import require_option
from api.cli.approvals.service_client import open_service
from api.cli.clock import now
from api.cli.exit_codes import fail
from api.cli.rendering.proposal import ProposalStatus, StatusFormat, write_status
from api.domain.approvals.answers import ProposalAnswer
from api.domain.approvals.proposal_view import ViewMoment, view_proposal
from api.domain.approvals.statements import OfficerStatement, StatementAboutProposal
from api.signing.faults import SigningFault
from api.signing.notes import sign_note


@dataclass(frozen=True, slots=True)
class StatedAbout:
    """What every statement about a proposal states, and what the proposal is of."""

    log: str
    officer: str
    at: datetime
    proposal: str
    author: str
    content: str
    base: str

    @property
    def members(self) -> dict[str, Any]:
        """The members that every such statement has."""
        return {"log": self.log, "officer": self.officer, "at": self.at, "proposal": self.proposal}


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a proposal: the beginning of its file, its path at a service, its statement, its unsigned body."""

    kind: str
    path: str
    state: Callable[[StatedAbout], StatementAboutProposal]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActOptions:
    """Who states it, as the options of the command name them, and whether a note is replaced."""

    approvers: Path | None
    key: Path | None
    log: str
    force: bool = False


def state_in_folder(act: Act, directory: Path | None, approvals: Path | None, options: ActOptions) -> None:
    """Write the note of an act into the folder of a proposal, and return that.

    Ends the command where the proposal is not of `directory`, nobody may state it, or it has come to an end.
    """
    folder = require_option(approvals, "--approvals")
    approvers_file = require_option(options.approvers, "--approvers")
    key_file = require_option(options.key, "--key")
    found = read_proposal(folder)
    proposal = found.stated
    if directory is not None and (revision := read_revision(directory)) != proposal.content:
        fact = f"the proposal is of revision {proposal.content[:12]}, and {directory} is {revision[:12]}"
        fail(fact, "check out what was proposed, or propose it anew")
    approvers = load_approvers(approvers_file)
    key = load_officer_key(key_file, approvers)
    at = now()
    branch = BranchInForce(options.log, proposal.base, "", read_bytes(approvers_file, "--approvers").decode())
    try:
        history = add_proposal(begin_history(branch, proposal), found, options.log, at)
    except SigningFault as fault:
        fail(f"the proposal in {folder}: {fault.fact}", fault.remedy)
    history, _ = add_notes(history, proposal, read_notes(folder)[0], options.log, at)
    view = view_proposal(history, history.proposals[proposal.digest], ViewMoment(at, at.date(), ""))
    if not view.state.is_open:
        fail(f"the proposal is {view.state.value}", "propose it anew")
    stated = act.state(
        StatedAbout(
            options.log, key.name, at, proposal.digest, proposal.officer, proposal.content, proposal.base
        )
    )
    file = note_file(folder, act.kind, key.name)
    write_note(file, stated, key, "--approvals", force=options.force)
    sys.stdout.write(
        f"{file}: {stated.title} by {key.name}; commit it, and push it to the branch of the change\n"
    )


def state_to_service(act: Act, named: str | None, service: str, token_env: str, options: ActOptions) -> None:
    """Send an act to a service, signed if a key is named, and print how the proposal stands then."""
    if named is None:
        fail(
            "the id of the proposal is missing",
            "see the ids with `channelgate policies status --service URL`",
        )
    called = open_service(service, token_env)
    proposal_id = called.find_id(named)

    def state(members: dict[str, Any]) -> OfficerStatement:
        shown = called.read_proposal(proposal_id)
        return act.state(
            StatedAbout(
                members["log"],
                members["officer"],
                members["at"],
                proposal_id,
                shown.author,
                shown.content,
                shown.base,
            )
        )

    body = signed_body(state, options) or act.body
    answer = called.post(f"/v1/proposals/{proposal_id}/{act.path}", body, ProposalAnswer)
    sys.stdout.write(write_status(ProposalStatus.of(answer), StatusFormat.TEXT))


def signed_body(state: Callable[[dict[str, Any]], OfficerStatement], options: ActOptions) -> dict[str, str]:
    """Return the body with the note of what the holder of the key states; empty if no key is named.

    `state` is given the members that every statement has.
    """
    if options.key is None:
        return {}
    approvers = load_approvers(require_option(options.approvers, "--approvers"))
    key = load_officer_key(options.key, approvers)
    stated = state({"log": options.log, "officer": key.name, "at": now()})
    return {"note": sign_note(stated.to_text(), key)}
