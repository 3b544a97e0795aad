"""Work in steps, run for many calls in lockstep.

The code and data of a step are in the processor's cache once the first call has taken it: one step of many calls runs
faster than all steps of one call after the other.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

T = TypeVar("T")
LockstepTask = Generator[None, None, T]
"""Work that ends each of its steps but the last with a `yield`, and returns its result."""


class WouldBlock(Exception):  # not a failure: the caller takes a slower path
    """A step cannot be taken without waiting for something first."""


def run_in_lockstep(tasks: Sequence[LockstepTask[T]]) -> list[T]:
    """Return the results of the tasks, in their order: each takes its first step, then each its second, and so on."""
    results: dict[int, T] = {}
    running = [*enumerate(tasks)]
    while running:
        left = []
        for place in running:
            try:
                next(place[1])
            except StopIteration as done:
                results[place[0]] = done.value
            else:
                left.append(place)
        running = left
    return [results[position] for position in range(len(tasks))]
