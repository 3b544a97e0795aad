"""`channelgate policies propose`: an officer proposes a change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.approvals.acts import ActOptions
from api.cli.approvals.carrying import carry_proposal
from api.cli.approvals.content import load_proposed, read_content, read_features, read_revision, require_sound
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    ApprovalsOption,
    ApproversOption,
    BaseOption,
    HoldsFromOption,
    LogOption,
    OfficerKeyOption,
    ServiceOption,
    SubjectOption,
    TokenEnvOption,
    require_option,
)
from api.cli.approvals.proposing import ProposedChange, propose_in_folder, propose_to_service
from api.cli.approvals.service_client import ApprovalService, open_service
from api.cli.clock import today
from api.cli.exit_codes import fail
from api.cli.options import FloorOption, ForceOption
from api.domain.approvals.statements import ProposalSubject


def propose_change(
    content: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="The policy folder as it would be; or a file.", show_default=False
        ),
    ],
    wish: Annotated[
        str | None, typer.Option("--wish", metavar="TEXT", help="What is wished, in a line.")
    ] = None,
    base: BaseOption = None,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    holds_from: HoldsFromOption = None,
    subject: SubjectOption = ProposalSubject.POLICIES,
    floor: FloorOption = None,
    features: Annotated[
        Path | None,
        typer.Option(
            "--features",
            metavar="FOLDER",
            help="The scenarios to send to a service, by which it tests the change.",
            show_default="features beside the policies, if there are any",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="The folder for the notes about it.")
    ] = None,
    approvals: ApprovalsOption = None,
    log: LogOption = DEFAULT_LOG,
    service: ServiceOption = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    force: ForceOption = False,
) -> None:
    """Propose a change: by a signed note for a pull request, or at a service, with the approvals it has."""
    options = ActOptions(approvers, key, log, force)
    if service is None:
        if subject is not ProposalSubject.POLICIES:
            fail(f"the {subject.value} are proposed to a service", "name it with --service URL")
        before = read_revision(require_option(base, "--base"))
        policies = load_proposed(content, "nothing is proposed", floor)
        if holds_from and holds_from < (day := today(policies)):
            fail(f"it shall hold from {holds_from}, and today is {day}", "name a day that is not over")
        change = ProposedChange(subject, policies.revision, before, holds_from, wish)
        propose_in_folder(change, before, out, options)
        return
    called = open_service(service, token_env)
    if approvals is not None:
        given = read_content(ProposalSubject.POLICIES, content)
        carry_proposal(given, content, approvals, _scenarios(features, content), called)
        return
    _propose(content, base, ProposedChange(subject, "", None, holds_from, wish), features, called, options)


def _propose(
    content: Path,
    base: Path | None,
    change: ProposedChange,
    features: Path | None,
    service: ApprovalService,
    options: ActOptions,
) -> None:
    """Propose to a service what lies there."""
    require_sound(change.subject, content)
    given = read_content(change.subject, content)
    before = read_content(change.subject, base).digest if base else None
    members = dict(given.members)
    if change.subject is ProposalSubject.POLICIES and (scenarios := _scenarios(features, content)):
        members["features"] = scenarios
    stated = ProposedChange(change.subject, given.digest, before, change.holds_from, change.wish)
    propose_to_service(stated, members, service, options)


def _scenarios(features: Path | None, policies: Path) -> dict[str, str]:
    """The scenarios to send: of the folder that is named, else of the one beside the policies, if there is one."""
    folder = features or policies.resolve().parent / "features"
    return read_features(folder) if folder.is_dir() else {}
