"""`channelgate policies approve`: an officer approves a proposal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.approvals.acts import Act, ActOptions, StatedAbout, state_in_folder, state_to_service
from api.cli.approvals.evidence_file import read_evidence
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    ApprovalsOption,
    ApproversOption,
    EvidenceOption,
    LogOption,
    OfficerKeyOption,
    ServiceOption,
    TokenEnvOption,
)
from api.cli.exit_codes import fail
from api.cli.options import ForceOption
from api.domain.approvals.statements import ApprovalStatement


def approve_proposal(
    about: Annotated[
        str,
        typer.Argument(
            metavar="DIR|ID",
            help="The policy folder as it was proposed; with --service, the id of the proposal.",
            show_default=False,
        ),
    ],
    approvals: ApprovalsOption = None,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    evidence: EvidenceOption = None,
    log: LogOption = DEFAULT_LOG,
    service: ServiceOption = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    force: ForceOption = False,
) -> None:
    """Approve a proposal: by a signed note beside it, or at a service."""
    shown = read_evidence(evidence) if evidence else None
    digest = shown.digest if shown else None

    def state(about: StatedAbout) -> ApprovalStatement:
        if about.officer == about.author:
            fail(
                f"{about.officer} is the author, and does not approve what is proposed",
                "let other officers do so",
            )
        if shown:
            shown.require_about(about.content)
        return ApprovalStatement(**about.members, content=about.content, base=about.base, evidence=digest)

    act = Act("approval", "approvals", state, {"evidence": digest} if digest else {})
    options = ActOptions(approvers, key, log, force)
    if service:
        state_to_service(act, about, service, token_env, options)
    else:
        state_in_folder(act, Path(about), approvals, options)
