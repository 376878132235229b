"""From the textbook's matrices to packed panels and back.

A matrix (G, H, D) of G gates, H units and D inputs is packed in P panels of NR columns; a panel holds `per` units,
gate g of them from column columns[g] on (the output layer is G = 1 with V units, NR in a panel). Padding never leaves;
it is zero from the beginning, and nothing is put there or into columns that belong to no gate.

    forward  (P, Dp, NR)      out[p, d, columns[g] + j]    = W[g, p per + j, d]
    backward (Q, P NR, NR)    out[q, p NR + columns[g] + j, c] = W[g, p per + j, q NR + c]    the same, transposed

Where `out` is bfloat16 (uint16), the last two but one axes hold pairs: row d of a panel stands beside row d + 1, number
by number, so that (Dp, NR) is (Dp / 2, NR, 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from lstmgen.kernels.bfloat_numbers import put_number
from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import LANES, NR
from lstmgen.kernels.vector import WIDTH, broadcast, load_vector, store_pairs, store_vector, transpose


@inner
def pack_forward(
    W: Any, w0: int, out: Any, o0: int, columns: Any, per: int, H: int, D: int, Dp: int, p0: int, p1: int
) -> None:
    """Panels p0 to p1 of the forward packing."""
    beside = 4 // out.itemsize
    for p in range(p0, p1):
        for g in range(len(columns)):
            for j in range(0, per, LANES):
                unit, to = p * per + j, o0 + p * Dp * NR + beside * (columns[g] + j)
                some = min(max(H - unit, 0), LANES)
                _turn(W, w0 + (g * H + unit) * D, D, out, to, some, D)


@inner
def _turn(A: Any, a0: int, a_row: int, B: Any, b0: int, rows: int, columns: int) -> None:
    """B (columns, rows) = A (rows, columns) transposed, rows of A a_row apart; in squares where there are any, of which
    the last may begin inside the one before."""
    done, beside = 0, 4 // B.itemsize
    if rows == LANES and columns >= LANES:
        last = (columns - LANES) // beside * beside
        done = last + LANES
        for begin in range(0, done, LANES):
            d = min(begin, last)
            transpose(A, a0 + d, a_row, B, b0 + d * NR, NR)
    for d in range(done, columns):
        for k in range(rows):
            put_number(B, b0 + d // beside * beside * NR + beside * k + d % beside, A[a0 + k * a_row + d])


@inner
def pack_backward(
    W: Any, w0: int, out: Any, o0: int, columns: Any, per: int, H: int, D: int, Dp: int, p0: int, p1: int
) -> None:
    """Rows of panels p0 to p1 of the backward packing; Dp columns in use."""
    P, beside = (H + per - 1) // per, 4 // out.itemsize
    for p in range(p0, p1):
        for g in range(len(columns)):
            column = columns[g]
            for j in range(0, min(per, H - p * per), beside):
                unit = p * per + j
                source = w0 + (g * H + unit) * D
                for q in range((Dp + NR - 1) // NR):
                    to = o0 + ((q * P + p) * NR + column + j) * NR
                    some = max(0, min(NR, D - q * NR))
                    whole = some // WIDTH * WIDTH if unit + beside <= H else 0
                    for c in range(0, whole, WIDTH):
                        _put_rows(W, source + q * NR + c, D, out, to + beside * c)
                    for c in range(whole, some):
                        for k in range(min(beside, H - unit)):
                            put_number(out, to + beside * c + k, W[source + k * D + q * NR + c])


def _put_rows(W: Any, w: int, D: int, out: Any, at: int) -> None:
    """A vector of a row of W, beside that of the next row where `out` is bfloat16."""
    put = _put_two if out.dtype == np.uint16 else _put_one
    put(W, w, D, out, at)  # type: ignore[no-untyped-call]


def _put_two(W, w, D, out, at):  # type: ignore[no-untyped-def]
    store_pairs(out, at, load_vector(W, w), load_vector(W, w + D))


def _put_one(W, w, D, out, at):  # type: ignore[no-untyped-def]
    store_vector(out, at, load_vector(W, w))


overload(_put_rows)(lambda W, w, D, out, at: _put_two if out.dtype == types.uint16 else _put_one)


@jit
def pair_rows(source: Any, s0: int, s_row: int, width: int, out: Any, o0: int, N: int, n0: int, n1: int) -> None:
    """Rows n0 to n1 (n0 even) of N rows of bfloat16 numbers s_row apart, two rows side by side: out (N / 2, width, 2).

    The row behind an odd last one is zero. What sums over rows reads them so.
    """
    zero = broadcast(np.float32(0))
    for n in range(n0, n1, 2):
        for j in range(0, width, WIDTH):
            at = s0 + n * s_row + j
            low = load_vector(source, at)
            high = load_vector(source, at + s_row) if n + 1 < N else zero
            store_pairs(out, o0 + n * width + 2 * j, low, high)


@inner
def unpack_gradient(packed: Any, o0: int, W: Any, w0: int, columns: Any, per: int, H: int, D: int, p: int) -> None:
    """Panel p of a gradient in forward packing, whose panel begins at packed[o0], into the matrix at W[w0]."""
    for g in range(len(columns)):
        column = o0 + columns[g]
        for j in range(0, per, LANES):
            unit = p * per + j
            some = min(max(H - unit, 0), LANES)
            to = w0 + (g * H + unit) * D
            done = D if some == LANES and D >= LANES else 0
            for begin in range(0, done, LANES):  # the last square may begin inside the one before
                d = min(begin, D - LANES)
                transpose(packed, column + d * NR + j, NR, W, to + d, D)
            for k in range(some):
                for d in range(done, D):
                    W[to + k * D + d] = packed[column + d * NR + j + k]
