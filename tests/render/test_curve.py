"""The small curve: where its dots are, what its numbers say, who is named where."""

import numpy as np

from lstmgen.inspect.canvas.curve import AXIS_CELLS, clipped_height, draw_curves
from lstmgen.inspect.canvas.dots import Curve
from lstmgen.inspect.canvas.frame import Frame
from tests.render.braille import braille_dots


def drawn(curves, *, width=72, height=6):
    return draw_curves(curves, Frame(width, height))


def dots_of(picture):
    """Of the plot, without the axis."""
    return braille_dots(line[AXIS_CELLS:] for line in picture.plain.splitlines())


def test_a_straight_line_has_one_dot_or_a_steep_step_in_every_column():
    values = np.linspace(3.0, 1.0, 20)
    picture = drawn([Curve("train", np.arange(20.0), values)], width=50, height=5)
    dots = dots_of(picture)
    columns = 2 * (50 - AXIS_CELLS - len(" train"))
    assert {x for x, _ in dots} >= set(range(columns // 10 + 2, columns))
    for x in range(columns // 5, columns):
        rows = [y for column, y in dots if column == x]
        share = (3.0 - 2.0 * x / (columns - 1) - 1.0) / (3.0 - 2.0 * 2 / 19 - 1.0)  # the first tenth is left out
        assert min(abs(y - (1 - share) * 19) for y in rows) <= 0.5 + 1e-9
    plain = picture.plain.splitlines()
    assert plain[0].split()[0] == f"{values[2]:.2f}"
    assert plain[-1].split()[0] == "1.00"
    assert plain[-1].endswith(" train")


def test_names_stand_where_lines_end_and_never_on_one_another():
    x = np.arange(12.0)
    near = [Curve("validation", x, 2 - x / 20), Curve("train", x, 2 - x / 19.9)]
    lines = drawn(near).plain.splitlines()
    names = [line.split()[-1] for line in lines]
    assert names[-2:] == ["validation", "train"]
    apart = drawn([Curve("validation", x, 2 + x), Curve("train", x, 2 - x)]).plain.splitlines()
    assert apart[0].endswith(" validation") and apart[-1].endswith(" train")


def test_gaps_and_too_little():
    x = np.arange(5.0)
    holes = np.array([np.nan, 2.0, np.nan, 1.0, 0.5])
    assert len(drawn([Curve("train", x, holes)]).lines) == 6
    assert drawn([Curve("train", x, np.full(5, np.nan))]).lines == []
    assert drawn([Curve("train", x[:1], holes[1:2])]).lines == []
    assert drawn([Curve("train", x[:0], x[:0])]).lines == []
    level = drawn([Curve("train", x, np.full(5, 2.0))], height=4).plain.splitlines()
    assert (level[0].split()[0], level[-1].split()[0]) == ("2.50", "1.50")


def test_width_is_kept():
    for width in (30, 72, 120):
        x = np.arange(50.0)
        assert drawn([Curve("validation", x, np.exp(-x)), Curve("train", x, -x)], width=width).width <= width


def test_what_is_left_out_above_is_known():
    x = np.arange(50.0)
    early = Curve("train", x, 1 + 5 * np.exp(-x))
    assert clipped_height([early]) == 6.0
    assert clipped_height([Curve("train", x, x)]) is None
    assert clipped_height([Curve("train", x[:1], x[:1])]) is None
