"""How a command loads the policies it works with; without usable ones it ends with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import typer

from api.cli.console import errors
from api.cli.exit_codes import COULD_NOT, fail
from api.cli.rendering.decision import print_findings
from api.policies.floor import load_held
from api.policies.folder import read_folder
from engine import PolicyFaults, PolicySet, load_policies


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the policy files of a folder; if they cannot be read, end the command."""
    try:
        return read_folder(folder)
    except PolicyFaults as faults:
        for finding in faults.diagnostics:
            sys.stderr.write(f"channelgate: {finding.place.file}: {finding.message}; {finding.remedy}\n")
        raise typer.Exit(COULD_NOT) from faults


def load_shown(folder: Path, floor: Path | None = None) -> PolicySet:
    """Return the policies of a folder, held to a floor if there is one.

    If they have faults, show each in its line and end the command.
    """
    files = read_files(folder)
    try:
        return load_held(files, floor) if floor else load_policies(files)
    except PolicyFaults as faults:
        refuse_policies(folder, files, faults)


def refuse_policies(folder: Path, files: Mapping[str, bytes], faults: PolicyFaults) -> NoReturn:
    """Show each fault in its line and end the command."""
    print_findings(errors, faults.diagnostics, files)
    fail(
        f"the policies in {folder} have faults, so nothing is decided by them", "mend the places named above"
    )


def load_usable(folder: Path, consequence: str, floor: Path | None = None) -> PolicySet:
    """Return the policies of a folder, held to a floor if there is one.

    If they have faults, print each of them and end the command.
    """
    try:
        files = read_folder(folder)
        return load_held(files, floor) if floor else load_policies(files)
    except PolicyFaults as faults:
        for finding in faults.diagnostics:
            sys.stderr.write(f"{finding}\n")
        fail(
            f"the policies in {folder} cannot be used, so {consequence}",
            "mend the places named above; `channelgate policies check` shows them",
        )
