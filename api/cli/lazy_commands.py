"""Commands that are imported when they are called, so that none waits for what only another one needs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

from api.cli.command_shape import PlainCommand
from api.runtime.gc_tuning import loading


def add_command(group: typer.Typer, name: str, where: str, line: str) -> None:
    """Add a command to a group; `where` is the function that implements it, as `module:function`.

    It is imported when the command is called, its own help is shown or its words are completed. `line` is its help in
    that of its group.
    """

    def find() -> Callable[..., None]:
        return find_function(where)

    group.command(name, help=line, cls=_Placeholder)(find)


def find_function(where: str) -> Callable[..., None]:
    """Return the function that is named as `module:function`."""
    module, _, name = where.partition(":")
    with loading():
        found: Callable[..., None] = getattr(import_module(module), name)
    return found


class _Placeholder(PlainCommand):
    """A placeholder for a command in its group; its callback imports the function that implements the command."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Return the context of the command itself, which replaces this one from here on."""
        assert self.callback
        alone = typer.Typer(add_completion=False)
        alone.command(self.name, cls=PlainCommand)(self.callback())
        return get_command(alone).make_context(*arguments, **more)
