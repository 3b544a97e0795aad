"""The options for authentication, and `channelgate keys`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.clock import now
from api.cli.completion import complete_role
from api.cli.exit_codes import fail
from api.cli.options import PoliciesOption
from api.cli.policy_loading import load_shown
from api.domain.identity import IdentityFault
from api.http.authentication.key_file import add_api_key, new_api_key

JwksOption = Annotated[
    str | None,
    typer.Option(
        envvar="CHANNELGATE_JWKS", help="The JWK set of the issuer of tokens: a file or an address."
    ),
]
IssuerOption = Annotated[
    str | None, typer.Option(envvar="CHANNELGATE_ISSUER", help="The `iss` that tokens must have.")
]
AudienceOption = Annotated[
    str | None, typer.Option(envvar="CHANNELGATE_AUDIENCE", help="The `aud` that tokens must have.")
]
ApiKeysOption = Annotated[
    Path | None, typer.Option(envvar="CHANNELGATE_API_KEYS", help="The file of API keys.")
]
NoAuthOption = Annotated[
    bool,
    typer.Option(
        "--insecure-no-auth",
        envvar="CHANNELGATE_INSECURE_NO_AUTH",
        help="Take every caller for the one operator, who decides; on a loopback address only.",
    ),
]


KeyFileOption = Annotated[Path, typer.Option(envvar="CHANNELGATE_API_KEYS", help="The file of API keys.")]
DaysOption = Annotated[
    int | None,
    typer.Option(min=1, max=3660, help="After how many days the key ends; never if left out."),
]


def in_days(days: int | None) -> datetime | None:
    """Return the moment so many days from now; None for None."""
    return None if days is None else now() + timedelta(days=days)


def new_key(
    name: Annotated[str, typer.Option(help="Who is to hold the key.")],
    role: Annotated[
        str,
        typer.Option(
            metavar="ROLE",
            autocompletion=complete_role,
            help="What the holder is: a role of the policies.",
        ),
    ],
    policies: PoliciesOption,
    department: Annotated[
        str | None, typer.Option(help="For a role that asks: the identifier of its department.")
    ] = None,
    days: DaysOption = None,
    file: KeyFileOption = Path("api-keys.json"),
) -> None:
    """Make an API key and show it, this once; the file keeps only its hash."""
    roles = load_shown(policies).roles
    if role not in roles:
        known = ", ".join(f"'{name}'" for name in roles)
        raise typer.BadParameter(
            f"'{role}' is not one of {known}, the roles of the policies", param_hint="--role"
        )
    try:
        key, stored = new_api_key(name, roles[role], department, in_days(days))
    except ValueError as error:
        asking = ", ".join(sorted(one.name for one in roles.values() if one.asks))
        raise typer.BadParameter(
            f"give --name, and --department for a role that asks ({asking}) and for no other,"
            " each of at most 200 characters"
        ) from error
    try:
        add_api_key(file, stored)
    except IdentityFault as fault:
        fail(str(fault), fault.remedy)
    sys.stdout.write(f"{key}\n")
    sys.stderr.write(f"Give it to {name} now, it is not shown again. {file} keeps its hash.\n")
