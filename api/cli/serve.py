"""`channelgate serve`: the service, until it is stopped."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from api.cli.completion import complete_erasable_facts
from api.cli.exit_codes import fail
from api.cli.keys import ApiKeysOption, AudienceOption, IssuerOption, JwksOption, NoAuthOption
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, FloorOption, PoliciesOption, WebhooksOption
from api.cli.policy_loading import read_shown, refuse_approvals, refuse_policies
from api.domain.approvals.fault_code import APPROVALS_CODE
from api.policies.ages import read_limits
from api.policies.erasable_facts import read_names
from api.policies.folder import PolicyFolder
from api.server import ServerFault, run_server
from api.settings import AccessLog, SettingsFault, read_settings
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
    context: typer.Context,
    policies: PoliciesOption,
    config: Annotated[
        Path | None,
        typer.Option(
            envvar="CHANNELGATE_CONFIG",
            metavar="FILE",
            help="A file of settings (TOML, docs/reference/configuration.md); options and variables count before it.",
            show_default=False,
        ),
    ] = None,
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
    options = {
        "policies": policies,
        "floor": floor,
        "host": host,
        "port": port,
        "workers": workers,
        "database": database,
        "jwks": jwks,
        "issuer": issuer,
        "audience": audience,
        "api_keys": api_keys,
        "insecure_no_auth": insecure_no_auth,
        "keep_apart": keep_apart,
        "exercise": exercise,
        "accept_unproved": accept_unproved,
        "hold_past": ",".join(hold_past or ()),
        "console": console,
        "public_url": public_url,
        "webhooks": webhooks,
        "metrics_port": metrics_port,
        "access_log": access_log,
        "approvers": approvers,
        "founding": founding,
    }
    try:
        settings = read_settings(config, {name: options[name] for name in _on_the_line(context, options)})
    except SettingsFault as fault:
        fail(str(fault), fault.remedy)
    _check_limits(settings.hold_past)
    # What is approved is in the ledger.
    content = PolicyFolder({}) if settings.approvers else read_shown(settings.policies)
    try:
        if settings.keep_apart and not settings.approvers:
            _check_erasable(settings.keep_apart, content.load().vocabulary)
        run_server(settings)
    except PolicyFaults as faults:
        if all(fault.code == APPROVALS_CODE for fault in faults.diagnostics):
            refuse_approvals(faults)
        refuse_policies(settings.policies, content, faults)
    except ServerFault as fault:
        fail(str(fault), fault.remedy)


def _on_the_line(context: typer.Context, options: Collection[str]) -> list[str]:
    """Return which options were given on the command line: the others are those of the environment or the file."""
    sources = {name: context.get_parameter_source(name) for name in options}
    return [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]


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
