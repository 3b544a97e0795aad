"""`channelgate policies rollback`: an earlier revision is proposed again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.approvals.acts import ActOptions
from api.cli.approvals.content import read_revision
from api.cli.approvals.options import (
    DEFAULT_LOG,
    DEFAULT_TOKEN_ENV,
    WHOLE_REVISION,
    ApproversOption,
    BaseOption,
    HoldsFromOption,
    LogOption,
    OfficerKeyOption,
    ServiceOption,
    TokenEnvOption,
)
from api.cli.approvals.proposing import ProposedChange, propose_in_folder, propose_to_service
from api.cli.approvals.service_client import open_service
from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, ForceOption
from api.cli.stored_revisions import read_stored_revision
from api.domain.approvals.statements import ProposalSubject
from api.storage.approvals import load_history


def propose_earlier(
    revision: Annotated[
        str,
        typer.Argument(
            metavar="REVISION",
            help="An earlier revision: of a ledger its beginning, of a service the whole.",
            show_default=False,
        ),
    ],
    wish: Annotated[str, typer.Option("--wish", metavar="TEXT", help="Why, in a line.")],
    base: BaseOption = None,
    approvers: ApproversOption = None,
    key: OfficerKeyOption = None,
    holds_from: HoldsFromOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="The folder for the notes about it.")
    ] = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    log: LogOption = DEFAULT_LOG,
    service: ServiceOption = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
    force: ForceOption = False,
) -> None:
    """Propose an earlier revision again, from the ledger that stores it; it needs approvals as any change does."""
    options = ActOptions(approvers, key, log, force)
    before = read_revision(base) if base else None
    if service:
        if not WHOLE_REVISION.fullmatch(revision):
            fail(
                f"`{revision}` is no whole revision",
                "write its 64 signs, as the log and /v1/policies show them",
            )
        change = ProposedChange(ProposalSubject.POLICIES, revision, before, holds_from, wish)
        propose_to_service(change, {"revision": revision}, open_service(service, token_env), options)
        return
    content = read_stored_revision(revision, database).revision
    before = before or _in_force(database)
    propose_in_folder(
        ProposedChange(ProposalSubject.POLICIES, content, before, holds_from, wish), before, out, options
    )


def _in_force(database: str) -> str:
    """The revision in force by a ledger; one where approvals are not founded ends the command."""
    with reading_log(database) as connection:
        history = load_history(connection)
    if not history.is_founded:
        fail("approvals are not founded in this ledger", "name with --base the policies that are in force")
    return history.in_force.revision
