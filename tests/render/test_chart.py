"""The chart: every value has its dot or mark where its axes say, and the numbers on them are right."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.inspect.canvas.chart import Axis, draw_chart, tick_words
from lstmgen.inspect.canvas.dots import CURVE_COLOURS, CURVE_MARKS, Curve
from lstmgen.inspect.canvas.frame import Frame
from tests.render.braille import braille_dots

COLOUR = (None, "truecolor")


def chart(lines, *, width=80, height=18, colours=None, **more):
    return draw_chart(lines, Frame(width, height, colours), over="updates", **more)


def plot_of(picture):
    """The plot's rows without labels and names: what stands between the axis and as far as the lower axis goes."""
    rows = picture.plain.splitlines()
    below = next(k for k, row in enumerate(rows) if "└" in row)
    left, right = rows[below].index("└") + 1, len(rows[below])
    return [f"{row:<{right}}"[left:right] for row in rows[:below]]


def dots_of(picture, colours):
    """Columns and rows of all dots or marks, from the upper left, and how many there can be."""
    rows = plot_of(picture)
    if colours:
        found = dict.fromkeys(braille_dots(rows), "")
    else:
        found = {(x, y): mark for y, row in enumerate(rows) for x, mark in enumerate(row) if mark != " "}
    fine = (2, 4) if colours else (1, 1)
    return found, len(rows[0]) * fine[0], len(rows) * fine[1]


NUMBERS = st.one_of(st.floats(-1e6, 1e6, width=32), st.sampled_from([np.nan, np.inf, -np.inf, 1e300, 0.0]))


@settings(max_examples=60)
@given(st.lists(NUMBERS, min_size=1, max_size=40), st.integers(40, 120), st.integers(8, 40), st.sampled_from(COLOUR))
def test_every_number_has_its_dot(values, width, height, colours):
    places, values = np.arange(len(values)) * 7.0, np.array(values)
    picture = chart([Curve("train", places, values)], width=width, height=height, colours=colours)
    known = np.isfinite(values)
    assert bool(picture.lines) == bool(known.any())
    if not picture.lines:
        return
    assert picture.width <= width and len(picture.lines) == height
    dots, wide, tall = dots_of(picture, colours)
    x, y = places[known], np.clip(values[known], -1e150, 1e150)
    for a, b in zip(x, y, strict=True):
        across = (a - x.min()) / (x.max() - x.min()) if x.max() > x.min() else 0.5
        up = (b - y.min()) / (y.max() - y.min()) if y.max() > y.min() else 0.5
        near = [(c, r) for c, r in dots if abs(c - across * (wide - 1)) <= 0.51]
        assert min(abs(r - (1 - up) * (tall - 1)) for _, r in near) <= 0.51
    assert {c for c, _ in dots} >= set(range(*(min(c for c, _ in dots), max(c for c, _ in dots))))  # no gap


def test_numbers_on_the_axes_are_where_they_belong():
    picture = chart([Curve("train", np.linspace(0, 1000, 51), np.linspace(3, 1, 51))])
    rows, (_, wide, tall) = picture.plain.splitlines(), dots_of(picture, None)
    ticks = {float(row.split("┤")[0]): k for k, row in enumerate(rows) if "┤" in row}
    assert set(ticks) == {1.0, 1.5, 2.0, 2.5, 3.0}
    for value, row in ticks.items():
        assert abs(row - (3 - value) / 2 * (tall - 1)) <= 0.5
    axis, numbers = rows[-2], rows[-1]
    left = axis.index("└") + 1
    marks = [found.start() - left for found in re.finditer("┴", axis)]
    assert marks == [round(value / 1000 * (wide - 1)) for value in (0, 200, 400, 600, 800, 1000)]
    assert numbers.split() == ["0", "200", "400", "600", "800", "updates"]
    for word in re.finditer(r"\d+", numbers.replace(",", "")):
        middle = (word.start() + word.end()) / 2 - left
        assert abs(middle - int(word[0]) / 1000 * (wide - 1)) <= 2


def test_lines_are_told_apart_and_named_at_their_ends():
    x = np.arange(30.0)
    lines = [Curve("high", x, 3 - x / 30, 0), Curve("low", x, 2 - x / 30, 1)]
    rows = chart(lines).plain.splitlines()
    assert sorted(set("".join(plot_of(chart(lines))))) == [" ", "o", "x"]
    assert [row.split()[-2:] for row in rows if row.endswith(("high", "low"))] == [["o", "high"], ["x", "low"]]
    coloured = chart(lines, colours="truecolor")
    inks = {piece.style.color.name for line in coloured.lines for piece in line if piece.style and piece.style.color}
    assert inks == set(CURVE_COLOURS[:2])


def test_the_first_line_is_on_top():
    x = np.arange(30.0)
    same = [Curve("a", x, x, 0), Curve("b", x, x, 1)]
    assert set("".join(plot_of(chart(same)))) == {" ", "o"}


def test_zero_can_be_shown():
    picture = chart([Curve("rate", np.arange(9.0), np.linspace(10, 8, 9))], zero=True)
    dots, _, tall = dots_of(picture, None)
    assert max(r for _, r in dots) < tall / 2
    assert any(row.split("┤")[0].strip() == "0" for row in picture.plain.splitlines() if "┤" in row)


def test_nothing_and_a_single_point():
    assert chart([Curve("a", np.zeros(0), np.zeros(0))]).lines == []
    assert chart([Curve("a", np.arange(2.0), np.full(2, np.nan))]).lines == []
    assert len(dots_of(chart([Curve("a", np.array([5.0]), np.array([2.0]))]), None)[0]) == 1


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(1, 12))
def test_ticks_are_round_and_inside(low, span, most):
    axis = Axis(low, low + max(span, 1e-9 * abs(low)))  # below, neighbouring ticks are the same number
    if not axis.high > axis.low:
        return
    ticks, step = axis.ticks(most)
    assert len(ticks) <= most + 1
    assert round(step / 10 ** np.floor(np.log10(step) + 1e-9), 6) in (1, 2, 5)
    assert all(low - step * 1e-6 <= tick <= axis.high + step * 1e-6 for tick in ticks)


@pytest.mark.parametrize(
    ("value", "step", "words"),
    (
        (0.25, 0.05, "0.25"), (0.0, 0.001, "0"), (1500, 500, "1,500"), (20000, 10000, "20k"), (4e6, 2e6, "4M"),
        (2.0, 0.5, "2.0"), (5e16, 1e16, "5e+16"), (-3, 1, "-3"),
    ),
)  # fmt: skip
def test_tick_words(value, step, words):
    assert tick_words(value, step) == words
    assert len(CURVE_MARKS) == len(CURVE_COLOURS) == len(set(CURVE_MARKS))
