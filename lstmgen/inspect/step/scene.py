"""What the pictures of a text's steps share: whose wires, which units, and how much room there is for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstmgen.arrays import Float32Array
from lstmgen.inspect.canvas.figures import NUMBER_CELLS
from lstmgen.inspect.step.wiring import NEXT, WIRING

if TYPE_CHECKING:
    from lstmgen.network import Hold

NAMES = 37  # cells of a wire's names
COLUMN = NUMBER_CELLS + 1
_MOST_UNITS = 12
_FEW_UNITS = 3  # beside what a wire speaks for
READING = 13  # cells of that, at least


@dataclass(frozen=True)
class Scene:
    """What stays the same from step to step.

    tokens      each token of the text as it may be shown; vocabulary: likewise, in id order
    order       units of the layer, the one to be shown first at the front
    output      output.W (V, H) where the wires of this layer can be read through it, else None
    words       whether unit k of this layer is token k
    one_hot     whether the layer's input is one-hot: then the new information is a column 1 among 0
    """

    title: str
    cell: str
    squashing: str
    layer: int
    layers: int
    tokens: Sequence[str]
    vocabulary: Sequence[str]
    order: Sequence[int]
    output: Float32Array | None
    words: bool
    one_hot: bool
    spaced: bool
    holds: Sequence[Hold] = ()
    width: int = 80
    colours: str | None = None

    @property
    def reads(self) -> bool:
        """Whether wires say which tokens they speak for, which needs no saying where units are words."""
        return self.output is not None and not self.words

    @property
    def left(self) -> int:
        """Cells before the numbers."""
        return len(WIRING[self.cell][NEXT]) + NAMES

    @property
    def units(self) -> list[int]:
        """The units shown, by number: as many of the first in order as there is room for, and those that are held."""
        room = max(self.width - self.left, COLUMN)
        count = room // COLUMN
        if self.reads:
            count = max(min(_FEW_UNITS, count), (room - READING) // COLUMN)
        count = min(count, _MOST_UNITS)
        held = [hold.unit for hold in self.holds if hold.layer == self.layer and hold.unit is not None]
        return sorted(list(dict.fromkeys([*held, *self.order]))[:count])
