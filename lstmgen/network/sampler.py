"""What generates tokens: the weights packed once, the whole token loop in a kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array, Int32Array, UInt8Array, UInt16Array
from lstmgen.cells import CELLS
from lstmgen.cells.records import (
    Filters,
    Inputs,
    NetworkWeights,
    SamplerSizes,
    Scratch,
    States,
    Team,
    Work,
)  # fmt: skip
from lstmgen.kernels.compile import is_cached
from lstmgen.kernels.elementwise import copy_rounded
from lstmgen.kernels.entry_points import EntryPoints
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.lookup import fill_table_onehot
from lstmgen.kernels.pack import pair_rows
from lstmgen.kernels.product import table_product
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.packed import PackedWeights
from lstmgen.network.parameters import rounded_zeros, zeros_aligned
from lstmgen.network.precision import check_precision
from lstmgen.network.window import check_ids
from lstmgen.settings import Architecture


def _full_table(g: Geometry, packed: PackedWeights, flat: Float32Array) -> Float32Array:
    """Layer 0's input side for every token, and the bias alone behind them: flat (V + 1, P NR)."""
    size = g.P * NR
    bias = packed.bias[:size]
    table = np.empty((g.V + 1, size), np.float32)
    table[:] = bias
    if not g.E:
        every = np.arange(g.V, dtype=np.int32)
        start, panel = packed.starts["layers.0.W"], packed.cell.panel
        fill_table_onehot(
            flat, start, g.H, g.V, panel.w_columns, panel.units, every, bias, table.reshape(-1), g.P, 0, g.V
        )
        return table.reshape(-1)
    embedding = np.zeros((g.V, g.Ep), np.float32)
    embedding[:, : g.E] = flat[: g.V * g.E].reshape(g.V, g.E)
    flat_table = table.reshape(-1)
    table_product(embedding.reshape(-1), g.Ep, packed.W, flat_table, g.P, 0, g.V)
    return flat_table


def _kernel(cell: str, precision: str) -> Callable[..., None]:
    """The kernel for a cell and a precision: each is compiled when it is first needed."""
    return CELLS[cell].sample_tokens_bf16 if precision == "bf16" else CELLS[cell].sample_tokens


def sampler_ready(cell: str, precision: str = "float32") -> bool:
    """Whether the sampling kernel is compiled already; else the first text takes some seconds."""
    return is_cached(_kernel(cell, precision))


def _in_bf16(panels: AnyArray) -> UInt16Array:
    """Packed weights at half the size."""
    rounded, rows = np.empty(len(panels), np.uint16), len(panels) // NR
    pair_rows(panels, 0, NR, NR, rounded, 0, rows, 0, rows)
    return rounded


class TokenSampler(Protocol):
    """Whatever generates tokens for `rows` texts side by side."""

    rows: int

    def next_tokens(
        self, ids: Int32Array, state: Float32Array, uniforms: Float64Array, temperature: float = 1.0,
        top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0, banned: UInt8Array | None = None,
    ) -> tuple[Int32Array, Float32Array]:  # fmt: skip
        """As `KernelSampler.next_tokens`."""


class SamplerWeights:
    """What all samplers of one network share: the kernel, the weights as it wants them, the table."""

    def __init__(self, architecture: Architecture, packed: PackedWeights, flat: Float32Array, precision: str) -> None:
        check_precision(precision)
        self.kernel, self.precision = _kernel(architecture.cell, precision), precision
        self.entry_points = EntryPoints()
        pack: Callable[[AnyArray], AnyArray] = _in_bf16 if precision == "bf16" else np.asarray
        self.record = NetworkWeights(
            packed.layers._replace(U=pack(packed.U)), pack(packed.W[packed.w_at[1] :]), packed.bias,
            pack(packed.output), packed.output_bias, architecture.skip_sum,
        )  # fmt: skip
        self.table = _full_table(packed.geometry, packed, flat)


class _MemberBuffers:
    """What a thread at work on a text has for itself."""

    def __init__(self, g: Geometry, rows: int, Z: Float32Array, states: States, table: Float32Array) -> None:
        self.ids = np.zeros(rows, np.int32)
        self.work = Work(1, rows, g.Hp, Z, Z, Inputs(self.ids, np.zeros(rows, np.int32), table), states)
        self.scratch = zeros_aligned(g.V), zeros_aligned(g.V), np.zeros(g.V, np.int32)


