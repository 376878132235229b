"""The gated recurrent unit (Cho et al. 2014), with the reset after the product, as cuDNN and PyTorch have it.

    1  r = sigmoid(W_r x + U_r h' + b_r)      z likewise
    2  m = U_n h' + b_hn
    3  n = tanh(W_n x + b_n + r o m)
    4  h = z o h' + (1 - z) o n

A panel holds r, z, W_n x + b_n and m of LANES units: n is made of two products that meet only after the reset, so three
gates fill four slots. Forward leaves n in the place of the third and m in that of the fourth. There is no c;
`records.py` has the rest of the layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cells.arithmetic import ClampFunction, logistic, recurrent, recurrent_back, unclamped
from lstmgen.cells.panel import Panel
from lstmgen.cells.records import (
    Filters,
    Gradients,
    NetworkWeights,
    SamplerSizes,
    Scratch,
    Span,
    Team,
    Weights,
    Work,
)  # fmt: skip
from lstmgen.cells.steps import carry, coming, fetch, forget_started, restore_started
from lstmgen.cells.token_loop import token_loop_of
from lstmgen.cells.weight_sums import no_extra_gradient
from lstmgen.cells.window_forward import forward_stage_of
from lstmgen.cells.window_loop import forward_loop_of, training_loop_of
from lstmgen.cells.window_records import (
    Backward,
    Beginning,
    OrderPart,
    Outputs,
    SumScratch,
    WeightGradients,
    WindowSizes,
    WindowWeights,
)  # fmt: skip
from lstmgen.kernels.barrier import meet
from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import LANES, NR, VECTORS
from lstmgen.kernels.lookup import gather_rows
from lstmgen.kernels.product import edge_product, product
from lstmgen.kernels.vector import (
    WIDTH,
    broadcast,
    fma,
    load_vector,
    prefetch,
    sigmoid_for,
    store_rounded,
    store_vector,
    tanh_for,
)

PANEL = Panel(slots=4, W=(0, 1, 2), U=(0, 1, 3), biases={"b": (0, 1, 2), "b_hn": (3,)})
_R, _Z, _N, _M = 0, LANES, 2 * LANES, 3 * LANES  # where each of them stands in a panel


@inner
def forward(layer: int, weights: Weights, work: Work, span: Span, team: Team) -> None:
    """The time steps of a layer, as in `lstm.py`."""
    T, B, Hp, Z, _, inputs, states = work
    t0, t1, r0, r1, q0, q1 = span
    P = Hp // LANES
    u0, z0, s0 = layer * P * Hp * NR, layer * P * T * B * NR, layer * (T + 1) * B * Hp
    for t in range(t0, t1):
        before, after = s0 + t * B * Hp, s0 + (t + 1) * B * Hp
        forget_started(inputs.ids, t * B, states, before, Hp, r0, r1)
        for panel in range(q0, q1):
            z = z0 + ((panel * T + t) * B + r0) * NR
            if layer == 0:
                gather_rows(inputs.table, inputs.rows, t * B, panel, P, Z, z, r0, r1)
            product(states.rounded_before, before + r0 * Hp, Hp, 1, 0, weights.U, u0 + panel * Hp * NR, NR, 0, Z, z, NR,
                    Hp, 1, r1 - r0)  # fmt: skip
            z_next, s_next = coming(work, span, z0, s0, LANES, t, panel)
            for r in range(r0, r1):
                fetch(work, z_next + (r - r0) * NR, s_next + (r - r0) * Hp)
                for j in range(0, LANES, WIDTH):
                    at = r * Hp + panel * LANES + j
                    _cell(work, z + (r - r0) * NR + j, before + at, after + at)
        if states.apart and t + 1 < T:
            carry(states, after, after, Hp, r0, r1, q0 * LANES, q1 * LANES)
        meet(team.counter, team.size)


@inner
def _cell(work: Work, at: int, before: int, after: int) -> None:
    """WIDTH units of one row: the equations above."""
    Z, factors = work.Z, work.states.rounded_after
    h_before, m = load_vector(work.states.h_before, before), load_vector(Z, at + _M)  # 2
    r, z = sigmoid_for(factors, load_vector(Z, at + _R)), sigmoid_for(factors, load_vector(Z, at + _Z))  # 1
    n = tanh_for(factors, fma(r, m, load_vector(Z, at + _N)))  # 3
    store_vector(Z, at + _R, r)
    store_vector(Z, at + _Z, z)
    store_vector(Z, at + _N, n)
    h = fma(z, h_before - n, n)  # 4
    store_vector(work.states.h_after, after, h)
    store_rounded(factors, after, h)


@inner
def backward(layer: int, weights: Weights, work: Work, gradients: Gradients, span: Span, team: Team) -> None:
    """The time steps of a layer from the last to the first, as in `lstm.py`."""
    T, B, Hp, _, dZ, inputs, _ = work
    t0, t1, r0, r1, q0, q1 = span
    P, k0, k1 = Hp // LANES, q0 * NR, min(q1 * NR, Hp)
    u0, z0 = layer * ((Hp + NR - 1) // NR) * P * NR * NR, layer * P * T * B * NR
    s0, c0 = layer * (T + 1) * B * Hp, layer * B * Hp
    for t in range(t1 - 1, t0 - 1, -1):
        before, after = s0 + t * B * Hp, s0 + (t + 1) * B * Hp
        for panel in range(k0 // LANES, k1 // LANES):
            for r in range(r0, r1):
                first, z_row = r * Hp + panel * LANES, z0 + ((panel * T + t) * B + r) * NR
                fetch(work, z_row - B * NR, before - B * Hp + first)
                prefetch(gradients.dh, before + first)
                for j in range(0, LANES, WIDTH):
                    at, anew = first + j, inputs.ids[t * B + r] < 0
                    _cell_back(work, gradients, z_row + j, before + at, after + at, anew)
        kept = restore_started(inputs.ids, t * B, gradients, before, c0, Hp, r0, r1, k0, k1, False)
        meet(team.counter, team.size)
        for q in range(k0, k1, NR):
            edge_product(dZ, z0 + (t * B + r0) * NR, NR, 1, T * B * NR, weights.UT, u0 + q * P * NR, NR, NR * NR,
                         gradients.dh, before + r0 * Hp + q, Hp, NR, P, r1 - r0,
                         min(VECTORS, (Hp - q) // LANES))  # fmt: skip
        if kept:
            restore_started(inputs.ids, t * B, gradients, before, c0, Hp, r0, r1, k0, k1, True)


@inner
def _cell_back(work: Work, gradients: Gradients, at: int, before: int, after: int, anew: bool) -> None:
    """WIDTH units of one row: the equations' numbers, from the last to the first. anew: what was before is nothing."""
    Z, one = work.Z, broadcast(np.float32(1))
    r, z, n, m = load_vector(Z, at + _R), load_vector(Z, at + _Z), load_vector(Z, at + _N), load_vector(Z, at + _M)
    h_before, dh = load_vector(work.states.h_before, before), load_vector(gradients.dh, after)
    dz = dh * (h_before - n) * z * (one - z)  # 4, 1
    dn = dh * (one - z) * (one - n * n)  # 4, 3
    if not anew:
        store_vector(gradients.dh, before, fma(dh, z, load_vector(gradients.dh, before)))  # 4
    store_vector(work.dZ, at + _R, dn * m * r * (one - r))  # 3, 1
    store_vector(work.dZ, at + _Z, dz)
    store_vector(work.dZ, at + _N, dn)
    store_vector(work.dZ, at + _M, dn * r)  # 3


