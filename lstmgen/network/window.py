"""The buffers of one window of T steps and B rows, and what is done to a part of them; `passes.py` puts it in order.

rows (T B,)            the table row of each position          table (n + 1, P NR)   layer 0's input side
Z (L, P, T, B, NR)     pre-activations and gates               logits (Pv, T, B, NR)
dZ, dlogits            their gradients
states                 before and after each step, as in `cells/records.py`, as are work and gradients
Y (L, T + 1, B, Hp)    outputs under the dropout mask; those of the states without one
S, DS (T, B, Hp)       the sum of Y over all layers, where that is what the output layer reads, and its gradient

What products read (h, Y, S, dZ, dlogits and the embedding) is rounded to bfloat16 when it is made if that is the
window's precision, in arrays of its own; else dZ and dlogits take the places of Z and of the logits.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Int32Array
from lstmgen.cells import Cell
from lstmgen.cells.records import Gradients, Inputs, Span, States, Work
from lstmgen.errors import InterruptedTraining
from lstmgen.kernels.elementwise import add_rows, copy_rounded, mask_rows
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.lookup import fill_table_onehot, find_distinct
from lstmgen.kernels.product import table_product, window_product, window_product_back
from lstmgen.kernels.softmax import cross_entropy
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.packed import PackedWeights
from lstmgen.network.parameters import rounded_zeros, zeros_aligned
from lstmgen.network.strategy_timer import StrategyTimer
from lstmgen.network.team import TeamMember

ShouldStop = Callable[[], bool]
SMALL_TABLE = 2e7  # of FLOP: below, a second thread costs more than it brings
_CALL_FLOP = 5e8  # work of one kernel call: far below 50 ms even on a slow core


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
        self.bf16 = precision == "bf16"
        self.strategy_timer = StrategyTimer()
        self.layer_z, self.layer_h = g.P * T * B * NR, (T + 1) * B * g.Hp
        self.Z, self.logits = zeros_aligned(g.L, self.layer_z), zeros_aligned(g.Pv, T, B, NR)
        h, c = zeros_aligned(g.L, self.layer_h), zeros_aligned(g.L, self.layer_h)
        rounded = rounded_zeros(g.L, self.layer_h) if self.bf16 else h
        self._together = self.states = States(h, c, rounded, h, c, rounded, False)
        self.dZ: AnyArray = rounded_zeros(g.L, self.layer_z) if self.bf16 else self.Z
        self.dlogits: AnyArray = rounded_zeros(g.Pv, T, B, NR) if self.bf16 else self.logits
        self._apart: States | None = None
        self.x, self.y = np.full(self.N, -1, np.int32), np.full(self.N, -1, np.int32)
        self.rows, self.tokens = np.zeros(self.N, np.int32), np.zeros(max(g.V, 1), np.int32)
        self.mark, self.count = np.full(max(g.V, 1), -1, np.int32), 0
        self.table, self.embedded = zeros_aligned(0), self.factors(0)
        self.mask: Float32Array | None = None
        self.token_masks: Float32Array | None = None
        self.Y, self.nats = rounded, zeros_aligned(T, B)
        self.sum, self.DS = zeros_aligned(T, B, g.Hp) if g.skip_sum else zeros_aligned(0), zeros_aligned(0)
        self.S = rounded_zeros(T, B, g.Hp) if g.skip_sum and self.bf16 else self.sum
        self.gradients: Gradients | None = None
        self._rooms: dict[str, AnyArray] = {}

    def factors(self, *shape: int) -> AnyArray:
        """A flat zeroed array of what products read, in this window's precision."""
        return rounded_zeros(*shape) if self.bf16 else zeros_aligned(*shape)

    def room(self, name: str, *shape: int, factors: bool = False) -> AnyArray:
        """A flat buffer kept under a name from update to update: at least so large, with what the last use left.

        What is made anew for each update is cleared page by page by the system, which takes longer than to fill it.
        """
        kept = self._rooms.get(name)
        if kept is None or len(kept) < math.prod(shape):
            kept = self._rooms[name] = self.factors(*shape) if factors else zeros_aligned(*shape)
        return kept

    def cuts(self, rows: int) -> list[tuple[int, int]]:
        """Time steps cut so that no kernel call is long."""
        g = self.geometry
        per_step = 2.0 * rows * NR * max(g.P * g.Hp, g.Pv * g.Hp)
        steps = max(1, int(_CALL_FLOP / per_step))
        return [(t, min(t + steps, self.T)) for t in range(0, self.T, steps)]

    def read(
        self, x: Int32Array, state: Float32Array, masks: Float32Array | None, packed: PackedWeights, flat: Float32Array,
        threads: ThreadPool, token_masks: Float32Array | None = None,
    ) -> None:  # fmt: skip
        """Take in ids (T, B), the carried state (S, L, B, H) and the masks, and make layer 0's table."""
        g, T, B = self.geometry, self.T, self.B
        check_ids(x, g.V)
        self.x[:] = x.reshape(-1)
        self.states = self._states_apart() if (x[1:] < 0).any() else self._together
        before = self.states.c_before, self.states.h_before
        for given, array in zip(state, before[-len(state) :], strict=True):
            array.reshape(g.L, T + 1, B, g.Hp)[:, 0, :, : g.H] = given
        if self.bf16:
            for k in range(0, g.L * self.layer_h, self.layer_h):
                copy_rounded(self.states.h_before, k, self.states.rounded_before, k, B * g.Hp)
        self.mask, self.Y = None, self.states.rounded_after
        if masks is not None:
            self.mask, self.Y = zeros_aligned(g.L, B, g.Hp), self._masked_outputs()
            self.mask.reshape(g.L, B, g.Hp)[:, :, : g.H] = masks
        self.count = int(find_distinct(self.x, self.mark, self.tokens, self.rows))
        self.token_masks = None if token_masks is None else token_masks[self.tokens[: self.count], None]
        self._make_table(packed, flat, threads)
        self.work = Work(T, B, g.Hp, self.Z, self.dZ, Inputs(self.x, self.rows, self.table), self.states)

    def _states_apart(self) -> States:
        """With arrays of their own for the states after each step."""
        if self._apart is None:
            before, size = self._together[:3], self.geometry.L * self.layer_h
            h, c = zeros_aligned(size), zeros_aligned(size)
            self._apart = States(*before, h, c, rounded_zeros(size) if self.bf16 else h, True)
        return self._apart

    def masked(self, rows: Float32Array) -> Float32Array:
        """A row (n, E) of each distinct token under its mask, if there is one."""
        return rows if self.token_masks is None else rows * self.token_masks

    def _masked_outputs(self) -> AnyArray:
        if not hasattr(self, "_masked"):
            self._masked = self.factors(self.geometry.L, self.layer_h)
        return self._masked

    def _make_table(self, packed: PackedWeights, flat: Float32Array, threads: ThreadPool) -> None:
        """table[k] = W (embedding of the k-th distinct token) + b; the last row is b alone."""
        g, n = self.geometry, self.count
        size = g.P * NR
        if len(self.table) < (n + 1) * size:
            self.table = zeros_aligned(min(g.V, max(2 * n, 64)) + 1, size)
        table, bias = self.table[: (n + 1) * size].reshape(n + 1, size), packed.bias[:size]
        table[:] = bias
        if not g.E:
            start, panel = packed.starts["layers.0.W"], self.cell.panel
            fill_table_onehot(
                flat, start, g.H, g.V, panel.w_columns, panel.units, self.tokens, bias, self.table, g.P, 0, n
            )
            return
        embedding = flat[: g.V * g.E].reshape(g.V, g.E)
        exact = self.room("exact", max(n, 1), g.Ep)[: max(n, 1) * g.Ep]
        exact.reshape(-1, g.Ep)[:n, : g.E] = self.masked(embedding[self.tokens[:n]])
        self.embedded = self.rounded(exact)
        threads.split(
            n, lambda r0, r1: table_product(self.embedded, g.Ep, packed.W, self.table, g.P, r0, r1),
            threads.count if 2.0 * n * g.Ep * size > SMALL_TABLE else 1,
        )  # fmt: skip

    def rounded(self, exact: Float32Array) -> AnyArray:
        """A flat array of whole vectors as products read it."""
        if not self.bf16:
            return exact
        rounded = self.room("rounded", len(exact), factors=True)
        copy_rounded(exact, 0, rounded, 0, len(exact))
        return rounded

    def input_side(self, k: int, packed: PackedWeights, t0: int, t1: int, r0: int, r1: int) -> None:
        """What a layer above the first takes from the one below."""
        g, below = self.geometry, (k - 1) * self.layer_h + self.B * self.geometry.Hp
        window_product(
            self.Y, below, g.Hp, packed.W, packed.w_at[k], packed.bias, k * g.P * NR, self.Z, k * self.layer_z, g.P,
            VECTORS, self.T, self.B, t0, t1, r0, r1,
        )  # fmt: skip

    def steps(self, k: int, packed: PackedWeights, t0: int, t1: int, r0: int, r1: int, member: TeamMember) -> None:
        """Layer k, step by step."""
        span = Span(t0, t1, r0, r1, *member.share(self.geometry.P))
        self.cell.forward(k, packed.layers, self.work, span, member.team)

    def apply_dropout(self, k: int, t0: int, t1: int, r0: int, r1: int) -> None:
        """Layer k's outputs under the dropout mask, if there is one."""
        if self.mask is not None:
            step = self.B * self.geometry.Hp
            at = k * self.layer_h + step
            mask_rows(
                self.states.h_after, at, self.mask, k * step, self.Y, at, self.B, self.geometry.Hp, t0, t1, r0, r1
            )

    def output(self, packed: PackedWeights, r0: int, r1: int, stop: ShouldStop) -> None:
        """Logits from what the layers gave."""
        g = self.geometry
        if g.skip_sum:
            self._sum_layers(r0, r1)
        read, at = self.read_out()
        for t0, t1 in self.cuts(r1 - r0):
            raise_if_stopped(stop)
            window_product(
                read, at, g.Hp, packed.output, 0, packed.output_bias, 0, self.logits, 0, g.Pv, g.edge, self.T, self.B,
                t0, t1, r0, r1,
            )  # fmt: skip

    def _sum_layers(self, r0: int, r1: int) -> None:
        g, step = self.geometry, self.B * self.geometry.Hp
        self.sum.reshape(self.T, self.B, g.Hp)[:, r0:r1] = 0
        for k in range(g.L):
            add_rows(self.Y, k * self.layer_h + step, self.sum, 0, self.B, g.Hp, 0, self.T, r0, r1)
        if self.bf16:
            for at in range(r0 * g.Hp, self.N * g.Hp, step):
                copy_rounded(self.sum, at, self.S, at, (r1 - r0) * g.Hp)

    def read_out(self) -> tuple[AnyArray, int]:
        """What the output layer reads, (T, B, Hp), and where it begins there."""
        g = self.geometry
        return (self.S, 0) if g.skip_sum else (self.Y, (g.L - 1) * self.layer_h + self.B * g.Hp)

    def score(self, r0: int, r1: int, scale: float, stop: ShouldStop) -> None:
        """Nats of the targets; with a scale, the gradient of the logits too."""
        g = self.geometry
        for t0, t1 in self.cuts(r1 - r0):
            raise_if_stopped(stop)
            cross_entropy(
                self.logits, self.dlogits, self.y, self.nats, scale, self.B, self.N, g.Pv, g.edge, t0, t1, r0, r1
            )  # fmt: skip

    def output_back(self, packed: PackedWeights, r0: int, r1: int, stop: ShouldStop) -> None:
        """From the logits' gradient to that of what the output layer read."""
        g, T, B = self.geometry, self.T, self.B
        read, d0 = (self.DS, 0) if g.skip_sum else (self.dh, (g.L - 1) * self.layer_h + B * g.Hp)
        for t0, t1 in reversed(self.cuts(r1 - r0)):
            raise_if_stopped(stop)
            window_product_back(
                self.dlogits, 0, g.Pv, g.edge, packed.outputT, 0, read, d0, g.Hp, T, B, t0, t1, r0, r1
            )  # fmt: skip

    def is_read_above(self, k: int) -> bool:
        """Whether `above_back` has anything to do: of the top layer the output layer's part may be all."""
        return self.geometry.skip_sum or k < self.geometry.L - 1 or self.mask is not None

    def above_back(self, k: int, packed: PackedWeights, t0: int, t1: int, r0: int, r1: int) -> None:
        """The gradient of layer k's outputs, from whatever has read them."""
        g, T, B, step = self.geometry, self.T, self.B, self.B * self.geometry.Hp
        at, above = k * self.layer_h + step, (k + 1) * self.layer_z
        if g.skip_sum:
            add_rows(self.DS, 0, self.dh, at, B, g.Hp, t0, t1, r0, r1)
        if k < g.L - 1:
            window_product_back(
                self.dZ, above, g.P, VECTORS, packed.WT, packed.wt_at[k + 1], self.dh, at, g.Hp, T, B, t0, t1, r0, r1
            )  # fmt: skip
        if self.mask is not None:
            mask_rows(self.dh, at, self.mask, k * step, self.dh, at, B, g.Hp, t0, t1, r0, r1)

    def steps_back(self, k: int, packed: PackedWeights, t0: int, t1: int, r0: int, r1: int, member: TeamMember) -> None:
        """Layer k, step by step from the last: the gradients of all pre-activations and of the initial states."""
        span = Span(t0, t1, r0, r1, *member.share(self.geometry.Q))
        self.cell.backward(k, packed.layers, self.work, self.gradients, span, member.team)

    def prepare_gradients(self) -> None:
        """Make room for the gradients of outputs and states, kept from then on."""
        g = self.geometry
        if self.gradients is None:
            self.gradients = Gradients(
                zeros_aligned(g.L, self.layer_h), zeros_aligned(g.L, self.B, g.Hp), zeros_aligned(self.B, g.Hp)
            )
            self.dh, self.dc, _ = self.gradients
            self.DS = zeros_aligned(*((self.T, self.B, g.Hp) if g.skip_sum else (0,)))

    def clear_gradients(self, r0: int, r1: int) -> None:
        """Zero them for rows r0 to r1."""
        g = self.geometry
        self.dh.reshape(g.L, self.T + 1, self.B, g.Hp)[:, :, r0:r1] = 0
        self.dc.reshape(g.L, self.B, g.Hp)[:, r0:r1] = 0
        if g.skip_sum:
            self.DS.reshape(self.T, self.B, g.Hp)[:, r0:r1] = 0

    def final_state(self) -> Float32Array:
        """States after the last step, (S, L, B, H)."""
        return np.stack([after[:, -1, :, : self.geometry.H] for after in self.states_after()])

    def states_after(self) -> list[Float32Array]:
        """Each of the cell's states (L, T + 1, B, Hp); [:, t + 1] is that after step t."""
        shape = self.geometry.L, self.T + 1, self.B, self.geometry.Hp
        return [after.reshape(shape) for after in (self.states.c_after, self.states.h_after)[-len(self.cell.states) :]]

    def initial_gradient(self) -> Float32Array:
        """Gradient of the initial states, (S, L, B, H)."""
        g = self.geometry
        dc = self.dc.reshape(g.L, self.B, g.Hp)[:, :, : g.H]
        dh = self.dh.reshape(g.L, self.T + 1, self.B, g.Hp)[:, 0, :, : g.H]
        return np.stack((dc, dh)[-len(self.cell.states) :])


def raise_if_stopped(stop: ShouldStop) -> None:
    """Raise InterruptedTraining if `stop` says so."""
    if stop():
        raise InterruptedTraining
