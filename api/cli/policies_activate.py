"""`channelgate policies activate`: what was approved comes into force at a service."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.approvals.acts import Act, ActOptions, StatedAbout, state_to_service
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    ApproversOption,
    LogOption,
    NeededServiceOption,
    OfficerKeyOption,
    TokenEnvOption,
)
from api.domain.approvals.statements import Activation


def activate_proposal(
    proposal: Annotated[
        str, typer.Argument(metavar="ID", help="The id of the proposal.", show_default=False)
    ],
    service: NeededServiceOption,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    log: LogOption = DEFAULT_LOG,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
) -> None:
    """Bring an approved proposal into force at a service, at every process of it at once."""
    act = Act("activation", "activation", _activate, {})
    state_to_service(act, proposal, service, token_env, ActOptions(approvers, key, log))


def _activate(about: StatedAbout) -> Activation:
    return Activation(**about.members)
