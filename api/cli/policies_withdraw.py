"""`channelgate policies withdraw`: the author takes a proposal back, or an officer an approval."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.approvals.acts import Act, ActOptions, StatedAbout, state_in_folder, state_to_service
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    ApprovalsOption,
    ApproversOption,
    LogOption,
    OfficerKeyOption,
    ServiceOption,
    TokenEnvOption,
)
from api.cli.exit_codes import fail
from api.cli.options import ForceOption
from api.domain.approvals.statements import ApprovalWithdrawal, ProposalWithdrawal


def withdraw(
    proposal: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="With --service, the id of the proposal.", show_default=False),
    ] = None,
    approval: Annotated[
        bool, typer.Option("--approval", help="Take one's own approval back, and not the proposal.")
    ] = False,
    approvals: ApprovalsOption = None,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    log: LogOption = DEFAULT_LOG,
    service: ServiceOption = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    force: ForceOption = False,
) -> None:
    """Take a proposal back, as its author; or, with --approval, one's own approval of it."""
    if approval:
        act = Act("approval-withdrawal", "approvals/withdrawal", _withdraw_approval, {})
    else:
        act = Act("withdrawal", "withdrawal", _withdraw_proposal, {})
    options = ActOptions(approvers, key, log, force)
    if service:
        state_to_service(act, proposal, service, token_env, options)
        return
    if proposal is not None:
        fail(
            "the id of a proposal was given without a service", "name it with --service, or leave the id out"
        )
    state_in_folder(act, None, approvals, options)


def _withdraw_approval(about: StatedAbout) -> ApprovalWithdrawal:
    return ApprovalWithdrawal(**about.members)


def _withdraw_proposal(about: StatedAbout) -> ProposalWithdrawal:
    if about.officer != about.author:
        fail(
            f"{about.author} is the author, and alone withdraws what is proposed",
            "reject it, or take an approval back with --approval",
        )
    return ProposalWithdrawal(**about.members)
