"""Small plots: bars of numbers, drawn on the server; what they show stands beside them in a table too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 36
STEP = 10
"""The height of a plot of days, and the width of a day, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a plot, in units of the drawing."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars in a drawing of a size."""

    width: int
    height: int
    bars: tuple[Bar, ...]


def days_plot(numbers: Sequence[int], highest: int) -> Plot:
    """Return a bar for each day, as high as its number is of the highest; a number above 0 is always seen."""
    bars = []
    for place, number in enumerate(numbers):
        if number:
            height = max(2, round(number * HEIGHT / max(highest, 1)))
            bars.append(Bar(place * STEP, HEIGHT - height, STEP - 2, height))
    return Plot(max(1, len(numbers)) * STEP, HEIGHT, tuple(bars))


def share_plot(number: int, highest: int) -> Plot:
    """Return one bar that lies, as long as its number is of the highest."""
    width = max(4, round(number * 300 / max(highest, 1))) if number else 0
    return Plot(300, 12, (Bar(0, 0, width, 12),) if width else ())
