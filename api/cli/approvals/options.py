"""The options that the commands about approvals share."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.cli.options import day_option
from api.domain.approvals.statements import ProposalSubject
from api.settings import USUAL_ORIGIN

DEFAULT_LOG = USUAL_ORIGIN
"""What a log is called where its service has no setting for it."""
DEFAULT_TOKEN_ENV = "CHANNELGATE_TOKEN"
WHOLE_REVISION = re.compile("[0-9a-f]{64}")
"""A revision as a service takes it."""

ApproversOption = Annotated[
    Path | None,
    typer.Option(
        "--approvers",
        envvar="CHANNELGATE_APPROVERS",
        metavar="FILE",
        help="The file of approvers in force: of the branch that is changed, not of the change.",
    ),
]
OfficerKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="PEM", help="The private key of the officer who states this, as a PEM file."
    ),
]
LogOption = Annotated[
    str,
    typer.Option(
        "--log", envvar="CHANNELGATE_LOG_ORIGIN", metavar="NAME", help="The name of the log that it is for."
    ),
]
ApprovalsOption = Annotated[
    Path | None,
    typer.Option("--approvals", metavar="FOLDER", help="The folder with the notes about the proposal."),
]
BaseOption = Annotated[
    Path | None,
    typer.Option("--base", metavar="DIR", help="What is in force: the same folder or file on the branch."),
]
SubjectOption = Annotated[
    ProposalSubject,
    typer.Option("--subject", help="What is changed: the policies, or the file of another thing."),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a line.")]
HoldsFromOption = Annotated[
    dt.date | None,
    typer.Option(
        "--holds-from",
        parser=day_option,
        metavar="YYYY-MM-DD",
        help="The day from which it shall hold; left out, from its activation.",
    ),
]
EvidenceOption = Annotated[
    Path | None,
    typer.Option(
        "--evidence", metavar="FILE", help="The evidence of the change, as JSON (policies evidence)."
    ),
]
ServiceOption = Annotated[
    str | None, typer.Option("--service", metavar="URL", help="Call this service, instead of using files.")
]
NeededServiceOption = Annotated[str, typer.Option("--service", metavar="URL", help="The service to call.")]
TokenEnvOption = Annotated[
    str,
    typer.Option(
        "--token-env", metavar="NAME", help="The variable that holds the token or API key for the service."
    ),
]


def require_option(value: Path | None, option: str) -> Path:
    """Return what an option names; left out where it is needed, it ends the command."""
    if value is None:
        fail(f"{option} is missing", f"give it with {option}, or name a service with --service URL")
    return value


def one_line(text: str) -> str:
    """Return a text as one line; an empty one ends the command."""
    if not (line := " ".join(text.split())):
        fail("the text is empty", "say in words what is wished, or why")
    return line
