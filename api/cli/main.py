"""The command line: one program of the commands of `api.cli.commands`.

Exit codes: 0 done, 1 there are findings (or, with --exit-code, the requested handover may not take place),
2 the job could not be done; 141 where the reader of its output has gone.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from api.cli.closed_pipes import ending_quietly
from api.cli.command_shape import PlainGroup
from api.cli.commands import COMMANDS, GROUPS
from api.cli.lazy_commands import add_command
from api.runtime.gc_tuning import raise_gc_threshold


def main() -> None:
    """Run the command line."""
    raise_gc_threshold()
    with ending_quietly():
        app()


def _version(requested: bool) -> None:
    if requested:
        typer.echo(f"channelgate {version('channelgate')}")
        raise typer.Exit


def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


def _build_app() -> typer.Typer:
    whole = typer.Typer(
        name="channelgate",
        help="Ask before any handover: may this item go to this mission by this route now, and why (not)?",
        cls=PlainGroup,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        callback=_options,
    )
    groups = {"": whole}
    for name, line in GROUPS.items():
        groups[name] = typer.Typer(help=line, cls=PlainGroup, no_args_is_help=True)
        whole.add_typer(groups[name], name=name)
    for command, (where, line) in COMMANDS.items():
        group, _, name = command.rpartition(" ")
        add_command(groups[group], name, where, line)
    return whole


app = _build_app()
