"""A large chart of curves over a common axis, with ticks and labels. In colour in Braille dots, else in marks.

Every value that is a number has its dot (or mark); straight lines join neighbours. Nothing is left out or clipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.arrays import Float64Array, Int64Array
from lstmgen.inspect.canvas.dots import CURVE_MARKS, Curve, DotGrid, rows_of_names
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, Picture, fit

_ABSURD = 1e150  # sizes that no sum of two overflows
_AXES = 2  # lines below the plot
_NAME = 24  # cells at most


@dataclass(frozen=True)
class Axis:
    """From the smallest to the largest of what is shown."""

    low: float
    high: float

    @classmethod
    def of(cls, arrays: Sequence[Float64Array], *, zero: bool = False) -> Axis:
        """Around all the values; zero: and around 0."""
        low, high = min(float(a.min()) for a in arrays), max(float(a.max()) for a in arrays)
        low, high = (min(low, 0.0), max(high, 0.0)) if zero else (low, high)
        margin = abs(low) * 0.1 or 0.5
        return cls(low, high) if high > low else cls(low - margin, low + margin)

    def steps(self, values: Float64Array, count: int) -> Int64Array:
        """Which of `count` even steps from low to high each value is nearest to."""
        return np.rint((values - self.low) / (self.high - self.low) * (count - 1)).astype(np.int64)

    def ticks(self, most: int) -> tuple[list[float], float]:
        """At most so many round numbers (at least one interval's), and the distance between them: 1, 2 or 5 x 10^k."""
        rough = (self.high - self.low) / max(1, most)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next((f * power for f in (1.0, 2.0, 5.0) if f * power >= rough), 10.0 * power)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [k * step for k in range(first, last + 1)], step


def draw_chart(curves: Sequence[Curve], frame: Frame, *, over: str, zero: bool = False) -> Picture:
    """Curves over one another, the first on top where two meet; each is named where it ends, or near there.

    over: what x counts, written below the axis. zero: the vertical axis shows 0. An empty picture where no curve has a
    point.
    """
    picture = Picture()
    points = {number: _drawable(curve) for number, curve in enumerate(curves) if len(curve.points[0])}
    if not points:
        return picture
    across = Axis.of([x for x, _ in points.values()])
    up = Axis.of([y for _, y in points.values()], zero=zero)
    rows = max(4, frame.height - _AXES)
    levels, step = up.ticks(max(2, rows // 3))
    labels = {rows - 1 - int(up.steps(np.array([v]), rows)[0]): tick_words(v, step) for v in levels}
    margin = max(map(len, labels.values()))
    marked = [curve.name if frame.colours else f"{CURVE_MARKS[curve.number]} {curve.name}" for curve in curves]
    names = [fit(name, _NAME) for name in marked]
    columns = max(8, frame.width - margin - 3 - max(map(cell_len, names)))
    grid = DotGrid.empty(rows, columns, braille=frame.colours is not None)
    tall, wide = grid.shape
    ends = []
    for number in sorted(points, reverse=True):
        x, y = points[number]
        y_dots = tall - 1 - up.steps(y, tall)
        _draw_joined(grid, number, across.steps(x, wide), y_dots)
        ends.append((int(y_dots[-1]) // grid.dots_per_cell[0], number))
    named = rows_of_names(ends, rows)
    for row in range(rows):
        edge = [Segment(f"{labels.get(row, ''):>{margin}}", FAINT), Segment("┤" if row in labels else "│", FAINT)]
        ending = [named[row]] if row in named else []
        picture.add(
            *edge,
            *grid.row(row, curves),
            *(Segment(f" {names[number]}", curves[number].style(frame.colours)) for number in ending),
        )
    _add_below(picture, across, margin, columns, over)
    return picture


def _drawable(curve: Curve) -> tuple[Float64Array, Float64Array]:
    """Its points, none so large that a difference of two would overflow."""
    x, y = curve.points
    return np.clip(x, -_ABSURD, _ABSURD), np.clip(y, -_ABSURD, _ABSURD)


def _draw_joined(grid: DotGrid, number: int, x: Int64Array, y: Int64Array) -> None:
    """Points (columns and rows of dots, from the upper left) joined by straight lines."""
    grid.draw(number, int(x[0]), int(y[0]))
    for x0, y0, x1, y1 in zip(x[:-1].tolist(), y[:-1].tolist(), x[1:].tolist(), y[1:].tolist(), strict=True):
        steps = max(x1 - x0, abs(y1 - y0))
        for k in range(1, steps + 1):
            grid.draw(number, x0 + round((x1 - x0) * k / steps), y0 + round((y1 - y0) * k / steps))


def _add_below(picture: Picture, across: Axis, margin: int, columns: int, over: str) -> None:
    """The axis and its numbers; what they count stands at its right end."""
    values, step = across.ticks(max(2, columns // 12))
    edge, text, room = ["─"] * columns, "", margin + 1 + columns
    for value in values:
        at = int(across.steps(np.array([value]), columns)[0])
        edge[at] = "┴"
        label = tick_words(value, step)
        start = margin + 1 + at - len(label) // 2
        if start > len(text) and start + len(label) < room - len(over):
            text = f"{text:<{start}}{label}"
    picture.add(Segment(" " * margin + "└" + "".join(edge), FAINT))
    picture.add(Segment(f"{text:<{room - len(over)}}{over}", FAINT))


def tick_words(value: float, step: float) -> str:
    """A round number at a distance of `step` from the next, short: 0.25, 3, 1,500, 20k, 4M."""
    if value == 0:
        return "0"
    if abs(value) >= 1e15 or step < 1e-6:
        return f"{value:.3g}"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if step >= size:
            return f"{value / size:,.0f}{letter}"
    return f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
