"""How a cell's numbers stand side by side in a panel of NR columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstmgen.arrays import Int64Array
from lstmgen.kernels.lanes import NR


@dataclass(frozen=True)
class Panel:
    """A panel holds NR / slots units, each with so many numbers; slot s of all of them stands in its s-th part.

    W, U     the slot that gate k of the matrix adds to; forward leaves gate k in its slot of W
    biases   by array name, the slot that each of its rows (H) adds to
    """

    slots: int
    W: tuple[int, ...]
    U: tuple[int, ...]
    biases: Mapping[str, tuple[int, ...]]

    @property
    def units(self) -> int:
        """Units of a panel."""
        return NR // self.slots

    @cached_property
    def w_columns(self) -> Int64Array:
        """The column of a panel where each gate of W begins."""
        return np.array(self.W) * self.units

    @cached_property
    def u_columns(self) -> Int64Array:
        """The same for U."""
        return np.array(self.U) * self.units

    def places(self, slots: tuple[int, ...], H: int) -> Int64Array:
        """Where rows (H) that belong to these slots stand in a row (P NR) of all panels: (len(slots), H)."""
        unit = np.arange(H)
        places: Int64Array = np.array(slots)[:, None] * self.units + unit // self.units * NR + unit % self.units
        return places
