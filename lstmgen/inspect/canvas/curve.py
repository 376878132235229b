"""A small curve in Braille dots, two by four in a cell: how losses went while a model was trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import Float64Array, Int64Array
from lstmgen.inspect.canvas.picture import FAINT, Picture

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # Unicode's Braille bits, row by row
_EARLY = 0.1  # of the way: what lies above the rest there is left out
MARGIN = 9  # cells for the numbers at the left


@dataclass(frozen=True)
class Series:
    """One line of the picture: its name, its values (NaN: none there), its colour."""

    name: str
    values: Float64Array
    colour: str = "default"


@np.errstate(invalid="ignore", over="ignore")
def draw_curve(places: Float64Array, series: Sequence[Series], *, width: int = 72, height: int = 6) -> Picture:
    """Values over places (n,), the first series on top where two meet; each is named where it ends.

    The numbers at the left are what the first and last row stand for. A line may come in from above: a loss falls so
    far at the start that the rest would look flat; `left_out` says from how high. Fewer than two points give an empty
    picture.
    """
    picture = Picture()
    points = [_points(places, line.values) for line in series]
    known = [pair for pair in points if len(pair[0]) > 1]
    if not known:
        return picture
    low, high = _range(known)
    first, last = min(float(x[0]) for x, _ in known), max(float(x[-1]) for x, _ in known)
    columns = max(8, width - MARGIN - max(len(line.name) for line in series) - 1)
    canvas = _Canvas(np.zeros((height, columns), np.int64), np.zeros((height, columns), np.int64))
    ends: list[tuple[int, int]] = []
    for number in reversed(range(len(series))):
        x, values = points[number]
        if len(x) > 1:
            ends.append(
                (canvas.draw(number, (x - first) / (last - first or 1.0), (values - low) / (high - low)), number)
            )
    names = _placed(ends, height)
    for row in range(height):
        tick = f"{high:.2f}" if row == 0 else f"{low:.2f}" if row == height - 1 else ""
        cells = [Segment(f"{tick:>{MARGIN - 2}}", FAINT), Segment(" ▏", FAINT), *canvas.row(row, series)]
        if row in names:
            cells.append(Segment(f" {series[names[row]].name}", Style(color=series[names[row]].colour)))
        picture.add(*cells)
    return picture


@dataclass(frozen=True)
class _Canvas:
    """Cells (rows, columns): their dots, and the number of the series that drew last in each."""

    dots: Int64Array
    owner: Int64Array

    def draw(self, number: int, x: Float64Array, y: Float64Array) -> int:
        """One line, places and heights from 0 to 1, what is higher left out; the row of dots in which it ends."""
        tall, wide = self.dots.shape[0] * 4, self.dots.shape[1] * 2
        order = np.argsort(x, kind="stable")
        heights = np.interp(np.arange(wide) / (wide - 1), x[order], y[order])
        rows = np.rint((1 - heights) * (tall - 1)).astype(int).tolist()
        for column, row in enumerate(rows):
            before = rows[column - 1] if column else row
            start = min(row, before + 1) if before < row else row  # a steep line stays one line
            stop = max(row, before - 1) if before > row else row
            for dot in range(max(start, 0), min(stop, tall - 1) + 1):
                self.dots[dot // 4, column // 2] |= DOTS[dot % 4][column % 2]
                self.owner[dot // 4, column // 2] = number
        return int(rows[-1])

    def row(self, row: int, series: Sequence[Series]) -> list[Segment]:
        """A row as coloured cells."""
        return [
            Segment(chr(0x2800 + bits), Style(color=series[owner].colour)) if bits else Segment(" ")
            for bits, owner in zip(self.dots[row].tolist(), self.owner[row].tolist(), strict=True)
        ]


@np.errstate(invalid="ignore", over="ignore")
def left_out(places: Float64Array, series: Sequence[Series]) -> float | None:
    """The highest value that `draw_curve` leaves out, above its picture; None where it shows everything."""
    known = [pair for pair in (_points(places, line.values) for line in series) if len(pair[0]) > 1]
    if not known:
        return None
    highest = max(float(values.max()) for _, values in known)
    return highest if highest > _range(known)[1] else None


def _points(places: Float64Array, values: Float64Array) -> tuple[Float64Array, Float64Array]:
    there = np.isfinite(values) & np.isfinite(places)
    return places[there], values[there]


def _range(known: Sequence[tuple[Float64Array, Float64Array]]) -> tuple[float, float]:
    """What the picture's height stands for: all values after the first tenth of the places."""
    begin, end = min(float(x.min()) for x, _ in known), max(float(x.max()) for x, _ in known)
    late = np.concatenate([values[x >= begin + (end - begin) * _EARLY] for x, values in known])
    low, high = min(float(values.min()) for _, values in known), float(late.max())
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _placed(ends: list[tuple[int, int]], height: int) -> dict[int, int]:
    """A row of its own for each series' name, as near to its end as those that end higher leave."""
    found: dict[int, int] = {}
    for place, (end, number) in enumerate(sorted(ends)):
        highest, lowest = max(found, default=-1) + 1, height - (len(ends) - place)
        found[min(max(end // 4, highest), lowest)] = number
    return found
