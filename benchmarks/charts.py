"""Two charts as SVG, without a library: bars with their spread, and lines over two logarithmic axes.

A chart describes what it shows to those who cannot see it (`title`, `desc`), distinguishes series by shape and by
name as well as by colour (the colours are those of Okabe and Ito), and stands on white wherever it is put.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.results import Spread

WIDTH, MARGIN = 760, 24
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
HIGHLIGHT, PLAIN = COLOURS[0], "#8A8A8A"
INK, FAINT, GRID = "#222222", "#666666", "#DDDDDD"
FONT = "font-family='system-ui, Helvetica, Arial, sans-serif'"


@dataclass(frozen=True)
class ChartText:
    """What is written around a chart."""

    title: str
    across: str
    up: str = ""
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar; what the chart is about is highlighted."""

    label: str
    value: Spread
    highlighted: bool = False


@dataclass(frozen=True)
class Line:
    """One series of points, each with its spread."""

    label: str
    points: Sequence[tuple[float, Spread]]


def bar_chart(words: ChartText, bars: Sequence[Bar], digits: int = 0) -> str:
    """Bars from left to right over one axis that begins at nought."""
    left, top, step = 210, 60, 40
    right, bottom = WIDTH - 90, top + step * len(bars)
    ticks = _even_ticks(max(bar.value.most for bar in bars))
    scale = (right - left) / ticks[-1]
    parts = []
    for tick in ticks:
        x = left + tick * scale
        parts += [_rule(x, top - 6, x, bottom, GRID), _text(x, bottom + 18, _number(tick), anchor="middle")]
    for place, bar in enumerate(bars):
        y = top + step * place + step / 2 - 3
        colour = HIGHLIGHT if bar.highlighted else PLAIN
        parts += [
            _text(left - 10, y + 4, bar.label, anchor="end", weight="bold" if bar.highlighted else "normal"),
            f"<rect x='{left}' y='{y - 11:.1f}' width='{bar.value.median * scale:.1f}' height='22' fill='{colour}'/>",
            *_whisker(left + bar.value.least * scale, left + bar.value.most * scale, y),
            _text(left + bar.value.most * scale + 10, y + 4, f"{bar.value.median:,.{digits}f}"),
        ]
    parts.append(_text((left + right) / 2, bottom + 40, words.across, anchor="middle"))
    description = "; ".join(f"{bar.label} {bar.value.shown(digits)}" for bar in bars)
    return _svg(words, description, bottom + 52, parts)


def line_chart(words: ChartText, lines: Sequence[Line], digits: int = 0) -> str:
    """Lines over two logarithmic axes: a straight rise is growth by a power."""
    left, top, right, bottom = 90, 60, WIDTH - 130, 360
    across = _log_ticks([x for line in lines for x, _ in line.points])
    up = _log_ticks([y for line in lines for _, spread in line.points for y in (spread.least, spread.most)])

    def x_of(value: float) -> float:
        return left + (right - left) * _share(value, across)

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * _share(value, up)

    parts = []
    for tick in across:
        x = x_of(tick)
        parts += [_rule(x, top, x, bottom, GRID), _text(x, bottom + 18, _number(tick), anchor="middle")]
    for tick in up:
        y = y_of(tick)
        parts += [_rule(left, y, right, y, GRID), _text(left - 8, y + 4, _number(tick), anchor="end")]
    ends = _spaced([y_of(line.points[-1][1].median) for line in lines])
    for place, (line, end) in enumerate(zip(lines, ends, strict=True)):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{x_of(x):.1f},{y_of(spread.median):.1f}" for x, spread in line.points)
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
        for x, spread in line.points:
            least, most = y_of(spread.least), y_of(spread.most)
            parts.append(_rule(x_of(x), least, x_of(x), most, colour, 1.5))
            parts += [_rule(x_of(x) - 4, y, x_of(x) + 4, y, colour, 1.5) for y in (least, most)]
            parts.append(_mark(place, x_of(x), y_of(spread.median), colour))
        parts.append(_text(x_of(line.points[-1][0]) + 12, end + 4, line.label, colour=colour, weight="bold"))
    middle = (top + bottom) / 2
    parts += [
        _text((left + right) / 2, bottom + 40, words.across, anchor="middle"),
        f"<g transform='rotate(-90 24 {middle})'>{_text(24, middle, words.up, anchor='middle')}</g>",
    ]
    description = "; ".join(
        f"{line.label}: " + ", ".join(f"{spread.shown(digits)} at {_number(x)}" for x, spread in line.points)
        for line in lines
    )
    return _svg(words, description, bottom + 52, parts)


