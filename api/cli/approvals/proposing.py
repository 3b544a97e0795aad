"""A proposal as its author makes it: a signed note in a folder, or a call of a service."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.approvals.acts import ActOptions, signed_body
from api.cli.approvals.note_folder import PROPOSAL_FILE, write_note
from api.cli.approvals.officer_keys import load_approvers, load_officer_key
from api.cli.approvals.options import one_line, require_option
from api.cli.approvals.service_client import ApprovalService
from api.cli.clock import now
from api.cli.exit_codes import fail
from api.cli.rendering.proposal import ProposalStatus, StatusFormat, write_status
from api.domain.approvals.answers import InForceAnswer, OfficersAnswer, ProposalAnswer
from api.domain.approvals.statements import ProposalStatement, ProposalSubject


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What is proposed: its digest, what it replaces if that is known, from when it holds, and the wish."""

    subject: ProposalSubject
    content: str
    base: str | None
    holds_from: dt.date | None
    wish: str | None

    @property
    def worded(self) -> str:
        """The wish as one line; without one the command ends."""
        if self.wish is None:
            fail("the wish is missing", "say with --wish in words what is wished")
        return one_line(self.wish)

    def state(self, base: str, officer: str, log: str, at: dt.datetime) -> ProposalStatement:
        """Return the proposal of an officer."""
        return ProposalStatement(
            log=log,
            officer=officer,
            at=at,
            subject=self.subject,
            content=self.content,
            base=base,
            holds_from=self.holds_from,
            wish=self.worded,
        )


def propose_in_folder(change: ProposedChange, base: str, out: Path | None, options: ActOptions) -> None:
    """Write the note of a proposal, signed by its author."""
    folder = require_option(out, "--out")
    approvers = load_approvers(require_option(options.approvers, "--approvers"))
    key = load_officer_key(require_option(options.key, "--key"), approvers)
    if change.content == base:
        fail("it is what is in force, so nothing is proposed", "name with --base what the branch has")
    stated = change.state(base, key.name, options.log, now())
    file = folder / PROPOSAL_FILE
    write_note(file, stated, key, "--out", force=options.force)
    sys.stdout.write(
        f"{file}: {key.name} proposes {change.content[:12]} in the place of {base[:12]}; commit it with the change\n"
    )


def propose_to_service(
    change: ProposedChange, members: Mapping[str, Any], service: ApprovalService, options: ActOptions
) -> None:
    """Send a proposal to a service, signed if a key is named, and print how it stands."""
    body: dict[str, Any] = {"subject": change.subject.value, **members}
    if change.holds_from:
        body["holds_from"] = change.holds_from.isoformat()

    def state(members: dict[str, Any]) -> ProposalStatement:
        base = change.base or _in_force(service, change.subject)
        return change.state(base, **members)

    if note := signed_body(state, options):
        body |= note
    else:
        body |= {"wish": change.worded} | ({"base": change.base} if change.base else {})
    answer = service.post("/v1/proposals", body, ProposalAnswer)
    sys.stdout.write(write_status(ProposalStatus.of(answer), StatusFormat.TEXT))


def _in_force(service: ApprovalService, subject: ProposalSubject) -> str:
    in_force: InForceAnswer = service.get("/v1/approvers", OfficersAnswer).in_force
    match subject:
        case ProposalSubject.POLICIES:
            return in_force.revision
        case ProposalSubject.FLOOR:
            return in_force.floor
        case ProposalSubject.APPROVERS:
            return in_force.approvers
