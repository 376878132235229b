"""Sizes as the kernels see them: everything padded to whole panels. Padding never leaves the network."""

from __future__ import annotations

from dataclasses import dataclass

from lstmgen.cells import CELLS, Cell
from lstmgen.cells.window_records import WindowSizes
from lstmgen.kernels.lanes import LANES, NR
from lstmgen.settings import Architecture


def _up(size: int, unit: int) -> int:
    """The next multiple of `unit`."""
    return -(-size // unit) * unit


@dataclass(frozen=True)
class Geometry:
    """H units in P panels (Hp padded, Q panels of columns), E inputs of layer 0 (Ep), V tokens in Pv panels.

    The last of those has `edge` vectors in use; all other panels are full. skip_sum: the output layer reads the sum of
    all layers.
    """

    V: int
    E: int
    H: int
    L: int
    P: int
    Hp: int
    Q: int
    Ep: int
    Pv: int
    edge: int
    skip_sum: bool

    @staticmethod
    def of(architecture: Architecture) -> Geometry:
        """The padded sizes of an architecture."""
        V, E, H = architecture.vocabulary, architecture.embedding, architecture.units
        units = CELLS[architecture.cell].panel.units
        Hp, Pv = _up(H, units), _up(V, NR) // NR
        return Geometry(
            V,
            E,
            H,
            architecture.layers,
            Hp // units,
            Hp,
            _up(Hp, NR) // NR,
            _up(E, LANES),
            Pv,
            (_up(V, LANES) - (Pv - 1) * NR) // LANES,
            architecture.skip_sum,
        )

    def flop_per_token(self) -> float:
        """Floating point operations to train on one token: 3 products, 2 operations a weight."""
        per_layer = 6.0 * (self.P * NR // self.Hp) * self.H * self.H
        return per_layer * (2 * self.L - 1) + 6.0 * self.H * self.V


def window_sizes(geometry: Geometry, cell: Cell, masked: bool = False) -> WindowSizes:
    """A geometry as the kernels take it."""
    g = geometry
    return WindowSizes(
        g.V, g.E, g.H, g.L, g.P, g.Hp, g.Q, g.Ep, g.Pv, g.edge, len(cell.states), g.skip_sum, masked
    )  # fmt: skip
