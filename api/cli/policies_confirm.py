"""`channelgate policies confirm`: what is in force in a ledger that was restored from a backup shall be."""

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
    TokenEnvOption,
)
from api.cli.approvals.service_client import open_service
from api.cli.exit_codes import fail
from api.domain.approvals.answers import OfficersAnswer, RecordedAnswer
from api.domain.approvals.statements import RestoreConfirmation


def confirm_restored(
    revision: Annotated[
        str,
        typer.Argument(
            metavar="REVISION", help="The revision that shall be in force, whole.", show_default=False
        ),
    ],
    service: NeededServiceOption,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    log: LogOption = DEFAULT_LOG,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
) -> None:
    """Confirm what is in force in a ledger restored from a backup, as one officer who decides."""
    if not WHOLE_REVISION.fullmatch(revision):
        fail(
            f"`{revision}` is no whole revision", "write its 64 signs, as the log and /v1/policies show them"
        )
    called = open_service(service, token_env)
    restored = called.get("/v1/approvers", OfficersAnswer).restored
    if restored is None:
        remedy = "an emergency return is confirmed by a proposal of the same revision: `policies rollback`"
        fail("the ledger was not restored, or that was confirmed", remedy)

    def state(members: dict[str, Any]) -> RestoreConfirmation:
        return RestoreConfirmation(**members, content=revision, restoring=restored.mark)

    body = signed_body(state, ActOptions(approvers, key, log)) or {}
    answer = called.post("/v1/policies/confirmation", {**body, "revision": revision}, RecordedAnswer)
    sys.stdout.write(
        f"confirmed: {answer.in_force.revision}, as of the backup of {restored.taken_at.isoformat()}\n"
    )
