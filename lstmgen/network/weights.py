"""From the gradients of the pre-activations to those of the parameters: products over all T B positions.

Shared among threads by output panel, so each number is one thread's sum in a fixed order, whoever makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lstmgen.arrays import AnyArray, Float32Array
from lstmgen.kernels.elementwise import sum_rows
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.lookup import put_panel, scatter_onehot, scatter_rows
from lstmgen.kernels.pack import pair_rows, unpack_gradient
from lstmgen.kernels.product import SUMMED, table_product_back, weight_product
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.packed import OUTPUT_COLUMNS, PackedWeights
from lstmgen.network.parameters import zeros_aligned
from lstmgen.network.window import SMALL_TABLE, ShouldStop, Window, raise_if_stopped


class _Inputs:
    """What the layers read, as sums over all positions read it: flat arrays and where each begins.

    In bfloat16 two positions stand side by side, as `pair_rows` lays them out.

    before[k] (N, Hp): outputs of layer k before each step
    below[k] (N, Hp): what layer k > 0 reads of the one below it
    read_out (N, Hp): what the output layer reads
    embedded (n, Ep): the embedding of the distinct tokens
    """

    def __init__(self, window: Window, threads: ThreadPool, parts: int) -> None:
        g, layer, step = window.geometry, window.layer_h, window.B * window.geometry.Hp

        to_pair: list[tuple[AnyArray, int, int, AnyArray, int]] = []

        def of(name: str, array: AnyArray, at: int, width: int, rows: int) -> tuple[AnyArray, int]:
            if not window.bf16:
                return array, at
            pairs = window.room(name, rows + rows % 2, width, factors=True)
            to_pair.append((array, at, width, pairs, rows))
            return pairs, 0

        def pair(k: int, _: int) -> None:
            for array, at, width, pairs, rows in to_pair:
                n0, n1 = (2 * ((rows + 1) // 2 * cut // parts) for cut in (k, k + 1))
                pair_rows(array, at, width, width, pairs, 0, rows, n0, n1)

        N, layers = window.N, range(g.L)
        self.before = [of(f"before {k}", window.states.rounded_before, k * layer, g.Hp, N) for k in layers]
        self.below = [(window.Y, 0)]
        self.below += [of(f"below {k}", window.Y, (k - 1) * layer + step, g.Hp, N) for k in layers[1:]]
        self.read_out = of("read out", *window.read_out(), g.Hp, N)
        self.embedded = of("embedded", window.embedded, 0, g.Ep, window.count) if g.E else (window.embedded, 0)
        if to_pair:
            threads.split(parts, pair, parts)


@dataclass(frozen=True)
class _Scratch:
    """A thread's own room.

    sums (D, NR): of a product over positions; pairs (SUMMED, NR): gradients in bfloat16; rows (n + 1, NR): a panel of
    the table's gradient.
    """

    sums: Float32Array
    pairs: AnyArray
    rows: Float32Array

    def sum_over(
        self, inputs: tuple[AnyArray, int], width: int, gradients: AnyArray, at: int, row: int, vectors: int, N: int
    ) -> None:
        """sums = inputs (N, width) transposed times N rows of gradients from `at` on, `row` apart."""
        weight_product(*inputs, width, gradients, at, row, vectors, self.sums, 0, N, self.pairs)


@dataclass(frozen=True)
class _Job:
    """What the tasks of one call share.

    table (n, P NR), bias (L, P NR), output_bias (Pv NR), extra (L, X, Hp): gradients as the kernels lay them out, the
    table's as products read it. inputs: what each product over positions multiplies the gradients with.
    """

    window: Window
    packed: PackedWeights
    flat: Float32Array
    inputs: _Inputs
    table: AnyArray
    bias: Float32Array
    output_bias: Float32Array
    extra: Float32Array


def weight_gradients(
    window: Window, packed: PackedWeights, flat: Float32Array, threads: ThreadPool, parts: int, stop: ShouldStop
) -> None:
    """Fill the flat gradient (n,) from a window after its backward pass."""
    g = window.geometry
    job = _Job(
        window,
        packed,
        flat,
        _Inputs(window, threads, parts),
        window.room("table", max(window.count, 1) if g.E else 0, g.P, NR, factors=True),
        window.room("bias", g.L, g.P, NR),
        window.room("output bias", g.Pv, NR),
        window.room("extra", g.L, packed.cell.extra_rows, g.Hp),
    )
    layers = [(k, p) for k in range(g.L) for p in range(g.P)]
    tasks: list[tuple[Callable[..., None], int, int]] = [(_panel, k, p) for k, p in layers]
    tasks += [(_output, 0, p) for p in range(g.Pv)]

    numbers = iter(range(parts))

    def begin() -> Callable[[int], None]:
        own = next(numbers)
        scratch = _Scratch(
            window.room(f"sums {own}", max([g.Hp, *packed.inputs]), NR),
            window.room(f"pairs {own}", SUMMED if window.bf16 else 0, NR, factors=True),
            window.room(f"rows {own}", window.count + 1, NR),
        )

        def run(n: int) -> None:
            raise_if_stopped(stop)
            task, k, p = tasks[n]
            task(job, scratch, k, p)

        return run

    if not g.E:
        flat[: packed.starts["layers.0.U"]] = 0
    threads.run_each(len(tasks), begin, parts)
    for where, places in packed.bias_places:
        flat[where] = job.bias[places]
    for where, places in packed.extra_places:
        flat[where] = job.extra[places]
    start = packed.starts["output.b"]
    flat[start : start + g.V] = job.output_bias[: g.V]
    if g.E:
        _embedding(job, threads)


def _panel(job: _Job, scratch: _Scratch, k: int, p: int) -> None:
    """Panel p of layer k: all that is summed of its gradients, while they are near."""
    _recurrent(job, scratch, k, p)
    (_between if k else _first)(job, scratch, k, p)


def _between(job: _Job, scratch: _Scratch, k: int, p: int) -> None:
    """Panel p of dW of a layer above the first."""
    window, panel = job.window, job.packed.cell.panel
    g, N = window.geometry, window.N
    scratch.sum_over(job.inputs.below[k], g.Hp, window.dZ, k * window.layer_z + p * N * NR, NR, VECTORS, N)
    start = job.packed.starts[f"layers.{k}.W"]
    unpack_gradient(scratch.sums, 0, job.flat, start, panel.w_columns, panel.units, g.H, g.H, p)


def _output(job: _Job, scratch: _Scratch, k: int, p: int) -> None:
    """Panel p of the output layer; where it is the embedding too, its part of that."""
    window = job.window
    g, N = window.geometry, window.N
    vectors = g.edge if p == g.Pv - 1 else VECTORS
    scratch.sum_over(job.inputs.read_out, g.Hp, window.dlogits, p * N * NR, NR, vectors, N)
    unpack_gradient(scratch.sums, 0, job.flat, job.packed.output_at, *OUTPUT_COLUMNS, g.V, g.H, p)
    sum_rows(window.dlogits, p * N * NR, N, job.output_bias, p * NR)


def _recurrent(job: _Job, scratch: _Scratch, k: int, p: int) -> None:
    """Panel p of layer k: dU, db (but for layer 0, whose rows the table sums) and the extra vectors' gradient."""
    window, cell = job.window, job.packed.cell
    g, N = window.geometry, window.N
    z0 = k * window.layer_z + p * N * NR
    scratch.sum_over(job.inputs.before[k], g.Hp, window.dZ, z0, NR, VECTORS, N)
    start = job.packed.starts[f"layers.{k}.U"]
    unpack_gradient(scratch.sums, 0, job.flat, start, cell.panel.u_columns, cell.panel.units, g.H, g.H, p)
    if k:
        sum_rows(window.dZ, z0, N, job.bias, (k * g.P + p) * NR)
    if cell.extra_gradient:
        cell.extra_gradient(k, window.work, p, job.extra[k * cell.extra_rows * g.Hp :])