_forward_stage = forward_stage_of(forward, __name__)
_forward_loop = forward_loop_of(_forward_stage, __name__)
_training_loop = training_loop_of(_forward_stage, backward, no_extra_gradient, __name__)
_token_loop = token_loop_of(forward, __name__)


@jit
def forward_window(
    order: OrderPart, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning,
    outputs: Outputs, member: int, team: Team,
) -> None:  # fmt: skip
    """A window up to the loss: see `window_loop.py`."""
    _forward_loop(order, sizes, weights, work, begin, outputs, member, team)


@jit
def training_window(
    order: OrderPart, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning,
    outputs: Outputs, back: Backward, sums: WeightGradients, scratch: SumScratch, member: int, team: Team,
) -> None:  # fmt: skip
    """A window's gradient: see `window_loop.py`."""
    _training_loop(order, sizes, weights, work, begin, outputs, back, sums, scratch, member, team)


@jit
def sample_tokens(sizes: SamplerSizes, weights: NetworkWeights, work: Work, logits: Any, filters: Filters,
                  scratch: Scratch, member: int, team: Team) -> None:  # fmt: skip
    """New tokens: see `token_loop.py`."""
    _token_loop(sizes, weights, work, logits, filters, scratch, member, team)


@jit
def sample_tokens_bf16(sizes: SamplerSizes, weights: NetworkWeights, work: Work, logits: Any, filters: Filters,
                       scratch: Scratch, member: int, team: Team) -> None:  # fmt: skip
    """The same for weights in bfloat16, as in `lstm.py`."""
    _token_loop(sizes, weights, work, logits, filters, scratch, member, team)


def step(
    weights: Mapping[str, Float32Array], inputs: Float32Array, before: Float32Array, identity: bool,
    clamp: ClampFunction = unclamped,
) -> dict[str, Float32Array]:  # fmt: skip
    """One step in plain numpy, as in `lstm.py`: inputs (B, 3, H), before (1, B, H); m is "U h'"."""
    (h_before,) = before
    to_r, to_z, to_n = np.moveaxis(inputs, 1, 0)
    from_r, from_z, from_n = np.moveaxis(recurrent(weights["U"], h_before), 1, 0)
    r = clamp("r", logistic(to_r + from_r))  # 1
    z = clamp("z", logistic(to_z + from_z))
    m = from_n + weights["b_hn"]  # 2
    n = clamp("n", np.tanh(to_n + r * m))  # 3
    h = clamp("h", z * h_before + (1.0 - z) * n)  # 4
    return {"r": r, "z": z, "n": n, "h": h, "U h'": m}


def step_back(
    weights: Mapping[str, Float32Array], values: Mapping[str, Float32Array], before: Float32Array, after: Float32Array,
    identity: bool,
) -> tuple[Float32Array, Float32Array]:  # fmt: skip
    """The backward of `step`, as in `lstm.py`."""
    (h_before,), (dh,) = before, after
    r, z, n = (values[letter] for letter in "rzn")
    m = h_before @ weights["U"][2].T + weights["b_hn"]
    dz = dh * (h_before - n) * z * (1.0 - z)  # 4, 1
    dn = dh * (1.0 - z) * (1.0 - np.square(n))  # 4, 3
    dr = dn * m * r * (1.0 - r)  # 3, 1
    d_products = np.stack([dr, dz, dn * r], axis=1)
    return np.stack([dr, dz, dn], axis=1), (dh * z + recurrent_back(weights["U"], d_products))[None]
