"""The command line as an application, made of a table of groups and commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from api.cli.command_shape import PlainGroup
from api.cli.lazy_commands import add_command


def _version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        typer.echo(f"channelgate {version('channelgate')}")
        raise typer.Exit


def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


def build_app(groups: Mapping[str, str], commands: Mapping[str, tuple[str, str]]) -> typer.Typer:
    """Return the command line of these groups and commands, each with its line of help.

    A command is given with the function that carries it out, as `module:function`; it is imported when it is called.
    """
    whole = typer.Typer(
        name="channelgate",
        help="Ask before any handover: may this item go to this mission by this route now, and why (not)?",
        cls=PlainGroup,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        callback=_options,
    )
    made = {"": whole}
    for name, line in groups.items():
        made[name] = typer.Typer(help=line, cls=PlainGroup, no_args_is_help=True)
        whole.add_typer(made[name], name=name)
    for command, (where, line) in commands.items():
        group, _, name = command.rpartition(" ")
        add_command(made[group], name, where, line)
    return whole
