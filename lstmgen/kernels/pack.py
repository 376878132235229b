"""From the textbook's matrices to packed panels and back.

A matrix (G, H, D) of G gates, H units and D inputs is packed in P panels of NR columns; a panel holds the G gates of
`per` = NR / G units side by side (the output layer is G = 1 with V units). Padding is zero and never leaves.

    forward  (P, Dp, NR)      out[p, d, g per + j]    = W[g, p per + j, d]
    backward (Q, P NR, NR)    out[q, p NR + g per + j, c] = W[g, p per + j, q NR + c]    the same, transposed
"""

from __future__ import annotations

from typing import Any

from lstmgen.kernels.compile import jit
from lstmgen.kernels.lanes import NR


@jit
def pack_forward(W: Any, w0: int, out: Any, o0: int, G: int, H: int, D: int, Dp: int, p0: int, p1: int) -> None:
    """Panels p0 to p1 of the forward packing."""
    per = NR // G
    for p in range(p0, p1):
        for g in range(G):
            for j in range(per):
                unit, to = p * per + j, o0 + p * Dp * NR + g * per + j
                known = D if unit < H else 0
                source = w0 + (g * H + unit) * D
                for d in range(known):
                    out[to + d * NR] = W[source + d]
                for d in range(known, Dp):
                    out[to + d * NR] = 0


@jit
def pack_backward(W: Any, w0: int, out: Any, o0: int, G: int, H: int, D: int, Dp: int, p0: int, p1: int) -> None:
    """Rows of panels p0 to p1 of the backward packing; Dp columns in use."""
    per = NR // G
    P = (H + per - 1) // per
    for p in range(p0, p1):
        for g in range(G):
            for j in range(per):
                unit = p * per + j
                source = w0 + (g * H + unit) * D
                for q in range((Dp + NR - 1) // NR):
                    to = o0 + ((q * P + p) * NR + g * per + j) * NR
                    known = max(0, min(NR, D - q * NR)) if unit < H else 0
                    for c in range(known):
                        out[to + c] = W[source + q * NR + c]
                    for c in range(known, NR):
                        out[to + c] = 0


@jit
def unpack(packed: Any, o0: int, W: Any, w0: int, G: int, H: int, D: int, Dp: int, p: int) -> None:
    """Panel p of a gradient in forward packing, whose panel begins at packed[o0], into the matrix at W[w0]."""
    per = NR // G
    for g in range(G):
        for j in range(min(per, H - p * per)):
            source, to = o0 + g * per + j, w0 + (g * H + p * per + j) * D
            for d in range(D):
                W[to + d] = packed[source + d * NR]