def _first(job: _Job, scratch: _Scratch, k: int, p: int) -> None:
    """Panel p of layer 0's input side: the table's gradient, then dW and db."""
    window, panel = job.window, job.packed.cell.panel
    g, n = window.geometry, window.count
    scatter_rows(window.dZ, 0, window.rows, scratch.rows, n, window.N, p, job.bias, p * NR)
    start = job.packed.starts["layers.0.W"]
    if g.E:
        put_panel(scratch.rows, n, job.table, g.P, p)
        scratch.sum_over(job.inputs.embedded, g.Ep, scratch.rows, 0, NR, VECTORS, n)
        unpack_gradient(scratch.sums, 0, job.flat, start, panel.w_columns, panel.units, g.H, g.E, p)
    else:
        columns = panel.w_columns, panel.units
        scatter_onehot(scratch.rows, window.tokens, n, job.flat, start, *columns, g.H, g.V, p)


def _embedding(job: _Job, threads: ThreadPool) -> None:
    """Rows of the embedding's gradient: the table's gradient through W; where it is tied, on top of the output's."""
    window, packed = job.window, job.packed
    g, n = window.geometry, window.count
    rows = zeros_aligned(max(n, 1), g.Ep)
    threads.split(
        n, lambda r0, r1: table_product_back(job.table, g.P, packed.WT, rows, g.Ep, r0, r1),
        threads.count if 2.0 * n * g.Ep * g.P * NR > SMALL_TABLE else 1,
    )  # fmt: skip
    gradient = job.flat[: g.V * g.E].reshape(g.V, g.E)
    if "output.W" in packed.starts:
        gradient[:] = 0
    gradient[window.tokens[:n]] += window.masked(rows.reshape(-1, g.Ep)[:n, : g.E])
