"""`channelgate serve`: the service, until it is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.completion import complete_erasable_facts
from api.cli.exit_codes import fail
from api.cli.keys import ApiKeysOption, AudienceOption, IssuerOption, JwksOption, NoAuthOption
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, FloorOption, PoliciesOption, WebhooksOption
from api.cli.policy_loading import read_shown, refuse_approvals, refuse_policies
from api.domain.approvals.approvers import APPROVALS_CODE
from api.policies.ages import read_limits
from api.policies.erasable_facts import read_names
from api.policies.folder import PolicyFolder
from api.runtime.shipped import floor_of
from api.server import ServerFault, run_server
from api.settings import AccessLog, Settings
from engine import PolicyFaults, Vocabulary

ErasableOption = Annotated[
    str,
    typer.Option(
        envvar="CHANNELGATE_KEEP_APART",
        metavar="FACTS",
        autocompletion=complete_erasable_facts,
        help="Texts that stay out of the log, so that they can be erased: `personal`, or facts with commas between.",
    ),
]

HoldPastOption = Annotated[
    list[str] | None,
    typer.Option(
        envvar="CHANNELGATE_HOLD_PAST",
        metavar="NAME=DURATION",
        help="Permit nothing past an age: of the `set` in force, its last `proof`, its last `reload` (proof=P30D).",
        show_default=False,
    ),
]


def serve(
    policies: PoliciesOption,
    floor: FloorOption = None,
    host: Annotated[
        str, typer.Option(envvar="CHANNELGATE_HOST", help="The address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CHANNELGATE_PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8064,
    workers: Annotated[
        int,
        typer.Option(
            envvar="CHANNELGATE_WORKERS",
            min=1,
            max=64,
            help="How many processes answer; they share the port and the log.",
        ),
    ] = 1,
    database: DatabaseOption = DEFAULT_DATABASE,
    jwks: JwksOption = None,
    issuer: IssuerOption = None,
    audience: AudienceOption = None,
    api_keys: ApiKeysOption = None,
    insecure_no_auth: NoAuthOption = False,
    keep_apart: ErasableOption = "",
    exercise: Annotated[
        bool,
        typer.Option(
            "--exercise",
            envvar="CHANNELGATE_EXERCISE",
            help="Clear what was decided about past days too, for exercises with the dates of old.",
        ),
    ] = False,
    accept_unproved: Annotated[
        bool,
        typer.Option(
            "--accept-unproved",
            envvar="CHANNELGATE_ACCEPT_UNPROVED",
            help="For trying out: decide by policies that are not proved over all requests.",
        ),
    ] = False,
    hold_past: HoldPastOption = None,
    console: Annotated[
        bool,
        typer.Option(
            "--console/--no-console",
            envvar="CHANNELGATE_CONSOLE",
            help="Serve the pages for people at `/` too.",
        ),
    ] = True,
    public_url: Annotated[
        str | None,
        typer.Option(
            envvar="CHANNELGATE_PUBLIC_URL",
            metavar="URL",
            help="The address at which people reach the console, if not that it listens at, as behind TLS.",
        ),
    ] = None,
    webhooks: WebhooksOption = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            envvar="CHANNELGATE_METRICS_PORT",
            min=0,
            max=65535,
            help="The port at which metrics are read (Prometheus), on 127.0.0.1; 0 takes a free one.",
        ),
    ] = None,
    access_log: Annotated[
        AccessLog,
        typer.Option(envvar="CHANNELGATE_ACCESS_LOG", help="Log every call as a JSON line, or none."),
    ] = AccessLog.OFF,
    approvers: Annotated[
        Path | None,
        typer.Option(
            envvar="CHANNELGATE_APPROVERS",
            metavar="FILE",
            help="Require approvals for every change, by the officers named there (docs/use/approvals.md).",
        ),
    ] = None,
    founding: Annotated[
        Path | None,
        typer.Option(
            envvar="CHANNELGATE_FOUNDING",
            metavar="FILE",
            help="For the first start with --approvers: the note that all of them signed (policies found).",
        ),
    ] = None,
) -> None:
    """Answer pre-checks over HTTP, each recorded before it is given, to callers with a token or an API key."""
    limits = ",".join(hold_past or ())
    _check_limits(limits)
    content = PolicyFolder({}) if approvers else read_shown(policies)  # what is approved is in the ledger
    try:
        if not approvers:
            _check_erasable(keep_apart, content.load().vocabulary)
        run_server(
            Settings(
                policies=policies,
                floor=floor or floor_of(policies),
                host=host,
                port=port,
                workers=workers,
                database=database,
                jwks=jwks,
                issuer=issuer,
                audience=audience,
                api_keys=api_keys,
                insecure_no_auth=insecure_no_auth,
                keep_apart=keep_apart,
                exercise=exercise,
                accept_unproved=accept_unproved,
                hold_past=limits,
                console=console,
                public_url=public_url,
                webhooks=webhooks,
                metrics_port=metrics_port,
                access_log=access_log,
                approvers=approvers,
                founding=founding,
            )
        )
    except PolicyFaults as faults:
        if all(fault.code == APPROVALS_CODE for fault in faults.diagnostics):
            refuse_approvals(faults)
        refuse_policies(policies, content, faults)
    except ServerFault as fault:
        fail(str(fault), fault.remedy)


def _check_erasable(text: str, vocabulary: Vocabulary) -> None:
    try:
        read_names(text, vocabulary)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--keep-apart") from error


def _check_limits(text: str) -> None:
    try:
        read_limits(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--hold-past") from error
