"""The buffers of one window of T steps and B rows, as the records that its kernels take.

rows (T B,)            the table row of each position          table (n + 1, P NR)   layer 0's input side
Z (L, P, T, B, NR)     pre-activations and gates               logits (Pv, T, B, NR)
dZ, dlogits            their gradients
states                 before and after each step, as in `cells/records.py`
Y (L, T + 1, B, Hp)    outputs under the dropout mask; those of the states without one
sum, S (T, B, Hp)      of Y over all layers, where that is what the output layer reads

What products read (h, Y, S, dZ, dlogits and the embedding) is rounded to bfloat16 when it is made if that is the
window's precision, in arrays of its own; else dZ and dlogits take the places of Z and of the logits.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Int32Array
from lstmgen.cells import Cell
from lstmgen.cells.records import Inputs, States, Work
from lstmgen.cells.window_records import Beginning, Outputs
from lstmgen.errors import InterruptedTraining
from lstmgen.kernels.entry_points import EntryPoints
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.lookup import read_ids
from lstmgen.network.geometry import Geometry, window_sizes
from lstmgen.network.order import WindowOrder
from lstmgen.network.parameters import factor_zeros, rounded_zeros, zeros_aligned
from lstmgen.network.strategy_timer import StrategyTimer
from lstmgen.network.training_buffers import TrainingBuffers

ShouldStop = Callable[[], bool]
_NOTHING = zeros_aligned(0)  # in the place of a mask that is not there


def never_stop() -> bool:
    """The answer of nobody who wants to stop."""
    return False


def check_ids(ids: Int32Array, V: int) -> None:
    """ValueError unless all ids are tokens or -1: the kernels look up whatever they are given."""
    if ids.size and not -1 <= ids.min() <= ids.max() < V:
        raise ValueError(f"ids must be from -1 to {V - 1}, not {ids.min()} to {ids.max()}")


class Window:
    """Buffers for windows of one shape, used again from update to update."""

    def __init__(self, geometry: Geometry, cell: Cell, precision: str, T: int, B: int) -> None:
        g = self.geometry = geometry
        self.cell, self.T, self.B, self.N = cell, T, B, T * B
        bf16 = self.bf16 = precision == "bf16"
        self.layer_z, self.layer_h = g.P * T * B * NR, (T + 1) * B * g.Hp
        self.Z, self.logits = zeros_aligned(g.L, self.layer_z), zeros_aligned(g.Pv, T, B, NR)
        h, c = zeros_aligned(g.L, self.layer_h), zeros_aligned(g.L, self.layer_h)
        rounded = rounded_zeros(g.L, self.layer_h) if bf16 else h
        self._together = self.states = States(h, c, rounded, h, c, rounded, False)
        self.dZ: AnyArray = rounded_zeros(g.L, self.layer_z) if bf16 else self.Z
        self.dlogits: AnyArray = rounded_zeros(g.Pv, T, B, NR) if bf16 else self.logits
        self._apart: States | None = None
        self.x, self.y = np.full(self.N, -1, np.int32), np.full(self.N, -1, np.int32)
        self.rows, self.tokens = np.zeros(self.N, np.int32), np.zeros(max(g.V, 1), np.int32)
        self._mark, self.targets = np.full(max(g.V, 1), -1, np.int32), 0
        self.table, self.embedded = _NOTHING, factor_zeros(bf16, 0)
        self._mask, self._masked = _NOTHING, factor_zeros(bf16, 0)
        self.nats, self._given = zeros_aligned(T, B), np.zeros(len(cell.states) * g.L * B * g.H, np.float32)
        summed = T * B * g.Hp if g.skip_sum else 0
        self._sum = zeros_aligned(summed)
        self._S = rounded_zeros(summed) if bf16 else self._sum
        self.orders: dict[Hashable, WindowOrder] = {}
        self.entry_points = EntryPoints()
        self.strategy_timer = StrategyTimer()
        self._training: TrainingBuffers | None = None

    def training_buffers(self, threads: int) -> TrainingBuffers:
        """What it needs to be learned from, by up to so many threads; made when it is first asked for."""
        if self._training is None:
            extra = self.cell.extra_rows
            self._training = TrainingBuffers(self.geometry, self.T, self.B, self.bf16, extra, threads)
        return self._training

    def read(
        self,
        x: Int32Array,
        state: Float32Array,
        y: Int32Array | None = None,
        masks: Float32Array | None = None,
        token_masks: Float32Array | None = None,
    ) -> None:
        """Take in ids and targets (T, B), the states before them (S, L, B, H) and the masks.

        ValueError for numbers that are no ids.
        """
        g, T, B = self.geometry, self.T, self.B
        self.x[:] = x.reshape(-1)
        self.y[:] = -1 if y is None else y.reshape(-1)
        count, self.targets, anew = read_ids(self.x, self.y, g.V, B, self._mark, self.tokens, self.rows)
        if count < 0:
            check_ids(self.x, g.V)
            check_ids(self.y, g.V)
        self.states = self._states_apart() if anew else self._together
        self._make_room(count)
        self.work = Work(T, B, g.Hp, self.Z, self.dZ, Inputs(self.x, self.rows, self.table), self.states)
        self._given[:] = state.reshape(-1)
        drops = token_masks is not None
        token_mask = np.ascontiguousarray(token_masks, np.float32) if drops else _NOTHING
        self.beginning = Beginning(self.tokens, count, self._given, token_mask, drops, self.embedded)
        self._set_masks(masks)
        self.sizes = window_sizes(g, self.cell, masked=masks is not None)
        read, at = (self._S, 0) if g.skip_sum else (self.Y, (g.L - 1) * self.layer_h + B * g.Hp)
        self.final = np.empty(state.shape, np.float32)
        self.outputs = Outputs(
            self.Y, self._mask, self._sum, self._S, read, at, self.logits, self.dlogits, self.y, self.nats,
            0.0, self.final.reshape(-1),
        )  # fmt: skip

    def outputs_times(self, scale: float) -> Outputs:
        """The record with which the loss times `scale` gets a gradient."""
        return self.outputs._replace(scale=float(scale))

    def _states_apart(self) -> States:
        """With arrays of their own for the states after each step."""
        if self._apart is None:
            before, size = self._together[:3], self.geometry.L * self.layer_h
            h, c = zeros_aligned(size), zeros_aligned(size)
            self._apart = States(*before, h, c, rounded_zeros(size) if self.bf16 else h, True)
        return self._apart

    def _make_room(self, count: int) -> None:
        """For the table of so many distinct tokens."""
        g = self.geometry
        if len(self.table) < (count + 1) * g.P * NR:
            some = min(g.V, max(2 * count, 64))
            self.table = zeros_aligned(some + 1, g.P, NR)
            self.embedded = factor_zeros(self.bf16, some if g.E else 0, g.Ep)

    def _set_masks(self, masks: Float32Array | None) -> None:
        g = self.geometry
        self.Y = self.states.rounded_after
        if masks is not None:
            if self._mask is _NOTHING:
                self._mask, self._masked = zeros_aligned(g.L, self.B, g.Hp), factor_zeros(self.bf16, g.L, self.layer_h)
            self.Y = self._masked
            self._mask.reshape(g.L, self.B, g.Hp)[:, :, : g.H] = masks

    def states_after(self) -> list[Float32Array]:
        """Each of the cell's states (L, T + 1, B, Hp); [:, t + 1] is that after step t."""
        shape = self.geometry.L, self.T + 1, self.B, self.geometry.Hp
        return [after.reshape(shape) for after in (self.states.c_after, self.states.h_after)[-len(self.cell.states) :]]


def raise_if_stopped(stop: ShouldStop) -> None:
    """Raise InterruptedTraining if `stop` says so."""
    if stop():
        raise InterruptedTraining
