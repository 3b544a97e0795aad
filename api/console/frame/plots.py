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
