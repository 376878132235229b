"""The first layer's input side as a table: one row of P NR pre-activations a token, the bias alone for "nothing yet".

`rows` (N,) says which table row each position takes; the last table row is the bias.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.elementwise import set_zero
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.vector import WIDTH, broadcast, load_vector, store_vector


@jit
def read_ids(x: Any, y: Any, V: int, B: int, mark: Any, tokens: Any, rows: Any) -> tuple[int, int, bool]:
    """The distinct ids of x (N,) into tokens (V,), each position's place there into rows (N,); mark (V,) stays -1.

    How many there are, how many of y (N,) are targets, and whether a row starts anew (x is -1) after the first B
    positions. -1 in place of the first and nothing done if any id is neither a token nor -1.
    """
    for n in range(len(x)):
        if not (-1 <= x[n] < V and -1 <= y[n] < V):
            return -1, 0, False
    count, targets, anew = 0, 0, False
    for n in range(len(x)):
        token = x[n]
        if y[n] >= 0:
            targets += 1
        if token < 0:
            anew = anew or n >= B
        elif mark[token] < 0:
            mark[token] = count
            tokens[count] = token
            count += 1
    for n in range(len(x)):
        rows[n] = mark[x[n]] if x[n] >= 0 else count
    for k in range(count):
        mark[tokens[k]] = -1
    return count, targets, anew


@jit
def fill_table_onehot(W: Any, w0: int, H: int, V: int, columns: Any, per: int, tokens: Any, bias: Any, table: Any,
                      P: int, k0: int, k1: int) -> None:  # fmt: skip
    """Table rows k0 to k1: column tokens[k] of W (G, H, V), laid out as in `pack.py`, plus the bias."""
    for k in range(k0, k1):
        for p in range(P):
            for g in range(len(columns)):
                column = p * NR + columns[g]
                for j in range(min(per, H - p * per)):
                    at = column + j
                    table[k * P * NR + at] = bias[at] + W[w0 + (g * H + p * per + j) * V + tokens[k]]


@inner
def gather_rows(table: Any, rows: Any, n0: int, p: int, P: int, Z: Any, z: int, r0: int, r1: int) -> None:
    """Z (r1 - r0, NR) = panel p of the table's rows for positions n0 + r0 to n0 + r1."""
    for r in range(r0, r1):
        source, to = (rows[n0 + r] * P + p) * NR, z + (r - r0) * NR
        for j in range(0, NR, WIDTH):
            store_vector(Z, to + j, load_vector(table, source + j))


@inner
def scatter_rows(Z: Any, z0: int, rows: Any, drows: Any, count: int, N: int, p: int, db: Any, d0: int) -> None:
    """drows (count + 1, NR): panel p of the table's gradient, rows of Z added in the order of the positions.

    db: their sum, row by row. In the whole table a panel's rows would lie so far apart that they push each other out of
    the cache.
    """
    set_zero(drows, 0, (count + 1) * NR)
    for n in range(N):
        at = rows[n] * NR
        for j in range(0, NR, WIDTH):
            store_vector(drows, at + j, load_vector(drows, at + j) + load_vector(Z, z0 + (p * N + n) * NR + j))
    for j in range(0, NR, WIDTH):
        sums = broadcast(np.float32(0))
        for k in range(count + 1):
            sums = sums + load_vector(drows, k * NR + j)
        store_vector(db, d0 + j, sums)


@inner
def put_panel(drows: Any, count: int, table: Any, P: int, p: int) -> None:
    """Panel p of the table (count, P NR) = drows, rounded if the table is bfloat16."""
    for k in range(count):
        for j in range(0, NR, WIDTH):
            store_vector(table, (k * P + p) * NR + j, load_vector(drows, k * NR + j))


@inner
def scatter_onehot(
    drows: Any, tokens: Any, count: int, dW: Any, w0: int, columns: Any, per: int, H: int, V: int, p: int
) -> None:
    """Panel p: dW (G, H, V) at the tokens' columns = the table's gradient; the other columns are zero already."""
    for g in range(len(columns)):
        for j in range(min(per, H - p * per)):
            row, at = w0 + (g * H + p * per + j) * V, columns[g] + j
            for k in range(count):
                dW[row + tokens[k]] = drows[k * NR + at]
