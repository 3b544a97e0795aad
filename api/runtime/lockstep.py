"""Work in steps, which many calls take together.

What a step needs of code and data is close at hand once the first call has taken it: a processor works through a step
of many calls faster than through all steps of one call after the other.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that ends each of its steps but the last with a `yield`, and returns what came of it."""


class WouldBlock(Exception):  # not a failure: there is another way
    """A step cannot be taken without waiting for something first."""


def take_together(works: Sequence[Steps[T]]) -> list[T]:
    """Return what the works return, in their order: each takes its first step, then each its second, and so on."""
    found: dict[int, T] = {}
    running = [*enumerate(works)]
    while running:
        left = []
        for place in running:
            try:
                next(place[1])
            except StopIteration as done:
                found[place[0]] = done.value
            else:
                left.append(place)
        running = left
    return [found[position] for position in range(len(works))]
