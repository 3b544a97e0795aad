"""`channelgate policies status`: who approved a proposal, what counts, and what is lacking."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.approvals.folder_status import StatusFiles, find_status
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    ApprovalsOption,
    ApproversOption,
    BaseOption,
    EvidenceOption,
    LogOption,
    ServiceOption,
    TokenEnvOption,
    require_option,
)
from api.cli.approvals.service_client import open_service
from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import FloorOption
from api.cli.rendering.evidence import write_evidence, write_evidence_markdown
from api.cli.rendering.proposal import (
    ProposalStatus,
    StatusFormat,
    write_json_answer,
    write_list,
    write_status,
)
from api.domain.approvals.answers import ProposalsAnswer
from api.domain.approvals.evidence import ProposalEvidence


def show_status(
    about: Annotated[
        str | None,
        typer.Argument(
            metavar="[DIR|ID]",
            help="The policy folder as it would be; with --service, the id of a proposal, or none for all.",
            show_default=False,
        ),
    ] = None,
    approvals: ApprovalsOption = None,
    approvers: ApproversOption = None,
    base: BaseOption = None,
    evidence: EvidenceOption = None,
    floor: FloorOption = None,
    log: LogOption = DEFAULT_LOG,
    service: ServiceOption = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    format_: Annotated[
        StatusFormat, typer.Option("--format", help="Text to read, JSON, or Markdown for a review.")
    ] = StatusFormat.TEXT,
    full: Annotated[
        bool, typer.Option("--full", help="With --service: the evidence first, to read before approving.")
    ] = False,
) -> None:
    """Show who approved a proposal, what counts and what is lacking; exit 1 unless that is enough."""
    if service is not None:
        called = open_service(service, token_env)
        if about is None:
            proposals = called.get("/v1/proposals", ProposalsAnswer)
            written = (
                write_json_answer(proposals)
                if format_ is StatusFormat.JSON
                else write_list(proposals.proposals)
            )
            sys.stdout.write(written or "no proposal has been made\n")
            return
        status = ProposalStatus.of(called.read_proposal(called.find_id(about)))
        if full and format_ is not StatusFormat.JSON:
            found = called.get(f"/v1/proposals/{status.proposal.proposal_id}/evidence", ProposalEvidence)
            sys.stdout.write(
                write_evidence_markdown(found) if format_ is StatusFormat.MARKDOWN else write_evidence(found)
            )
    else:
        if about is None:
            fail("the policy folder is missing", "name it, or a service with --service URL")
        files = StatusFiles(
            directory=Path(about),
            approvals=require_option(approvals, "--approvals"),
            approvers=require_option(approvers, "--approvers"),
            base=base,
            evidence=evidence,
            floor=floor,
        )
        status = find_status(files, log)
    sys.stdout.write(write_status(status, format_))
    if not status.enough:
        raise typer.Exit(FINDINGS)
