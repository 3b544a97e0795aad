"""The exit codes of a command that failed, or that has findings."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

FINDINGS = 1
COULD_NOT = 2
INTERRUPTED = 130
"""As a program ended by Ctrl-C has it in a shell."""


def fail(fact: str, remedy: str) -> NoReturn:
    """End the command with exit code 2, printing the fault and its remedy to standard error."""
    sys.stderr.write(f"channelgate: {fact}; {remedy}\n")
    raise typer.Exit(COULD_NOT)
