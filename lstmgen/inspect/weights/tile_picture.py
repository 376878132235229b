"""A matrix as a patch of cells: numbers where there is room, else sign and tenths, else a colour or a digit each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import FloatArray, Int64Array
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.common.figures import digit
from lstmgen.inspect.weights.measure import reduce_blocks

_NUMBER, _SIGNED = 6, 2  # cells that a number with its sign takes, and its sign and tenths
_WIDEST = 8
_HALF = "▀"


@dataclass(frozen=True)
class Tile:
    """values (rows, columns): what is drawn, each `cell` wide. down, across: the first weight that each stands for.

    Weights themselves are drawn with their sign, `high` being full size; means or maxima of sizes between low and high.
    """

    values: FloatArray
    down: Int64Array
    across: Int64Array
    whole: bool  # each stands for one weight
    cell: int
    low: float
    high: float
    colours: str | None
    halves: bool  # two rows of values in a line

    @property
    def lines(self) -> int:
        """Lines it takes."""
        return -(-len(self.values) // 2) if self.halves else len(self.values)

    @property
    def block(self) -> str:
        """The size of a block, as in 11 x 3; where they differ by one, the larger."""
        return " x ".join(f"{int(np.diff(first).max(initial=1))}" for first in (self.down, self.across))

    @property
    def width(self) -> int:
        """Cells it takes."""
        return self.cell * int(self.values.shape[1])

    def line(self, number: int) -> list[Segment]:
        """One line of it."""
        if self.halves:
            return self._half_line(self.values[2 * number : 2 * number + 2])
        if self.colours:
            return [Segment(self._text(v), self._style(v)) for v in self.values[number].tolist()]
        return [Segment("".join(self._text(v) for v in self.values[number].tolist()))]

    def _half_line(self, rows: FloatArray) -> list[Segment]:
        styles = [[self._style(v).bgcolor for v in row] for row in rows.tolist()]
        if len(styles) == 1:
            return [Segment(_HALF * self.cell, Style(color=upper)) for upper in styles[0]]
        return [Segment(_HALF * self.cell, Style(color=a, bgcolor=b)) for a, b in zip(*styles, strict=True)]

    def _style(self, value: float) -> Style:
        return shade(
            value if self.whole else value - self.low,
            signed=self.whole,
            scale=self._scale(),
            colours=self.colours or "",
        )

    def _scale(self) -> float:
        return (self.high if self.whole else self.high - self.low) or 1.0

    def _text(self, value: float) -> str:
        if self.whole and self.cell >= _NUMBER:
            return f"{value:>{self.cell}.{1 if self.high >= 100 else 2}f}"
        if self.colours:
            return " " * self.cell
        tenths = digit(value if self.whole else value - self.low, self._scale())
        sign = "-" if self.whole and self.cell >= _SIGNED and value < 0 else ""
        return f"{sign + tenths:>{self.cell}}"


def make_tile(values: FloatArray, frame: Frame, how: str) -> Tile:
    """A matrix within a frame, reduced to block means or maxima of sizes where it is larger."""
    halves = frame.colours is not None and values.shape[0] > frame.height
    blocks, down, across = reduce_blocks(values, max(1, frame.height * (2 if halves else 1)), max(1, frame.width), how)
    sizes = np.abs(blocks)
    return Tile(
        values=blocks,
        down=down,
        across=across,
        whole=blocks.shape == values.shape,
        cell=min(_WIDEST, max(1, frame.width // blocks.shape[1])),
        low=0.0 if blocks.shape == values.shape else float(sizes.min()),
        high=float(sizes.max()),
        colours=frame.colours,
        halves=halves,
    )


def tile_key(one: Tile, how: str) -> str:
    """How to read it, in a sentence."""
    ends = ("dark", "bright") if one.colours else ("0", "9")
    if not one.whole:
        what = "Mean size" if how == "mean" else "Largest size"
        return f"{what} in blocks of {one.block} weights: {ends[0]} is {one.low:.2g}, {ends[1]} is {one.high:.2g}."
    if one.colours:
        return f"Blue is negative, orange positive, brightest at {one.high:.2g}."
    if one.cell >= _NUMBER:
        return "Every weight as it is."
    sign = "" if one.cell >= _SIGNED else ", whatever the sign"
    return f"Digits are tenths of {one.high:.2g}{sign}."
