"""A large chart of lines over a common axis, with ticks and labels. In colour in Braille dots, else in marks.

Every value that is a number has its dot (or mark); straight lines join neighbours. Nothing is left out or clipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import Float64Array, Int64Array
from lstmgen.inspect.canvas.curve import DOTS
from lstmgen.inspect.canvas.picture import FAINT, Picture, fit

COLOURS = ("color(214)", "color(75)", "color(36)", "color(227)", "color(175)", "color(166)", "color(33)", "color(250)")
MARKS = "ox+*#@%="  # without colours a line consists of its mark
_ABSURD = 1e150  # sizes that no sum of two overflows
_AXES = 2  # lines below the plot
_NAME = 24  # cells at most


@dataclass(frozen=True)
class Line:
    """Values over places (n,), NaN where there is none; the number chooses colour and mark. name: cleaned."""

    name: str
    places: Float64Array
    values: Float64Array
    number: int = 0

    @property
    def points(self) -> tuple[Float64Array, Float64Array]:
        """Those that are numbers, from left to right."""
        there = np.isfinite(self.places) & np.isfinite(self.values)
        order = np.argsort(self.places[there], kind="stable")
        return tuple(np.clip(a[there][order], -_ABSURD, _ABSURD) for a in (self.places, self.values))  # type: ignore


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


def draw_chart(
    lines: Sequence[Line], *, width: int, height: int, colours: str | None, over: str, zero: bool = False
) -> Picture:
    """Lines over one another, the first on top where two meet; each is named where it ends, or near there.

    over: what the places are, written below the axis. zero: the vertical axis shows 0. An empty picture where no line
    has a point.
    """
    picture = Picture()
    points = {place: line.points for place, line in enumerate(lines) if len(line.points[0])}
    if not points:
        return picture
    across = Axis.of([x for x, _ in points.values()])
    up = Axis.of([y for _, y in points.values()], zero=zero)
    rows = max(4, height - _AXES)
    levels, step = up.ticks(max(2, rows // 3))
    labels = {rows - 1 - int(up.steps(np.array([v]), rows)[0]): tick_words(v, step) for v in levels}
    margin = max(map(len, labels.values()))
    names = [fit(line.name if colours else f"{MARKS[line.number]} {line.name}", _NAME) for line in lines]
    columns = max(8, width - margin - 3 - max(map(cell_len, names)))
    fine = (4, 2) if colours else (1, 1)
    canvas = _Canvas.empty(rows, columns, fine)
    ends = []
    for place in sorted(points, reverse=True):
        x, y = points[place]
        at = across.steps(x, columns * fine[1]), rows * fine[0] - 1 - up.steps(y, rows * fine[0])
        canvas.draw(place, *at)
        ends.append((int(at[1][-1]) // fine[0], place))
    named = _rows_of_names(ends, rows)
    for row in range(rows):
        edge = [Segment(f"{labels.get(row, ''):>{margin}}", FAINT), Segment("┤" if row in labels else "│", FAINT)]
        found = [named[row]] if row in named else []
        picture.add(
            *edge, *canvas.row(row, lines), *(Segment(f" {names[k]}", _style(lines[k], colours)) for k in found)
        )
    _add_below(picture, across, margin, columns, over)
    return picture


@dataclass(frozen=True)
class _Canvas:
    """owner (rows, columns): the line that drew last in a cell, -1 for none; dots: its Braille bits, or None."""

    owner: Int64Array
    dots: Int64Array | None

    @classmethod
    def empty(cls, rows: int, columns: int, fine: tuple[int, int]) -> _Canvas:
        """fine: dots in a cell, down and across."""
        return cls(np.full((rows, columns), -1), np.zeros((rows, columns), np.int64) if fine != (1, 1) else None)

    def draw(self, number: int, x: Int64Array, y: Int64Array) -> None:
        """Points (columns and rows of dots, from the upper left) joined by straight lines."""
        self._dot(number, int(x[0]), int(y[0]))
        for x0, y0, x1, y1 in zip(x[:-1].tolist(), y[:-1].tolist(), x[1:].tolist(), y[1:].tolist(), strict=True):
            steps = max(x1 - x0, abs(y1 - y0))
            for k in range(1, steps + 1):
                self._dot(number, x0 + round((x1 - x0) * k / steps), y0 + round((y1 - y0) * k / steps))

    def _dot(self, number: int, x: int, y: int) -> None:
        if self.dots is None:
            self.owner[y, x] = number
        else:
            self.owner[y // 4, x // 2] = number
            self.dots[y // 4, x // 2] |= DOTS[y % 4][x % 2]

    def row(self, row: int, lines: Sequence[Line]) -> list[Segment]:
        """A row as cells."""
        owners = self.owner[row].tolist()
        if self.dots is None:
            return [Segment("".join(MARKS[lines[k].number] if k >= 0 else " " for k in owners))]
        return [
            Segment(chr(0x2800 + bits), _style(lines[k], "truecolor")) if bits else Segment(" ")
            for k, bits in zip(owners, self.dots[row].tolist(), strict=True)
        ]


def _style(line: Line, colours: str | None) -> Style:
    return Style(color=COLOURS[line.number]) if colours else Style()


def _rows_of_names(ends: Sequence[tuple[int, int]], height: int) -> dict[int, int]:
    """A row of its own for each name, as near to its line's end as those that end higher leave."""
    found: dict[int, int] = {}
    for place, (end, number) in enumerate(sorted(ends)):
        found[min(max(end, max(found, default=-1) + 1), height - (len(ends) - place))] = number
    return found


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
