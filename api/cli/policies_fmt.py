"""`channelgate policies fmt`: every policy file in the one layout; comments and values stay."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.cli.atomic_write import exchange
from api.cli.exit_codes import COULD_NOT, FINDINGS
from api.cli.options import DirectoryArgument, FolderOption
from api.cli.policy_loading import read_shown
from api.cli.rendering.differences import show_difference
from api.runtime.shipped import default_policies
from engine import LayoutLost, PolicyFaults, lay_out


def lay_out_policies(
    directory: DirectoryArgument = None,
    policies: FolderOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a file is laid out otherwise.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; show what would change, and exit as with --check.")
    ] = False,
) -> None:
    """Lay the policy files out alike: order of keys, indentation, width, quotes. No comment or value changes."""
    folder = directory or policies or default_policies()
    found = read_shown(folder)
    files = found.files
    for finding in found.unread:
        sys.stderr.write(f"{finding}\n")
    laid_out, refused = _laid_out(files)
    changed = {name: content for name, content in laid_out.items() if content != files[name]}
    for name, content in changed.items():
        if diff:
            sys.stdout.write(show_difference(name, files[name], content))
        if not (check or diff):
            exchange(folder / name, content)
    if not diff:
        _print_summary(folder, changed, len(files) - len(changed) - refused, only_checked=check)
    if refused or found.unread:
        raise typer.Exit(COULD_NOT)
    if changed and (check or diff):
        raise typer.Exit(FINDINGS)


def _laid_out(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], int]:
    """The files that can be laid out as they should be; how many cannot, after printing why."""
    found: dict[str, bytes] = {}
    for name, content in files.items():
        try:
            found[name] = lay_out(name, content)
        except PolicyFaults as faults:
            for finding in faults.diagnostics:
                sys.stderr.write(f"{finding}\n")
        except LayoutLost as lost:
            sys.stderr.write(f"{name}: the file stays as it is, as {lost}; lay it out by hand\n")
    return found, len(files) - len(found)


def _print_summary(folder: Path, changed: Mapping[str, bytes], same: int, *, only_checked: bool) -> None:
    for name in changed:
        sys.stdout.write(f"{'would lay out' if only_checked else 'laid out'} {folder / name}\n")
    sys.stdout.write(
        f"{len(changed)} to change, {same} as they should be\n"
        if only_checked
        else f"{len(changed)} changed, {same} as they were\n"
    )