def _svg(words: ChartText, description: str, height: int, parts: Sequence[str]) -> str:
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height + 24}' role='img' "
        f"aria-labelledby='title desc' font-size='13' {FONT}>",
        f"<title id='title'>{escape(words.title)}</title>",
        f"<desc id='desc'>{escape(f'{words.across}. {words.up}. {description}. {words.note}')}</desc>",
        f"<rect width='{WIDTH}' height='{height + 24}' fill='white'/>",
        _text(MARGIN, 30, words.title, weight="bold", size=16),
        *parts,
        _text(MARGIN, height + 12, words.note, colour=FAINT, size=11),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    weight: str = "normal",
    colour: str = INK,
    size: int = 13,
) -> str:
    style = f"text-anchor='{anchor}' font-weight='{weight}' font-size='{size}' fill='{colour}'"
    return f"<text x='{x:.1f}' y='{y:.1f}' {style}>{escape(text)}</text>"


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    ends = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {ends} stroke='{colour}' stroke-width='{width}'/>"


def _whisker(least: float, most: float, y: float) -> Iterator[str]:
    for colour, width in (("white", 4), (INK, 1.5)):
        yield _rule(least, y, most, y, colour, width)
        for x in (least, most):
            yield _rule(x, y - 5, x, y + 5, colour, width)


def _mark(place: int, x: float, y: float, colour: str) -> str:
    """A circle, a square, a triangle or a diamond."""
    corners = (
        (),
        ((-5, -5), (5, -5), (5, 5), (-5, 5)),
        ((0, -6), (6, 5), (-6, 5)),
        ((0, -7), (7, 0), (0, 7), (-7, 0)),
    )[place % 4]
    if not corners:
        return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{colour}'/>"
    points = " ".join(f"{x + across:.1f},{y + down:.1f}" for across, down in corners)
    return f"<polygon points='{points}' fill='{colour}'/>"


def _even_ticks(most: float) -> list[float]:
    """At most six ticks from nought to beyond `most`, at round distances."""
    power = 10 ** math.floor(math.log10(most))
    step = next(step for step in (power / 5, power / 2, power, power * 2) if step * 5 >= most)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def _log_ticks(values: Sequence[float]) -> list[float]:
    """The decades around the values; with 2 and 5 of each where there are few."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    if high - low > 3:
        return [10.0**power for power in range(low, high + 1)]
    every = [first * 10.0**power for power in range(low, high + 1) for first in (1, 2, 5)]
    start = max(tick for tick in every if tick <= min(values))
    end = min(tick for tick in every if tick >= max(values))
    if start == end:
        end = every[every.index(start) + 1]
    return [tick for tick in every if start <= tick <= end]


def _share(value: float, ticks: Sequence[float]) -> float:
    """How far a value lies from the first tick to the last, by its logarithm."""
    return math.log(value / ticks[0]) / math.log(ticks[-1] / ticks[0])


def _spaced(ends: Sequence[float], least: float = 17) -> list[float]:
    """The heights of labels, moved down where they would cover one another."""
    found = dict.fromkeys(range(len(ends)), 0.0)
    below = -math.inf
    for place in sorted(found, key=lambda place: ends[place]):
        below = found[place] = max(ends[place], below + least)
    return list(found.values())


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:g}"
