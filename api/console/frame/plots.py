"""Bars of a plot that the server draws as SVG (`frame/plots.html`); what they say stands beside them as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LEFT, ROW = 480, 150, 26
"""The width of a plot, that of the words before its bars, and the height of a bar with its space."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its words; `status` is a class of the stylesheet: good, wait, bad, plain."""

    label: str
    number: int
    status: str = "plain"


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its place in the plot."""

    bar: Bar
    top: int
    width: float

    @property
    def middle(self) -> int:
        """Where the text beside it stands."""
        return self.top + ROW // 2 + 4


@dataclass(frozen=True, slots=True)
class BarPlot:
    """A plot of bars from left to right, one below the other."""

    bars: Sequence[DrawnBar]
    width: int
    left: int
    height: int
    thickness: int = ROW - 8


def draw_bars(bars: Sequence[Bar]) -> BarPlot:
    """Return the plot of these bars; the longest takes the whole width, and one of more than nothing is seen."""
    room = WIDTH - LEFT - 50
    most = max((bar.number for bar in bars), default=0) or 1
    drawn = [
        DrawnBar(bar, place * ROW, max(round(bar.number / most * room, 1), 2) if bar.number else 0)
        for place, bar in enumerate(bars)
    ]
    return BarPlot(drawn, WIDTH, LEFT, len(bars) * ROW + 4)


DAYS_HEIGHT = 36
DAY_STEP = 10
"""The height of a plot of days, and the width of a day, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class PlainBar:
    """A bar of a plot without words, in units of the drawing."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PlainPlot:
    """Bars without words in a drawing of a size; what they show stands beside them."""

    width: int
    height: int
    bars: tuple[PlainBar, ...]


def days_plot(numbers: Sequence[int], highest: int) -> PlainPlot:
    """Return a bar for each day, as high as its number is of the highest; a number above 0 is always seen."""
    bars = []
    for place, number in enumerate(numbers):
        if number:
            height = max(2, round(number * DAYS_HEIGHT / max(highest, 1)))
            bars.append(PlainBar(place * DAY_STEP, DAYS_HEIGHT - height, DAY_STEP - 2, height))
    return PlainPlot(max(1, len(numbers)) * DAY_STEP, DAYS_HEIGHT, tuple(bars))


def share_plot(number: int, highest: int) -> PlainPlot:
    """Return one bar that lies, as long as its number is of the highest."""
    width = max(4, round(number * 300 / max(highest, 1))) if number else 0
    return PlainPlot(300, 12, (PlainBar(0, 0, width, 12),) if width else ())
