"""Plots that the server draws: bars, with every number beside them as text.

Covers: api.console.frame.plots
"""

from api.console.frame.plots import WIDTH, Bar, draw_bars
from api.console.frame.templates import templates_in


def test_bars_are_as_long_as_their_numbers_and_stay_in_the_plot() -> None:
    plot = draw_bars([Bar("a", 4, "bad"), Bar("b", 2), Bar("c", 0), Bar("d", 1)])
    first, second, none, least = (one.width for one in plot.bars)
    assert first == 2 * second
    assert none == 0
    assert least > 0
    assert plot.left + first < WIDTH
    assert [one.top for one in plot.bars] == sorted(one.top for one in plot.bars)
    assert plot.height > plot.bars[-1].top + plot.thickness


def test_a_small_number_beside_a_large_one_is_seen() -> None:
    assert draw_bars([Bar("a", 100_000), Bar("b", 1)]).bars[1].width > 0
    assert draw_bars([]).bars == []
    assert draw_bars([Bar("a", 0)]).bars[0].width == 0


def test_a_plot_says_its_numbers_as_text() -> None:
    source = '{% from "frame/plots.html" import bar_plot %}{{ bar_plot(plot, "Bars <of> it") }}'
    drawn = templates_in("en").from_string(source).render(plot=draw_bars([Bar("a & b", 3, "wait")]))
    assert 'aria-label="Bars &lt;of&gt; it: a &amp; b 3"' in drawn
    assert '<rect class="wait"' in drawn
    assert ">a &amp; b</text>" in drawn
    assert ">3</text>" in drawn
