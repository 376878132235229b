"""The weights in the kernels' packing, made anew from the flat vector after every update."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from lstmgen.arrays import Float32Array, Int64Array
from lstmgen.cells import CELLS
from lstmgen.cells.records import Weights
from lstmgen.cells.window_pack import pack_weights
from lstmgen.cells.window_records import Layout, WindowWeights
from lstmgen.kernels.entry_points import EntryPoints
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry, window_sizes
from lstmgen.network.parameters import factor_zeros, parameter_offsets, zeros_aligned
from lstmgen.settings import Architecture

_MANY_NUMBERS = 60_000  # parameters from which on a second thread brings more than it costs
_Places = tuple[int, Int64Array]
_OUTPUT_COLUMNS = np.zeros(1, np.int64)  # the output layer's panels: one "gate"


class PackedWeights:
    """U, W, bias and extra vectors of all layers and the output layer, flat; `w_at[k]` is where layer k's W begins.

    precision: of what products read, "float32" or "bf16"; biases and extra vectors are float32.
    layers: the record of what a layer's time steps read.
    """

    def __init__(self, architecture: Architecture, precision: str = "float32") -> None:
        zeros = partial(factor_zeros, precision == "bf16")
        g = self.geometry = Geometry.of(architecture)
        cell = self.cell = CELLS[architecture.cell]
        self.starts = parameter_offsets(architecture)
        self.output_at = self.starts[architecture.output_name]
        inputs = [g.Ep] + [g.Hp] * (g.L - 1)  # padded input sizes; 0: looked up in W itself
        self.w_at = np.cumsum([0, *(g.P * d * NR for d in inputs)], dtype=np.int64)
        self.wt_at = np.cumsum([0, *(-(-d // NR) * g.P * NR * NR for d in inputs)], dtype=np.int64)
        self.U, self.UT = zeros(g.L, g.P, g.Hp, NR), zeros(g.L, g.Q, g.P, NR, NR)
        self.W, self.WT = zeros(int(self.w_at[-1])), zeros(int(self.wt_at[-1]))
        biases = g.L * g.P * NR
        self._vectors = zeros_aligned(biases + g.L * cell.extra_rows * g.Hp)
        self.bias, extra = self._vectors[:biases], self._vectors[biases:]
        self.output, self.outputT = zeros(g.Pv * g.Hp * NR), zeros(g.Q * g.Pv * NR * NR)
        self.output_bias = zeros_aligned(g.Pv * NR)
        identity = architecture.squashing == "identity"
        self.layers = Weights(self.U, self.UT, extra, cell.extra_rows, identity)
        self._layout, self._entry_points = self._make_layout(architecture.tied), EntryPoints()

    def _make_layout(self, tied: bool) -> Layout:
        g, panel, starts = self.geometry, self.cell.panel, self.starts
        places = [*self._bias_places(), *self._extra_places()]
        return Layout(
            U=np.array([starts[f"layers.{k}.U"] for k in range(g.L)], np.int64),
            W=np.array([starts[f"layers.{k}.W"] for k in range(g.L)], np.int64),
            output=self.output_at,
            output_bias=starts["output.b"],
            output_columns=_OUTPUT_COLUMNS,
            w_columns=panel.w_columns,
            u_columns=panel.u_columns,
            units=panel.units,
            vectors=np.concatenate([np.arange(start, start + len(at)) for start, at in places]),
            vector_places=np.concatenate([at for _, at in places]),
            cleared=0 if tied else starts["layers.0.W" if g.E else "layers.0.U"],
        )

    def record(self, flat: Float32Array) -> WindowWeights:
        """As a window's kernels take them, with the parameters that they were packed from."""
        return WindowWeights(
            self.layers, self._layout, flat, self.W, self.w_at, self.WT, self.wt_at, self.bias, self.output,
            self.outputT, self.output_bias,
        )  # fmt: skip

    def _bias_places(self) -> Iterator[_Places]:
        """Of each bias of each layer: where it stands in the flat parameters, and its numbers in the vectors."""
        g = self.geometry
        for name, slots in self.cell.panel.biases.items():
            places = self.cell.panel.places(slots, g.H).ravel()
            yield from self._of_every_layer(name, places, g.P * NR)

    def _extra_places(self) -> Iterator[_Places]:
        """The same of the extra vectors."""
        g, above = self.geometry, len(self.bias) // self.geometry.Hp
        for name, rows in self.cell.extra.items():
            places = np.arange(above, above + rows)[:, None] * g.Hp + np.arange(g.H)
            yield from self._of_every_layer(name, places.ravel(), self.cell.extra_rows * g.Hp)
            above += rows

    def _of_every_layer(self, name: str, places: Int64Array, layer_size: int) -> Iterator[_Places]:
        for k in range(self.geometry.L):
            start = self.starts[f"layers.{k}.{name}"]
            yield start, places + k * layer_size

    def fill(self, flat: Float32Array, threads: ThreadPool, backward: bool) -> None:
        """Pack `flat`; the transposes too if `backward`."""
        record, sizes = self.record(flat), window_sizes(self.geometry, self.cell)
        parts = threads.count if len(flat) > _MANY_NUMBERS else 1

        def pack(member: int, _: int) -> None:
            self._entry_points.call(pack_weights, sizes, record, self._vectors, backward, member, parts)

        threads.split(parts, pack, parts)
