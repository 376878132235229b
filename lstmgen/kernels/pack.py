"""From the textbook's matrices to packed panels and back.

A matrix (G, H, D) of G gates, H units and D inputs is packed in P panels of NR columns; a panel holds `per` units,
gate g of them from column columns[g] on (the output layer is G = 1 with V units, NR in a panel). Padding is zero and
never leaves; columns that belong to no gate are left alone.

    forward  (P, Dp, NR)      out[p, d, columns[g] + j]    = W[g, p per + j, d]
    backward (Q, P NR, NR)    out[q, p NR + columns[g] + j, c] = W[g, p per + j, q NR + c]    the same, transposed
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import LANES, NR
from lstmgen.kernels.vector import WIDTH, load_vector, store_vector, transpose


@jit
def pack_forward(
    W: Any, w0: int, out: Any, o0: int, columns: Any, per: int, H: int, D: int, Dp: int, p0: int, p1: int
) -> None:
    """Panels p0 to p1 of the forward packing."""
    for p in range(p0, p1):
        for g in range(len(columns)):
            column = o0 + p * Dp * NR + columns[g]
            for j in range(0, per, LANES):
                unit, to = p * per + j, column + j
                some = min(max(H - unit, 0), LANES)
                _turn(W, w0 + (g * H + unit) * D, D, out, to, NR, some, D)
                for d in range(Dp):
                    for k in range(some if d < D else 0, LANES):
                        out[to + d * NR + k] = 0


@inner
def _turn(A: Any, a0: int, a_row: int, B: Any, b0: int, b_row: int, rows: int, columns: int) -> None:
    """B (columns, rows) = A (rows, columns) transposed, rows of each so far apart; in squares where there are any."""
    squares = columns // LANES if rows == LANES else 0
    for d in range(0, squares * LANES, LANES):
        transpose(A, a0 + d, a_row, B, b0 + d * b_row, b_row)
    for d in range(squares * LANES, columns):
        for k in range(rows):
            B[b0 + d * b_row + k] = A[a0 + k * a_row + d]


@jit
def pack_backward(
    W: Any, w0: int, out: Any, o0: int, columns: Any, per: int, H: int, D: int, Dp: int, p0: int, p1: int
) -> None:
    """Rows of panels p0 to p1 of the backward packing; Dp columns in use."""
    P = (H + per - 1) // per
    for p in range(p0, p1):
        for g in range(len(columns)):
            column = columns[g]
            for j in range(per):
                unit = p * per + j
                source = w0 + (g * H + unit) * D
                for q in range((Dp + NR - 1) // NR):
                    to = o0 + ((q * P + p) * NR + column + j) * NR
                    known = max(0, min(NR, D - q * NR)) if unit < H else 0
                    whole = known // WIDTH * WIDTH
                    for c in range(0, whole, WIDTH):
                        store_vector(out, to + c, load_vector(W, source + q * NR + c))
                    for c in range(whole, NR):
                        out[to + c] = W[source + q * NR + c] if c < known else 0


@jit
def to_bf16(panels: Any, out: Any) -> None:
    """Forward packing (P, Dp, NR) float32 as bfloat16 (P, Dp / 2, NR, 2), rounded to even on ties; both flat."""
    bits = panels.view(np.uint32)
    for pair in range(len(bits) // (2 * NR)):
        for column in range(NR):
            for k in range(2):
                number = bits[(2 * pair + k) * NR + column]
                rounded = number + np.uint32(0x7FFF) + ((number >> np.uint32(16)) & np.uint32(1))
                out[(pair * NR + column) * 2 + k] = rounded >> np.uint32(16)


@jit
def unpack_gradient(packed: Any, o0: int, W: Any, w0: int, columns: Any, per: int, H: int, D: int, p: int) -> None:
    """Panel p of a gradient in forward packing, whose panel begins at packed[o0], into the matrix at W[w0]."""
    for g in range(len(columns)):
        column = o0 + columns[g]
        for j in range(0, per, LANES):
            unit = p * per + j
            some = min(max(H - unit, 0), LANES)
            to = w0 + (g * H + unit) * D
            rows = D // LANES * LANES if some == LANES else 0
            for d in range(0, rows, LANES):
                transpose(packed, column + d * NR + j, NR, W, to + d, D)
            for k in range(some):
                for d in range(rows, D):
                    W[to + k * D + d] = packed[column + d * NR + j + k]
