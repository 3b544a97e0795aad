"""`channelgate policies schema`: the shape of the policy files, for editors."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.policy_loading import load_shown
from engine import policy_schema


def print_schema(
    directory: Annotated[
        Path | None,
        typer.Argument(help="A policy folder, whose facts, choices, rules, clauses and parties are offered."),
    ] = None,
) -> None:
    """Print the JSON Schema of the policy files; editors complete and underline by it."""
    policies = load_shown(directory) if directory else None
    sys.stdout.write(f"{json.dumps(policy_schema(policies), indent=2, ensure_ascii=False)}\n")
