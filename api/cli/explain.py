"""`channelgate explain`: what a code or name in an answer or a finding stands for."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from api.cli.completion import complete_name
from api.cli.console import console
from api.cli.exit_codes import fail
from api.cli.options import FloorOption, Format, FormatOption, LanguageOption, PoliciesOption, read_in
from api.cli.policy_loading import load_shown
from api.runtime.shipped import floor_of
from api.services.explained_names import explain_name, nearest_name
from engine import NameExplanation


def explain_word(
    name: Annotated[
        str,
        typer.Argument(
            autocompletion=complete_name,
            help="A clause, rule, table, fact, parameter, policy, outcome, party, check and so on: S3.6, X02.",
        ),
    ],
    policies: PoliciesOption,
    floor: FloorOption = None,
    language: LanguageOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Say what a code or name in an answer or a finding stands for."""
    active = read_in(language, load_shown(policies, floor or floor_of(policies)))
    found = explain_name(active, name, language)
    if not found:
        remedy = (
            nearest_name(active, name)
            or "`channelgate policies show` and `channelgate clauses` list the names"
        )
        fail(f"nothing is called `{name}`", remedy)
    if format_ is Format.JSON:
        rows = [
            {"name": one.name, "sort": one.sort, "statements": [list(row) for row in one.statements]}
            for one in found
        ]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    for position, one in enumerate(found):
        if position:
            console.print()
        _print(one)


def _print(found: NameExplanation) -> None:
    console.print(Text(f"{found.name}: {found.sort}", style="bold"))
    for label, text in found.statements:
        console.print(Padding(Text(f"{label}: {text}"), (0, 0, 0, 2), expand=False))
