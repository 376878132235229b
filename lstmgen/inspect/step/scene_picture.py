"""What the pictures of a text's steps share: whose wires, which units, and how much room there is for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstmgen.arrays import Float32Array
from lstmgen.inspect.common.figures import NUMBER_CELLS
from lstmgen.inspect.step.wiring import NEXT, WIRING

if TYPE_CHECKING:
    from lstmgen.network import Clamp

NAME_CELLS = 37  # cells of a wire's names
COLUMN_CELLS = NUMBER_CELLS + 1
_MOST_UNITS = 12
_FEW_UNITS = 3  # beside what a wire speaks for
READING_CELLS = 13  # cells of that, at least


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
    clamps: Sequence[Clamp] = ()

    @property
    def reads(self) -> bool:
        """Whether wires say which tokens they speak for, which needs no saying where units are words."""
        return self.output is not None and not self.words

    @property
    def left(self) -> int:
        """Cells before the numbers."""
        return len(WIRING[self.cell][NEXT]) + NAME_CELLS

    def units_within(self, width: int) -> list[int]:
        """The units shown, by number: those that are clamped, and as many others as fit."""
        room = max(width - self.left, COLUMN_CELLS)
        count = room // COLUMN_CELLS
        if self.reads:
            count = max(min(_FEW_UNITS, count), (room - READING_CELLS) // COLUMN_CELLS)
        clamped = [clamp.unit for clamp in self.clamps if clamp.layer == self.layer and clamp.unit is not None]
        return sorted(list(dict.fromkeys([*clamped, *self.order]))[: min(count, _MOST_UNITS)])

    def reading_cells(self, width: int) -> int:
        """Cells beside the numbers, for the tokens that a wire speaks for."""
        return max(width - self.left - COLUMN_CELLS * len(self.units_within(width)), 0)
