"""`channelgate policies reject`: an officer rejects a proposal."""

from __future__ import annotations

from pathlib import Path
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
    ReasonOption,
    ServiceOption,
    TokenEnvOption,
    one_line,
)
from api.cli.options import ForceOption
from api.domain.approvals.statements import Rejection


def reject_proposal(
    reason: ReasonOption,
    about: Annotated[
        str | None,
        typer.Argument(
            metavar="[DIR|ID]",
            help="The policy folder, if it is to be compared; with --service, the id of the proposal.",
            show_default=False,
        ),
    ] = None,
    approvals: ApprovalsOption = None,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    log: LogOption = DEFAULT_LOG,
    service: ServiceOption = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    force: ForceOption = False,
) -> None:
    """Reject a proposal, by a signed note beside it or at a service: nothing more can become of it."""
    line = one_line(reason)

    def state(about: StatedAbout) -> Rejection:
        return Rejection(**about.members, reason=line)

    act = Act("rejection", "rejection", state, {"reason": line})
    options = ActOptions(approvers, key, log, force)
    if service:
        state_to_service(act, about, service, token_env, options)
    else:
        state_in_folder(act, Path(about) if about else None, approvals, options)
