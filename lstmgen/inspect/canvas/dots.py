"""Curves on a grid of cells, each with two by four Braille dots or, without colours, with one mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import Float64Array, Int64Array

BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # Unicode's bits of a cell's dots, row by row
CURVE_COLOURS = (
    "color(214)", "color(75)", "color(36)", "color(227)", "color(175)", "color(166)", "color(33)", "color(250)",
)  # fmt: skip
CURVE_MARKS = "ox+*#@%="  # without colours a curve consists of its mark


@dataclass(frozen=True)
class Curve:
    """Values y over x (n,), NaN where there is none; the number chooses colour and mark. name: cleaned."""

    name: str
    x: Float64Array
    y: Float64Array
    number: int = 0

    @property
    def points(self) -> tuple[Float64Array, Float64Array]:
        """x and y where both are finite, from left to right."""
        finite = np.isfinite(self.x) & np.isfinite(self.y)
        order = np.argsort(self.x[finite], kind="stable")
        return self.x[finite][order], self.y[finite][order]

    def style(self, colours: str | None) -> Style:
        """Of its dots and its name."""
        return Style(color=CURVE_COLOURS[self.number]) if colours else Style()


@dataclass(frozen=True)
class DotGrid:
    """owner (rows, columns): the curve that drew last in a cell, -1 for none; bits: its dots, None for marks."""

    owner: Int64Array
    bits: Int64Array | None

    @classmethod
    def empty(cls, rows: int, columns: int, *, braille: bool = True) -> DotGrid:
        """A grid on which nothing is drawn yet."""
        return cls(np.full((rows, columns), -1), np.zeros((rows, columns), np.int64) if braille else None)

    @property
    def dots_per_cell(self) -> tuple[int, int]:
        """Down and across."""
        return (1, 1) if self.bits is None else (4, 2)

    @property
    def shape(self) -> tuple[int, int]:
        """How many dots there are, down and across."""
        down, across = self.dots_per_cell
        return self.owner.shape[0] * down, self.owner.shape[1] * across

    def draw(self, curve: int, x: int, y: int) -> None:
        """The dot of a curve at a column and row of dots, from the upper left."""
        down, across = self.dots_per_cell
        self.owner[y // down, x // across] = curve
        if self.bits is not None:
            self.bits[y // down, x // across] |= BRAILLE[y % down][x % across]

    def row(self, row: int, curves: Sequence[Curve]) -> list[Segment]:
        """A row of cells; `curves` by the numbers under which they were drawn."""
        owners = self.owner[row].tolist()
        if self.bits is None:
            return [Segment("".join(CURVE_MARKS[curves[k].number] if k >= 0 else " " for k in owners))]
        return [
            Segment(chr(0x2800 + bits), curves[k].style("truecolor")) if bits else Segment(" ")
            for k, bits in zip(owners, self.bits[row].tolist(), strict=True)
        ]


def rows_of_names(ends: Sequence[tuple[int, int]], height: int) -> dict[int, int]:
    """A row of its own for the name of each curve, as near to its end as those that end higher leave.

    ends: the row in which each curve ends, with the curve's number.
    """
    rows: dict[int, int] = {}
    for place, (end, curve) in enumerate(sorted(ends)):
        rows[min(max(end, max(rows, default=-1) + 1), height - (len(ends) - place))] = curve
    return rows
