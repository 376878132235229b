"""All weights of a network in the kernels' packing, in one call a thread."""

from __future__ import annotations

from typing import Any

from lstmgen.cells.window_forward import part
from lstmgen.cells.window_records import Layout, WindowSizes, WindowWeights
from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.pack import pack_backward, pack_forward

_PADDED_LOGIT = -1e30  # what a column beyond the vocabulary weighs: nothing


@inner
def _pack_layer(k: int, sizes: WindowSizes, weights: WindowWeights, backward: bool, p0: int, p1: int) -> None:
    """Panels p0 to p1 of layer k."""
    H, Hp, P, layout, flat, layers = sizes.H, sizes.Hp, sizes.P, weights.layout, weights.flat, weights.layers
    D, Dp = (H, Hp) if k else (sizes.E, sizes.Ep)
    u, w = layout.U[k], layout.W[k]
    pack_forward(flat, u, layers.U, k * P * Hp * NR, layout.u_columns, layout.units, H, H, Hp, p0, p1)
    if D:
        pack_forward(flat, w, weights.W, weights.w_at[k], layout.w_columns, layout.units, H, D, Dp, p0, p1)
    if backward:
        ut = k * sizes.Q * P * NR * NR
        pack_backward(flat, u, layers.UT, ut, layout.u_columns, layout.units, H, H, Hp, p0, p1)
        if D:
            pack_backward(flat, w, weights.WT, weights.wt_at[k], layout.w_columns, layout.units, H, D, Dp, p0, p1)


@inner
def _pack_vectors(sizes: WindowSizes, layout: Layout, flat: Any, vectors: Any, output_bias: Any) -> None:
    """The biases and extra vectors."""
    for k in range(len(layout.vectors)):
        vectors[layout.vector_places[k]] = flat[layout.vectors[k]]
    for v in range(sizes.Pv * NR):
        output_bias[v] = flat[layout.output_bias + v] if v < sizes.V else _PADDED_LOGIT


@jit
def pack_weights(
    sizes: WindowSizes, weights: WindowWeights, vectors: Any, backward: bool, member: int, members: int
) -> None:
    """A thread's share of all panels, the transposes too if `backward`; vectors: of `Layout`."""
    layout = weights.layout
    p0, p1 = part(sizes.P, member, members)
    for k in range(sizes.L):
        _pack_layer(k, sizes, weights, backward, p0, p1)
    v0, v1 = part(sizes.Pv, member, members)
    output, columns = layout.output, layout.output_columns
    pack_forward(weights.flat, output, weights.output, 0, columns, NR, sizes.V, sizes.H, sizes.Hp, v0, v1)
    if backward:
        pack_backward(weights.flat, output, weights.outputT, 0, columns, NR, sizes.V, sizes.H, sizes.Hp, v0, v1)
    if member == 0:
        _pack_vectors(sizes, layout, weights.flat, vectors, weights.output_bias)
