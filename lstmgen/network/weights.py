"""From the gradients of the pre-activations to those of the parameters: products over all T B positions.

Shared among threads by output panel, so each number is one thread's sum in a fixed order, whoever makes it.
"""

from __future__ import annotations

from collections.abc import Callable

from lstmgen.cells.lstm import peephole_gradient
from lstmgen.kernels.elementwise import sum_rows
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.lookup import scatter_onehot, scatter_rows
from lstmgen.kernels.pack import unpack
from lstmgen.kernels.product import table_product_back, weight_product
from lstmgen.kernels.threads import Threads
from lstmgen.network.packed import Packed, take_bias_panel
from lstmgen.network.parameters import Floats, new
from lstmgen.network.window import SMALL_TABLE, Stop, Window, ask


def weight_gradients(window: Window, packed: Packed, flat: Floats, threads: Threads, parts: int, stop: Stop) -> None:
    """Fill the flat gradient (n,) from a window after its backward pass."""
    g = window.geometry
    window.dtable = new(window.count + 1, g.P, NR)
    layers = [(k, p) for k in range(g.L) for p in range(g.P)]
    tasks: list[tuple[Callable[..., None], int, int]] = [(_recurrent, k, p) for k, p in layers]
    tasks += [(_between, k, p) for k, p in layers if k]
    tasks += [(_output, 0, p) for p in range(g.Pv)]
    tasks += [(_first, 0, p) for p in range(g.P)]

    def begin() -> Callable[[int], None]:
        scratch = new(max([g.Hp, *packed.inputs]), NR)

        def run(n: int) -> None:
            ask(stop)
            task, k, p = tasks[n]
            task(window, packed, flat, scratch, k, p)

        return run

    if not g.E:
        flat[: packed.starts["layers.0.U"]] = 0
    threads.share(len(tasks), begin, parts)
    if g.E:
        _embedding(window, packed, flat, threads)


def _between(window: Window, packed: Packed, flat: Floats, scratch: Floats, k: int, p: int) -> None:
    """Panel p of dW of a layer above the first."""
    g, N = window.geometry, window.N
    below = (k - 1) * window.layer_h + window.B * g.Hp
    z0 = k * window.layer_z + p * N * NR
    weight_product(window.Y, below, g.Hp, window.Z, z0, NR, VECTORS, scratch, 0, N)
    unpack(scratch, 0, flat, packed.starts[f"layers.{k}.W"], g.G, g.H, g.H, p)


def _output(window: Window, packed: Packed, flat: Floats, scratch: Floats, k: int, p: int) -> None:
    """Panel p of the output layer; where it is the embedding too, its part of that."""
    g, N = window.geometry, window.N
    (read, at), row = window.read_out(), new(NR)
    vectors = g.edge if p == g.Pv - 1 else VECTORS
    weight_product(read, at, g.Hp, window.logits, p * N * NR, NR, vectors, scratch, 0, N)
    unpack(scratch, 0, flat, packed.output_at, 1, g.V, g.H, p)
    sum_rows(window.logits, p * N * NR, N, row, 0)
    take_bias_panel(row, flat[packed.starts["output.b"] :][: g.V].reshape(1, g.V), p)


def _bias(flat: Floats, packed: Packed, k: int) -> Floats:
    """The place of layer k's bias (G, H)."""
    g = packed.geometry
    return flat[packed.starts[f"layers.{k}.b"] :][: g.G * g.H].reshape(g.G, g.H)


def _recurrent(window: Window, packed: Packed, flat: Floats, scratch: Floats, k: int, p: int) -> None:
    """Panel p of layer k: dU, db (but for layer 0, whose rows the table sums) and dp."""
    g, N = window.geometry, window.N
    z0, b0 = k * window.layer_z, k * window.layer_h
    weight_product(window.Hb, b0, g.Hp, window.Z, z0 + p * N * NR, NR, VECTORS, scratch, 0, N)
    unpack(scratch, 0, flat, packed.starts[f"layers.{k}.U"], g.G, g.H, g.H, p)
    if k:
        row = new(NR)
        sum_rows(window.Z, z0 + p * N * NR, N, row, 0)
        take_bias_panel(row, _bias(flat, packed, k), p)
    if window.cell.peephole:
        dp = new(3, g.Hp)
        after = b0 + window.B * g.Hp
        peephole_gradient(window.Z, z0, window.Cb, b0, window.Co, after, dp, 0, N, g.Hp, p)
        units = slice(p * NR // g.G, min((p + 1) * NR // g.G, g.H))
        start = packed.starts[f"layers.{k}.p"]
        flat[start : start + 3 * g.H].reshape(3, g.H)[:, units] = dp.reshape(3, g.Hp)[:, units]


def _first(window: Window, packed: Packed, flat: Floats, scratch: Floats, k: int, p: int) -> None:
    """Panel p of layer 0's input side: the table's gradient, then dW and db."""
    g, n, dtable = window.geometry, window.count, window.dtable
    row = new(NR)
    scatter_rows(window.Z, 0, window.rows, dtable, n, g.P, window.N, p, row, 0)
    take_bias_panel(row, _bias(flat, packed, 0), p)
    start = packed.starts["layers.0.W"]
    if g.E:
        weight_product(window.embedded, 0, g.Ep, dtable, p * NR, g.P * NR, VECTORS, scratch, 0, n)
        unpack(scratch, 0, flat, start, g.G, g.H, g.E, p)
    else:
        scatter_onehot(dtable, window.tokens, n, flat, start, g.G, g.H, g.V, g.P, p)


def _embedding(window: Window, packed: Packed, flat: Floats, threads: Threads) -> None:
    """Rows of the embedding's gradient: the table's gradient through W; where it is tied, on top of the output's."""
    g, n, dtable = window.geometry, window.count, window.dtable
    rows = new(max(n, 1), g.Ep)
    threads.split(
        n, lambda r0, r1: table_product_back(dtable, g.P, packed.WT, rows, g.Ep, r0, r1),
        threads.count if 2.0 * n * g.Ep * g.P * NR > SMALL_TABLE else 1,
    )  # fmt: skip
    gradient = flat[: g.V * g.E].reshape(g.V, g.E)
    if "output.W" in packed.starts:
        gradient[:] = 0
    gradient[window.tokens[:n]] += window.masked(rows.reshape(-1, g.Ep)[:n, : g.E])
