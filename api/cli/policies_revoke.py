"""`channelgate policies revoke`: it is recorded that an officer has left."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from urllib.parse import quote

import typer

from api.cli.approvals.acts import ActOptions, signed_body
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    ApproversOption,
    LogOption,
    NeededServiceOption,
    OfficerKeyOption,
    ReasonOption,
    TokenEnvOption,
    one_line,
)
from api.cli.approvals.service_client import open_service
from api.domain.approvals.answers import RecordedAnswer
from api.domain.approvals.statements import Revocation


def revoke_officer(
    officer: Annotated[
        str, typer.Argument(metavar="OFFICER", help="Who has left, by name.", show_default=False)
    ],
    reason: ReasonOption,
    service: NeededServiceOption,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    log: LogOption = DEFAULT_LOG,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    though_too_few: Annotated[
        bool, typer.Option("--though-too-few", help="Also where too few are left to change anything.")
    ] = False,
) -> None:
    """Record at a service that an officer has left: what that officer approved no longer counts."""
    line = one_line(reason)

    def state(members: dict[str, Any]) -> Revocation:
        return Revocation(**members, revoked=officer, reason=line)

    stated = signed_body(state, ActOptions(approvers, key, log)) or {"reason": line}
    body = {**stated, "though_too_few": though_too_few}
    called = open_service(service, token_env)
    called.post(f"/v1/approvers/{quote(officer, safe='')}/revocation", body, RecordedAnswer)
    sys.stdout.write(
        f"{officer} has left: what is pending needs other approvals, and the file of approvers a change\n"
    )
