"""`given`, `when` and `then` for step modules: pytest-bdd's own, made strict about what a step returns.

pytest-bdd throws the value away, so a Then that returns False passes. Here a step that returns something
fails, unless it names the fixture that receives it. Data tables are read through `rows`.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar
from weakref import WeakSet

import pytest_bdd
from pytest_bdd.parsers import StepParser

__all__ = ["given", "is_guarded", "rows", "then", "when"]

P = ParamSpec("P")
T = TypeVar("T")
Converters = dict[str, Callable[[str], object]]

_guarded: WeakSet[Callable[..., object]] = WeakSet()


def given(
    name: str | StepParser, converters: Converters | None = None, target_fixture: str | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Define a Given; it returns the fixture `target_fixture`, or else nothing."""
    return _define(pytest_bdd.given, name, converters, target_fixture)


def when(
    name: str | StepParser, converters: Converters | None = None, target_fixture: str | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Define a When; it returns the fixture `target_fixture`, or else nothing."""
    return _define(pytest_bdd.when, name, converters, target_fixture)


def then(
    name: str | StepParser, converters: Converters | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Define a Then; it asserts, and returns nothing."""
    return _define(pytest_bdd.then, name, converters, None)


def is_guarded(function: Callable[..., object]) -> bool:
    """Whether a step function was defined through this module."""
    return function in _guarded


def rows(datatable: Sequence[Sequence[str]], *columns: str) -> list[dict[str, str]]:
    """The rows of a step's data table by column name; its heading must be `columns`, in any order.

    Raises ValueError if a column is missing, unknown or repeated, or if there is no row: a typo must not pass
    as a fact left out.
    """
    heading, *body = datatable
    if sorted(heading) != sorted(columns):
        raise ValueError(f"the table has the columns {', '.join(heading)}; it needs {', '.join(columns)}")
    if not body:
        raise ValueError("the table has a heading and no rows")
    return [dict(zip(heading, cells, strict=True)) for cells in body]


def _define(
    decorate: Callable[..., Callable[[Callable[..., object]], object]],
    name: str | StepParser,
    converters: Converters | None,
    target_fixture: str | None,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    def define(function: Callable[P, T]) -> Callable[P, T]:
        if inspect.isgeneratorfunction(function) and not target_fixture:
            raise TypeError(
                f"the step `{name}` yields a value that nobody receives; return nothing, or name a fixture"
            )
        step = function if target_fixture else _returning_nothing(function)
        _guarded.add(step)
        # stacklevel 2: pytest-bdd leaves the definition in the module of our caller, not in this one.
        decorate(name, converters=converters, target_fixture=target_fixture, stacklevel=2)(step)
        return function

    return define


def _returning_nothing(function: Callable[P, T]) -> Callable[P, None]:
    @functools.wraps(function)
    def step(*args: P.args, **kwargs: P.kwargs) -> None:
        __tracebackhide__ = True
        value = function(*args, **kwargs)
        assert value is None, (
            f"the step returned {value!r}, which nobody checks; a Then asserts and returns nothing"
        )

    return step
