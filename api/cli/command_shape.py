"""How commands and their groups show their options and word what is wrong with one, where typer does otherwise.

A flag has no type: `<bool>` would say that a value follows. A hidden argument does not stand in the usage.
A fault that a reader of options has found is worded without the prefix that pydantic puts before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

PREFIX = "Value error, "


class PlainCommand(TyperCommand):
    """A command."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, a flag without a type."""
        return _with_plain_flags(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line, without a hidden argument."""
        hidden = [
            piece
            for param in self.params
            if isinstance(param, TyperArgument) and param.hidden
            for piece in param.get_usage_pieces(ctx)
        ]
        return [piece for piece in super().collect_usage_pieces(ctx) if piece not in hidden]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line. Raises `typer.BadParameter`."""
        with _plainly_worded():
            return super().parse_args(ctx, args)


class PlainGroup(TyperGroup):
    """A group of commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, a flag without a type."""
        return _with_plain_flags(super().get_params(ctx))


def _with_plain_flags(params: list[Any]) -> list[Any]:
    for param in params:
        if isinstance(param, TyperOption) and param.is_flag:
            param.metavar = ""
    return params


@contextmanager
def _plainly_worded() -> Iterator[None]:
    try:
        yield
    except typer.BadParameter as fault:
        fault.message = fault.message.removeprefix(PREFIX)
        raise