class KernelSampler:
    """Generates tokens for B texts side by side, each independent of the others and of the number of threads.

    With a team_size above 1 as many threads share the panels of every layer (see `cells/token_loop.py`).
    """

    def __init__(
        self, packed: PackedWeights, weights: SamplerWeights, rows: int, threads: ThreadPool, team_size: int = 1
    ) -> None:
        g = self.geometry = packed.geometry
        self.weights, self.rows, self.threads = weights, rows, threads
        h, c = zeros_aligned(g.L, 2, rows, g.Hp), zeros_aligned(g.L, 2, rows, g.Hp)
        Z, self.logits = zeros_aligned(g.L, g.P, rows, NR), zeros_aligned(g.Pv, rows, NR)
        rounded = rounded_zeros(len(h)) if weights.precision == "bf16" else h
        self.work_states = states = States(h, c, rounded, h, c, rounded, False)
        before = [array.reshape(g.L, 2, rows, g.Hp)[:, 0, :, : g.H] for array in (c, h)]
        self.states = before[-len(packed.cell.states) :]
        self.members = [_MemberBuffers(g, rows, Z, states, weights.table) for _ in range(team_size)]

    def next_tokens(
        self, ids: Int32Array, state: Float32Array, uniforms: Float64Array, temperature: float = 1.0,
        top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0, banned: UInt8Array | None = None,
    ) -> tuple[Int32Array, Float32Array]:  # fmt: skip
        """The next n tokens (n, B) int32 of each row, and the states (S, L, B, H) before the last of them is read.

        ids (B,): the last tokens, -1 for nothing yet; state (S, L, B, H) before they are read; uniforms (n, B) in
        [0, 1); banned (V,): 1 is never drawn. To go on, pass the last row of the result and the returned state.
        """
        g, B = self.geometry, self.rows
        check_ids(np.asarray(ids), g.V)
        for buffer, given in zip(self.states, state, strict=True):
            buffer[:] = given
        if self.weights.precision == "bf16":
            h, rounded = self.work_states.h_before, self.work_states.rounded_before
            copy_rounded(h, 0, rounded, 0, len(h))
        never = np.zeros(g.V, np.uint8) if banned is None else np.ascontiguousarray(banned, np.uint8)
        flat_uniforms = np.ascontiguousarray(uniforms, np.float64).reshape(-1)
        filters = Filters(float(temperature), int(top_k), float(top_p), float(min_p), never, flat_uniforms)
        sizes = SamplerSizes(g.V, g.Pv, g.L, g.P, len(uniforms))
        team = Team(len(self.members), np.zeros(1, np.int64))

        def run(k: int) -> Int32Array:
            own, written = self.members[k], np.zeros(sizes.n * B, np.int32)
            own.ids[:] = ids
            scratch = Scratch(*own.scratch, written)
            self.weights.entry_points.call(
                self.weights.kernel, sizes, self.weights.record, own.work, self.logits, filters, scratch, k, team
            )
            return written

        written = self.threads.run_together(team.size, run, team.counter)[0]
        return written.reshape(sizes.n, B), np.stack(self.states)


class JoinedSampler:
    """Several samplers at work at once, each on a thread of its own, as one for all their rows."""

    def __init__(self, samplers: Sequence[KernelSampler], threads: ThreadPool) -> None:
        self.samplers, self.threads = samplers, threads
        self.rows = sum(sampler.rows for sampler in samplers)

    def next_tokens(
        self, ids: Int32Array, state: Float32Array, uniforms: Float64Array, temperature: float = 1.0,
        top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0, banned: UInt8Array | None = None,
    ) -> tuple[Int32Array, Float32Array]:  # fmt: skip
        """As `KernelSampler.next_tokens`."""
        ends = np.cumsum([sampler.rows for sampler in self.samplers])

        def sample_rows(k: int, _: int) -> tuple[Int32Array, Float32Array]:
            sampler = self.samplers[k]
            rows = slice(ends[k] - sampler.rows, ends[k])
            return sampler.next_tokens(
                ids[rows], state[:, :, rows], uniforms[:, rows], temperature, top_k, top_p, min_p, banned
            )

        tokens, states = zip(*self.threads.split(len(self.samplers), sample_rows, len(self.samplers)), strict=True)
        return np.concatenate(tokens, axis=1), np.concatenate(states, axis=2)
