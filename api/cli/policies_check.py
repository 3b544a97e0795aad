"""`channelgate policies check`: every fault and remark of a policy folder, to read or for other tools."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer
from rich.console import Console

from api.cli.clock import today
from api.cli.exit_codes import FINDINGS
from api.cli.options import DirectoryArgument, FloorOption, FolderOption, day_option
from api.cli.policy_loading import name_floor, read_shown
from api.cli.rendering.decision import print_findings
from api.files.findings.listing import findings_as_json
from api.files.findings.places import Sources
from api.files.findings.sarif import findings_as_sarif
from api.files.findings.workflow import findings_as_commands
from api.policies.floor import hold_to_floor
from api.runtime.shipped import default_policies, floor_of
from engine import Diagnostic, PolicyFaults, PolicySet


class CheckFormat(StrEnum):
    """How the findings are printed; each format has the same ones."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def check_policies(
    floor: FloorOption = None,
    directory: DirectoryArgument = None,
    policies: FolderOption = None,
    format_: Annotated[
        CheckFormat,
        typer.Option("--format", help="Text to read, JSON, SARIF, or workflow commands of GitHub Actions."),
    ] = CheckFormat.TEXT,
    as_of: Annotated[
        dt.date | None,
        typer.Option(
            "--as-of",
            parser=day_option,
            metavar="YYYY-MM-DD",
            help="The day on which a period is over; today.",
        ),
    ] = None,
) -> None:
    """Show every fault of a policy folder, with place and remedy, and remarks on a sound one."""
    folder = directory or policies or default_policies()
    floor = floor or floor_of(folder)
    content = read_shown(folder)
    sources = Sources(folder, content.files)
    try:
        checked = hold_to_floor(content.load(), floor)
    except PolicyFaults as faults:
        _show(faults.diagnostics, sources, format_)
        raise typer.Exit(FINDINGS) from faults
    day = as_of or today(checked)
    _show(checked.hints_on(day), sources, format_)
    if format_ is CheckFormat.TEXT:
        sys.stdout.write(f"{_summary(checked, folder)}{name_floor(floor)}\n")


def _show(findings: Sequence[Diagnostic], sources: Sources, format_: CheckFormat) -> None:
    match format_:
        case CheckFormat.TEXT:
            print_findings(Console(highlight=False), findings, dict(sources.files))
        case CheckFormat.JSON:
            sys.stdout.write(f"{findings_as_json(findings)}\n")
        case CheckFormat.SARIF:
            sys.stdout.write(f"{findings_as_sarif(findings, sources)}\n")
        case CheckFormat.GITHUB:
            sys.stdout.write(findings_as_commands(findings, sources))
        case _:
            assert_never(format_)


def _summary(checked: PolicySet, folder: Path) -> str:
    rules = {rule.name for policy in checked.policies for e in policy.editions for rule in e.rules}
    return (
        f"ok: {folder}, {len(checked.files)} files, {len(checked.policies)} policies, {len(rules)} rules,"
        f" revision {checked.revision[:12]}"
    )
