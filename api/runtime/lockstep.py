"""Work in steps, which many calls take in lockstep.

The code and data of a step are in the processor's cache once the first call has taken it: one step of many calls runs
faster than all steps of one call after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Stepped = TypeVar("Stepped")


class WouldBlock(Exception):  # not a failure: the caller takes a slower path
    """A step cannot be taken without waiting for something first."""


class Lockstep(Generic[Stepped]):
    """Works that take each of their steps together; `current` is the one that takes its step now."""

    __slots__ = ("current", "going")

    def __init__(self, works: Sequence[Stepped]) -> None:
        self.current: Stepped | None = None
        self.going = works
        """Those of which no step failed so far, in their order."""

    def take(
        self, steps: Iterable[Callable[[Stepped], object]], fail: Callable[[Stepped, Exception], object]
    ) -> None:
        """Have all works take the first of some steps, then all the second, and so on.

        One whose step raises an exception takes no other; it is handed to `fail` at once.
        """
        for step in steps:
            going = []
            for work in self.going:
                self.current = work
                try:
                    step(work)
                except Exception as error:
                    fail(work, error)
                else:
                    going.append(work)
            self.going = going
