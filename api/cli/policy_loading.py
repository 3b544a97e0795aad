"""How a command loads the policies it works with; without usable ones it ends with exit code 2."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import typer

from api.cli.exit_codes import COULD_NOT, fail
from api.policies.folder import PolicyFolder, read_folder
from api.policies.held_sets import load_held
from api.runtime.shipped import shipped_floor
from engine import PolicyFaults, PolicySet


def name_floor(floor: Path) -> str:
    """Return what is added to a result that rests on a floor; nothing for the shipped one."""
    if floor.resolve() == shipped_floor().resolve():
        return ""
    here = Path.cwd()
    return f", held to {floor.relative_to(here) if floor.is_relative_to(here) else floor}"


def read_shown(folder: Path) -> PolicyFolder:
    """Return the content of a policy folder; without any, end the command."""
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
    content = read_shown(folder)
    try:
        return load_held(content, floor)
    except PolicyFaults as faults:
        refuse_policies(folder, content, faults, floor)


def refuse_policies(
    folder: Path, content: PolicyFolder, faults: PolicyFaults, floor: Path | None = None
) -> NoReturn:
    """Show each fault in its line and end the command."""
    from api.cli.console import errors
    from api.cli.rendering.decision import print_findings

    print_findings(errors, faults.diagnostics, content.files)
    if _are_of_floor(faults, floor):
        fail(
            f"the floor {floor} has faults, so nothing is decided by the policies in {folder}",
            "mend the places named above",
        )
    fail(
        f"the policies in {folder} have faults, so nothing is decided by them", "mend the places named above"
    )


def refuse_approvals(faults: PolicyFaults) -> NoReturn:
    """Show why approvals cannot be required, and end the command."""
    for fault in faults.diagnostics:
        place = fault.place if fault.place.line > 1 else fault.place.file
        sys.stderr.write(f"channelgate: {place}: {fault.message}; {fault.remedy}\n")
    raise typer.Exit(COULD_NOT) from faults


def _are_of_floor(faults: PolicyFaults, floor: Path | None) -> bool:
    """Whether it is the floor alone that has faults, or cannot be stated."""
    return floor is not None and {finding.place.file for finding in faults.diagnostics} == {str(floor)}


def load_usable(folder: Path, consequence: str, floor: Path | None = None) -> PolicySet:
    """Return the policies of a folder, held to a floor if there is one.

    If they have faults, print each of them and end the command.
    """
    try:
        return load_held(read_folder(folder), floor)
    except PolicyFaults as faults:
        for finding in faults.diagnostics:
            sys.stderr.write(f"{finding}\n")
        what = f"the floor {floor}" if _are_of_floor(faults, floor) else f"the policies in {folder}"
        fail(
            f"{what} cannot be used, so {consequence}",
            "mend the places named above; `channelgate policies check` shows them",
        )
