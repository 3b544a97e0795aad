"""`channelgate policies show`: the policies as the engine has read them."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from api.cli.clock import today
from api.cli.completion import complete_policy
from api.cli.console import console
from api.cli.exit_codes import fail
from api.cli.options import DayOption, Format, FormatOption, PoliciesOption
from api.cli.policy_loading import load_shown
from api.cli.rendering.decision import print_policies, print_policy
from engine import describe_policies, describe_policy


def show_policies(
    policies: PoliciesOption,
    name: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete_policy, help="One policy, such as korea; all in short if left out."
        ),
    ] = None,
    as_of: DayOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show the policies as the engine has read them."""
    active = load_shown(policies)
    day = as_of or today(active)
    if name is None:
        described = describe_policies(active, day)
    elif found := describe_policy(active, name, day):
        described = found
    else:
        fail(
            f"there is no policy `{name}`",
            f"name one of {', '.join(policy.name for policy in active.policies)}",
        )
    if format_ is Format.JSON:
        sys.stdout.write(json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    elif name is None:
        print_policies(console, described)
    else:
        print_policy(console, described)
