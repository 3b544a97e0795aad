"""`channelgate keys officer`: the key by which an officer signs what is proposed and approved."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.cli.options import ForceOption
from api.cli.output_files import require_free
from api.runtime.private_files import write_private
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/@-]*")
"""What YAML reads as text without quotes."""


def make_officer_key(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What the approvers call the officer, without spaces.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the private key is written.")],
    force: ForceOption = False,
) -> None:
    """Make the key by which an officer signs, and print the lines for the file of approvers."""
    try:
        key = SigningKey.generate(name)
    except SigningFault as fault:
        fail(fault.fact, fault.remedy)
    require_free([("--out", out)], [], force=force)
    try:
        write_private(out, key.to_pem())
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror})", "name a file that can be written with --out")
    sys.stdout.write(f"    - officer: {_quoted(name)}\n      key: {_quoted(key.verifying.format())}\n")
    sys.stderr.write(
        f"{out} is the private key of {name}: nobody else may have it. Put the lines above under `officers:` in the"
        " file of approvers.\n"
    )


def _quoted(text: str) -> str:
    """Text as YAML has it."""
    return text if _PLAIN.fullmatch(text.partition("+")[0]) else json.dumps(text, ensure_ascii=False)
