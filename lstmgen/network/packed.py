"""The weights in the kernels' packing, made anew from the flat vector after every update."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstmgen.arrays import Float32Array, Int64Array
from lstmgen.cells import CELLS
from lstmgen.cells.records import Weights
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.pack import pack_backward, pack_forward
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.parameters import parameter_offsets, rounded_zeros, zeros_aligned
from lstmgen.settings import Architecture

_MANY_NUMBERS = 200_000  # parameters from which on a second thread brings more than it costs
_PADDED_LOGIT = -1e30  # what a column beyond the vocabulary weighs: nothing
_Places = tuple[slice, Int64Array]
OUTPUT_COLUMNS = np.zeros(1, np.int64), NR  # the output layer's panels: one "gate", NR tokens in each


class PackedWeights:
    """U, W, bias and extra vectors of all layers and the output layer, flat; `w_at[k]` is where layer k's W begins.

    precision: of what products read, "float32" or "bf16"; biases and extra vectors are float32.
    layers: the record of what a layer's time steps read.
    """

    def __init__(self, architecture: Architecture, precision: str = "float32") -> None:
        zeros = rounded_zeros if precision == "bf16" else zeros_aligned
        g = self.geometry = Geometry.of(architecture)
        cell = self.cell = CELLS[architecture.cell]
        self.starts = parameter_offsets(architecture)
        self.output_at = self.starts[architecture.output_name]
        self.inputs = [g.Ep] + [g.Hp] * (g.L - 1)  # padded input sizes; 0: looked up in W itself
        self.u_size, self.ut_size = g.P * g.Hp * NR, g.Q * g.P * NR * NR
        self.w_at = [0, *np.cumsum([g.P * d * NR for d in self.inputs]).tolist()]
        self.wt_at = [0, *np.cumsum([-(-d // NR) * g.P * NR * NR for d in self.inputs]).tolist()]
        self.U, self.UT = zeros(g.L * self.u_size), zeros(g.L * self.ut_size)
        self.W, self.WT = zeros(self.w_at[-1]), zeros(self.wt_at[-1])
        self.bias, self.extra = zeros_aligned(g.L * g.P * NR), zeros_aligned(g.L * cell.extra_rows * g.Hp)
        self.output, self.outputT = zeros(g.Pv * g.Hp * NR), zeros(g.Q * g.Pv * NR * NR)
        self.output_bias = zeros_aligned(g.Pv * NR)
        identity = architecture.squashing == "identity"
        self.layers = Weights(self.U, self.UT, self.extra, cell.extra_rows, identity)
        self.bias_places = list(self._bias_places())
        self.extra_places = list(self._extra_places())

    def _bias_places(self) -> Iterator[_Places]:
        """Of each bias of each layer: where it stands in the flat parameters, and each of its numbers in `bias`."""
        g = self.geometry
        for name, slots in self.cell.panel.biases.items():
            places = self.cell.panel.places(slots, g.H).ravel()
            yield from self._of_every_layer(name, places, g.P * NR)

    def _extra_places(self) -> Iterator[_Places]:
        """The same of the extra vectors."""
        g, above = self.geometry, 0
        for name, rows in self.cell.extra.items():
            places = np.arange(above, above + rows)[:, None] * g.Hp + np.arange(g.H)
            yield from self._of_every_layer(name, places.ravel(), self.cell.extra_rows * g.Hp)
            above += rows

    def _of_every_layer(self, name: str, places: Int64Array, layer_size: int) -> Iterator[_Places]:
        for k in range(self.geometry.L):
            start = self.starts[f"layers.{k}.{name}"]
            yield slice(start, start + len(places)), places + k * layer_size

    def fill(self, flat: Float32Array, threads: ThreadPool, backward: bool) -> None:
        """Pack `flat`; the transposes too if `backward`."""
        g, at, panel = self.geometry, self.starts, self.cell.panel
        of_U, of_W = ((columns, panel.units) for columns in (panel.u_columns, panel.w_columns))

        def panels(p0: int, p1: int) -> None:
            for k in range(g.L):
                D = g.H if k else g.E
                u, w = at[f"layers.{k}.U"], at[f"layers.{k}.W"]
                pack_forward(flat, u, self.U, k * self.u_size, *of_U, g.H, g.H, g.Hp, p0, p1)
                if D:
                    pack_forward(flat, w, self.W, self.w_at[k], *of_W, g.H, D, self.inputs[k], p0, p1)
                if backward:
                    pack_backward(flat, u, self.UT, k * self.ut_size, *of_U, g.H, g.H, g.Hp, p0, p1)
                    if D:
                        pack_backward(flat, w, self.WT, self.wt_at[k], *of_W, g.H, D, self.inputs[k], p0, p1)

        def output(p0: int, p1: int) -> None:
            pack_forward(flat, self.output_at, self.output, 0, *OUTPUT_COLUMNS, g.V, g.H, g.Hp, p0, p1)
            if backward:
                pack_backward(flat, self.output_at, self.outputT, 0, *OUTPUT_COLUMNS, g.V, g.H, g.Hp, p0, p1)

        def share(k0: int, k1: int) -> None:
            panels(g.P * k0 // parts, g.P * k1 // parts)
            output(g.Pv * k0 // parts, g.Pv * k1 // parts)

        parts = threads.count if len(flat) > _MANY_NUMBERS else 1
        threads.split(parts, share, parts)
        for where, places in self.bias_places:
            self.bias[places] = flat[where]
        for where, places in self.extra_places:
            self.extra[places] = flat[where]
        self.output_bias[: g.V] = flat[at["output.b"] :][: g.V]
        self.output_bias[g.V :] = _PADDED_LOGIT
