"""The options for authentication, and `channelgate keys`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.domain.identity import IdentityFault, Role
from api.http.authentication.api_keys import add_api_key, new_api_key

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
        help="Take every caller for the Committee; on a loopback address only.",
    ),
]


def new_key(
    name: Annotated[str, typer.Option(help="Who is to hold the key.")],
    role: Annotated[Role, typer.Option(help="What the holder is.")],
    department: Annotated[
        str | None, typer.Option(help="For the role department: the identifier of its department.")
    ] = None,
    file: Annotated[Path, typer.Option(envvar="CHANNELGATE_API_KEYS", help="The file of API keys.")] = Path(
        "api-keys.json"
    ),
) -> None:
    """Make an API key and show it, this once; the file keeps only its hash."""
    try:
        key, stored = new_api_key(name, role, department)
    except ValueError as error:
        raise typer.BadParameter(
            "give --name, and --department for the role department and for no other, each of at most 200 characters"
        ) from error
    try:
        add_api_key(file, stored)
    except IdentityFault as fault:
        fail(str(fault), fault.remedy)
    sys.stdout.write(f"{key}\n")
    sys.stderr.write(f"Give it to {name} now, it is not shown again. {file} keeps its hash.\n")
