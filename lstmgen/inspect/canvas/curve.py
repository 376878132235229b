"""A small picture of curves in a few lines of Braille dots: how losses went while a model was trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.segment import Segment

from lstmgen.arrays import Float64Array
from lstmgen.inspect.canvas.dots import Curve, DotGrid, rows_of_names
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, Picture

AXIS_CELLS = 9  # for the numbers at the left
_EARLY = 0.1  # of the way: what lies above the rest there is left out

_Points = tuple[Float64Array, Float64Array]


@np.errstate(invalid="ignore", over="ignore")
def draw_curves(curves: Sequence[Curve], frame: Frame) -> Picture:
    """The first curve on top where two meet; each is named where it ends.

    The numbers at the left are what the first and last row stand for. A curve may come in from above: a loss falls so
    far at the start that the rest would look flat; `clipped_height` says from how high. Fewer than two points give an
    empty picture.
    """
    picture = Picture()
    drawn = {number: curve.points for number, curve in enumerate(curves) if len(curve.points[0]) > 1}
    if not drawn:
        return picture
    low, high = _range(list(drawn.values()))
    first, last = min(float(x[0]) for x, _ in drawn.values()), max(float(x[-1]) for x, _ in drawn.values())
    grid = DotGrid.empty(frame.height, max(8, frame.width - AXIS_CELLS - max(len(curve.name) for curve in curves) - 1))
    ends: list[tuple[int, int]] = []
    for number in sorted(drawn, reverse=True):
        x, y = drawn[number]
        end = _draw_clipped(grid, number, (x - first) / (last - first or 1.0), (y - low) / (high - low))
        ends.append((end // grid.dots_per_cell[0], number))
    names = rows_of_names(ends, frame.height)
    for row in range(frame.height):
        label = f"{high:.2f}" if row == 0 else f"{low:.2f}" if row == frame.height - 1 else ""
        cells = [Segment(f"{label:>{AXIS_CELLS - 2}}", FAINT), Segment(" ▏", FAINT), *grid.row(row, curves)]
        if row in names:
            cells.append(Segment(f" {curves[names[row]].name}", curves[names[row]].style("truecolor")))
        picture.add(*cells)
    return picture


def _draw_clipped(grid: DotGrid, number: int, x: Float64Array, y: Float64Array) -> int:
    """One curve, x and y from 0 to 1, what is higher left out; the row of dots in which it ends."""
    tall, wide = grid.shape
    heights = np.interp(np.arange(wide) / (wide - 1), x, y)
    rows = np.rint((1 - heights) * (tall - 1)).astype(int).tolist()
    for column, row in enumerate(rows):
        before = rows[column - 1] if column else row
        start = min(row, before + 1) if before < row else row  # a steep line stays one line
        stop = max(row, before - 1) if before > row else row
        for dot in range(max(start, 0), min(stop, tall - 1) + 1):
            grid.draw(number, column, dot)
    return int(rows[-1])


@np.errstate(invalid="ignore", over="ignore")
def clipped_height(curves: Sequence[Curve]) -> float | None:
    """The highest value that `draw_curves` leaves out, above its picture; None where it shows everything."""
    drawn = [curve.points for curve in curves if len(curve.points[0]) > 1]
    if not drawn:
        return None
    highest = max(float(y.max()) for _, y in drawn)
    return highest if highest > _range(drawn)[1] else None


def _range(drawn: Sequence[_Points]) -> tuple[float, float]:
    """What the picture's height stands for: all values after the first tenth of the way."""
    begin, end = min(float(x.min()) for x, _ in drawn), max(float(x.max()) for x, _ in drawn)
    late = np.concatenate([y[x >= begin + (end - begin) * _EARLY] for x, y in drawn])
    low, high = min(float(y.min()) for _, y in drawn), float(late.max())
    return (low, high) if high > low else (low - 0.5, low + 0.5)
