"""From the gradients of the pre-activations to those of the parameters: products over all T B positions.

Shared among threads by output panel, so each number is one thread's sum in a fixed order, whoever makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lstmgen.arrays import Float32Array
from lstmgen.kernels.elementwise import sum_rows
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.lookup import scatter_onehot, scatter_rows
from lstmgen.kernels.pack import unpack_gradient
from lstmgen.kernels.product import table_product_back, weight_product
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.packed import OUTPUT_COLUMNS, PackedWeights
from lstmgen.network.parameters import zeros_aligned
from lstmgen.network.window import SMALL_TABLE, ShouldStop, Window, raise_if_stopped


@dataclass(frozen=True)
class _Job:
    """What the tasks of one call share.

    table (n + 1, P NR), bias (L, P NR), output_bias (Pv NR), extra (L, X, Hp): gradients as the kernels lay them out.
    """

    window: Window
    packed: PackedWeights
    flat: Float32Array
    table: Float32Array
    bias: Float32Array
    output_bias: Float32Array
    extra: Float32Array


def weight_gradients(
    window: Window, packed: PackedWeights, flat: Float32Array, threads: ThreadPool, parts: int, stop: ShouldStop
) -> None:
    """Fill the flat gradient (n,) from a window after its backward pass."""
    g = window.geometry
    table, bias = zeros_aligned(window.count + 1, g.P, NR), zeros_aligned(g.L, g.P, NR)
    job = _Job(
        window, packed, flat, table, bias, zeros_aligned(g.Pv, NR), zeros_aligned(g.L, packed.cell.extra_rows, g.Hp)
    )
    layers = [(k, p) for k in range(g.L) for p in range(g.P)]
    tasks: list[tuple[Callable[..., None], int, int]] = [(_recurrent, k, p) for k, p in layers]
    tasks += [(_between, k, p) for k, p in layers if k]
    tasks += [(_output, 0, p) for p in range(g.Pv)]
    tasks += [(_first, 0, p) for p in range(g.P)]

    def begin() -> Callable[[int], None]:
        scratch = zeros_aligned(max([g.Hp, *packed.inputs]), NR)

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


def _between(job: _Job, scratch: Float32Array, k: int, p: int) -> None:
    """Panel p of dW of a layer above the first."""
    window, panel = job.window, job.packed.cell.panel
    g, N = window.geometry, window.N
    below = (k - 1) * window.layer_h + window.B * g.Hp
    z0 = k * window.layer_z + p * N * NR
    weight_product(window.Y, below, g.Hp, window.Z, z0, NR, VECTORS, scratch, 0, N)
    start = job.packed.starts[f"layers.{k}.W"]
    unpack_gradient(scratch, 0, job.flat, start, panel.w_columns, panel.units, g.H, g.H, p)


def _output(job: _Job, scratch: Float32Array, k: int, p: int) -> None:
    """Panel p of the output layer; where it is the embedding too, its part of that."""
    window = job.window
    g, N, (read, at) = window.geometry, window.N, window.read_out()
    vectors = g.edge if p == g.Pv - 1 else VECTORS
    weight_product(read, at, g.Hp, window.logits, p * N * NR, NR, vectors, scratch, 0, N)
    unpack_gradient(scratch, 0, job.flat, job.packed.output_at, *OUTPUT_COLUMNS, g.V, g.H, p)
    sum_rows(window.logits, p * N * NR, N, job.output_bias, p * NR)


def _recurrent(job: _Job, scratch: Float32Array, k: int, p: int) -> None:
    """Panel p of layer k: dU, db (but for layer 0, whose rows the table sums) and the extra vectors' gradient."""
    window, cell = job.window, job.packed.cell
    g, N = window.geometry, window.N
    z0 = k * window.layer_z + p * N * NR
    weight_product(window.states.h_before, k * window.layer_h, g.Hp, window.Z, z0, NR, VECTORS, scratch, 0, N)
    start = job.packed.starts[f"layers.{k}.U"]
    unpack_gradient(scratch, 0, job.flat, start, cell.panel.u_columns, cell.panel.units, g.H, g.H, p)
    if k:
        sum_rows(window.Z, z0, N, job.bias, (k * g.P + p) * NR)
    if cell.extra_gradient:
        cell.extra_gradient(k, window.work, p, job.extra[k * cell.extra_rows * g.Hp :])


def _first(job: _Job, scratch: Float32Array, k: int, p: int) -> None:
    """Panel p of layer 0's input side: the table's gradient, then dW and db."""
    window, panel = job.window, job.packed.cell.panel
    g, n = window.geometry, window.count
    scatter_rows(window.Z, 0, window.rows, job.table, n, g.P, window.N, p, job.bias, p * NR)
    start = job.packed.starts["layers.0.W"]
    if g.E:
        weight_product(window.embedded, 0, g.Ep, job.table, p * NR, g.P * NR, VECTORS, scratch, 0, n)
        unpack_gradient(scratch, 0, job.flat, start, panel.w_columns, panel.units, g.H, g.E, p)
    else:
        columns = panel.w_columns, panel.units
        scatter_onehot(job.table, window.tokens, n, job.flat, start, *columns, g.H, g.V, g.P, p)


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
