"""`channelgate policies return`: in an emergency, earlier policies are in force again at once."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from api.cli.approvals.acts import ActOptions, signed_body
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    WHOLE_REVISION,
    ApproversOption,
    LogOption,
    NeededServiceOption,
    OfficerKeyOption,
    ReasonOption,
    TokenEnvOption,
    one_line,
)
from api.cli.approvals.service_client import open_service
from api.cli.exit_codes import fail
from api.domain.approvals.answers import OfficersAnswer, RecordedAnswer
from api.domain.approvals.statements import EmergencyReturn


def return_to_earlier(
    revision: Annotated[
        str,
        typer.Argument(
            metavar="REVISION", help="A revision that was in force before, whole.", show_default=False
        ),
    ],
    reason: ReasonOption,
    service: NeededServiceOption,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    log: LogOption = DEFAULT_LOG,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
) -> None:
    """Bring earlier policies into force again at once, as one officer who decides; it has to be confirmed soon."""
    if not WHOLE_REVISION.fullmatch(revision):
        fail(
            f"`{revision}` is no whole revision", "write its 64 signs, as the log and /v1/policies show them"
        )
    called = open_service(service, token_env)
    line = one_line(reason)

    def state(members: dict[str, Any]) -> EmergencyReturn:
        base = called.get("/v1/approvers", OfficersAnswer).in_force.revision
        return EmergencyReturn(**members, content=revision, base=base, reason=line)

    body = signed_body(state, ActOptions(approvers, key, log)) or {"reason": line}
    answer = called.post("/v1/policies/return", {**body, "revision": revision}, RecordedAnswer)
    until = answer.in_force.confirm_until
    sys.stdout.write(f"in force: {answer.in_force.revision}\n")
    if until:
        sys.stdout.write(
            f"to be confirmed, by a proposal of it that is approved, until {until.isoformat()}\n"
        )
