"""The LSTM with a forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), with or without
peepholes (Gers, Schraudolph & Schmidhuber 2002).

    1  f = sigmoid(W_f x + U_f h' + p_f o c' + b_f)      i likewise        (p only with peepholes)
    2  g = tanh(W_c x + U_c h' + b_c)
    3  c = f o c' + i o g
    4  o = sigmoid(W_o x + U_o h' + p_o o c + b_o)
    5  h = o o s(c)                                       s: tanh, or the identity

A panel holds the gates f, i, o, g of LANES units, so Hp units make P = Hp / LANES panels; `records.py` has the rest of
the layout.
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
    tanh_within,
)

PANEL = Panel(slots=4, W=(0, 1, 2, 3), U=(0, 1, 2, 3), biases={"b": (0, 1, 2, 3)})
_F, _I, _O, _C = 0, LANES, 2 * LANES, 3 * LANES  # where each gate stands in a panel


@inner
def forward(layer: int, weights: Weights, work: Work, span: Span, team: Team) -> None:
    """The time steps of a layer.

    Layer 0's input side comes from the table while the step's part of Z is near. Where there is more than one step, all
    panels are made at once: by this thread, or by the threads of a team, which wait for one another after each step.
    """
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
                    unit = panel * LANES + j
                    at = r * Hp + unit
                    _cell(weights, work, layer, z + (r - r0) * NR + j, before + at, after + at, unit)
        if states.apart and t + 1 < T:
            carry(states, after, after, Hp, r0, r1, q0 * LANES, q1 * LANES)
        meet(team.counter, team.size)


@inner
def _cell(weights: Weights, work: Work, layer: int, z: int, before: int, after: int, unit: int) -> None:
    """WIDTH units of one row: the equations above."""
    Z, p, Hp, factors = work.Z, weights.extra, work.Hp, work.states.rounded_after
    peephole, p0 = weights.extra_rows > 0, layer * weights.extra_rows * Hp + unit
    c_before = load_vector(work.states.c_before, before)
    to_f, to_i, to_o, to_g = (
        load_vector(Z, z + _F),
        load_vector(Z, z + _I),
        load_vector(Z, z + _O),
        load_vector(Z, z + _C),
    )
    if peephole:
        to_f = fma(load_vector(p, p0), c_before, to_f)
        to_i = fma(load_vector(p, p0 + Hp), c_before, to_i)
    f, i, g = sigmoid_for(factors, to_f), sigmoid_for(factors, to_i), tanh_for(factors, to_g)  # 1, 2
    c = fma(f, c_before, i * g)  # 3
    if peephole:
        to_o = fma(load_vector(p, p0 + 2 * Hp), c, to_o)
    o = sigmoid_for(factors, to_o)  # 4
    h = o * c if weights.identity else o * tanh_for(factors, c)  # 5
    store_vector(Z, z + _F, f)
    store_vector(Z, z + _I, i)
    store_vector(Z, z + _O, o)
    store_vector(Z, z + _C, g)
    store_vector(work.states.c_after, after, c)
    store_vector(work.states.h_after, after, h)
    store_rounded(factors, after, h)


@inner
def backward(layer: int, weights: Weights, work: Work, gradients: Gradients, span: Span, team: Team) -> None:
    """The time steps of a layer from the last to the first: gates become the gradients of their pre-activations.

    The span's panels are column panels of UT; a team shares them as in forward.
    """
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
                    at, unit = first + j, panel * LANES + j
                    _cell_back(weights, work, gradients, layer, z_row + j, before + at, after + at, c0 + at, unit)
        kept = restore_started(inputs.ids, t * B, gradients, before, c0, Hp, r0, r1, k0, k1, False)
        meet(team.counter, team.size)
        for q in range(k0, k1, NR):
            edge_product(dZ, z0 + (t * B + r0) * NR, NR, 1, T * B * NR, weights.UT, u0 + q * P * NR, NR, NR * NR,
                         gradients.dh, before + r0 * Hp + q, Hp, NR, P, r1 - r0,
                         min(VECTORS, (Hp - q) // LANES))  # fmt: skip
        if kept:
            restore_started(inputs.ids, t * B, gradients, before, c0, Hp, r0, r1, k0, k1, True)


@inner
def _cell_back(weights: Weights, work: Work, gradients: Gradients, layer: int, z: int, before: int, after: int,
               dc_at: int, unit: int) -> None:  # fmt: skip
    """WIDTH units of one row: the equations' numbers, from the last to the first."""
    Z, p, Hp = work.Z, weights.extra, work.Hp
    peephole, p0 = weights.extra_rows > 0, layer * weights.extra_rows * Hp + unit
    f, i, o, g = load_vector(Z, z + _F), load_vector(Z, z + _I), load_vector(Z, z + _O), load_vector(Z, z + _C)
    c_before, c = load_vector(work.states.c_before, before), load_vector(work.states.c_after, after)
    dh, dc = load_vector(gradients.dh, after), load_vector(gradients.dc, dc_at)
    one = broadcast(np.float32(1))
    if weights.identity:  # 5
        do, dc = dh * c, fma(dh, o, dc)
    else:
        s = tanh_within(work.states.rounded_after, load_vector(work.states.h_after, after), o, c)
        do, dc = dh * s, fma(dh * o, one - s * s, dc)
    do = do * o * (one - o)  # 4
    if peephole:
        dc = fma(do, load_vector(p, p0 + 2 * Hp), dc)
    df = dc * c_before * f * (one - f)  # 3, 1
    di = dc * g * i * (one - i)
    dg = dc * i * (one - g * g)  # 3, 2
    dc = dc * f
    if peephole:
        dc = fma(df, load_vector(p, p0), fma(di, load_vector(p, p0 + Hp), dc))
    store_vector(work.dZ, z + _F, df)
    store_vector(work.dZ, z + _I, di)
    store_vector(work.dZ, z + _O, do)
    store_vector(work.dZ, z + _C, dg)
    store_vector(gradients.dc, dc_at, dc)


@inner
def extra_gradient(layer: int, work: Work, panel: int, out: Any, o0: int) -> None:
    """Panel's part of the peepholes' gradient (3, Hp), from o0 on: the sums of df o c', di o c', do o c."""
    T, B, Hp, _, dZ, _, states = work
    N, s0 = T * B, layer * (T + 1) * B * Hp
    z0 = (layer * (Hp // LANES) + panel) * N * NR
    for j in range(0, LANES, WIDTH):
        unit = panel * LANES + j
        to_f = to_i = to_o = broadcast(np.float32(0))
        for n in range(N):
            z, before = z0 + n * NR + j, s0 + n * Hp + unit
            c_before = load_vector(states.c_before, before)
            to_f = fma(load_vector(dZ, z + _F), c_before, to_f)
            to_i = fma(load_vector(dZ, z + _I), c_before, to_i)
            to_o = fma(load_vector(dZ, z + _O), load_vector(states.c_after, before + B * Hp), to_o)
        store_vector(out, o0 + unit, to_f)
        store_vector(out, o0 + Hp + unit, to_i)
        store_vector(out, o0 + 2 * Hp + unit, to_o)


_forward_stage = forward_stage_of(forward, __name__)
_forward_loop = forward_loop_of(_forward_stage, __name__)
_training_loop = training_loop_of(_forward_stage, backward, extra_gradient, __name__)
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
    """The same for weights in bfloat16: compiled and kept apart, since most never need it."""
    _token_loop(sizes, weights, work, logits, filters, scratch, member, team)


def step(
    weights: Mapping[str, Float32Array], inputs: Float32Array, before: Float32Array, identity: bool,
    clamp: ClampFunction = unclamped,
) -> dict[str, Float32Array]:  # fmt: skip
    """One step of B rows in plain numpy: the gates, the states and whatever else is worth seeing (B, H) by letter.

    weights: a layer's arrays by name, of which U and, with peepholes, p are read; inputs (B, 4, H): W x + b; before
    (2, B, H): c' and h'; clamp: what may put a value in the place of what was computed.
    """
    c_before, h_before = before
    p_f, p_i, p_o = weights.get("p", np.zeros((3, 1), np.float32))
    to_f, to_i, to_o, to_g = np.moveaxis(inputs + recurrent(weights["U"], h_before), 1, 0)
    f = clamp("f", logistic(to_f + p_f * c_before))  # 1
    i = clamp("i", logistic(to_i + p_i * c_before))
    g = clamp("g", np.tanh(to_g))  # 2
    c = f * c_before + i * g  # 3
    o = clamp("o", logistic(to_o + p_o * c))  # 4
    h = clamp("h", o * (c if identity else np.tanh(c)))  # 5
    return {"f": f, "i": i, "o": o, "g": g, "c": c, "h": h}


def step_back(
    weights: Mapping[str, Float32Array], values: Mapping[str, Float32Array], before: Float32Array, after: Float32Array,
    identity: bool,
) -> tuple[Float32Array, Float32Array]:  # fmt: skip
    """The backward of `step`: gradients of its inputs (B, 4, H) and of the states before it (2, B, H).

    values: what the step returned; before (2, B, H): the states that it began with; after (2, B, H): the gradients of
    its c and h.
    """
    f, i, o, g, c = (values[letter] for letter in "fiogc")
    p_f, p_i, p_o = weights.get("p", np.zeros((3, 1), np.float32))
    (c_before, _), (dc, dh) = before, after
    squashed = c if identity else np.tanh(c)
    do = dh * squashed * o * (1.0 - o)  # 5, 4
    dc = dc + dh * o * (1.0 if identity else 1.0 - np.square(squashed)) + do * p_o
    df = dc * c_before * f * (1.0 - f)  # 3, 1
    di = dc * g * i * (1.0 - i)
    dg = dc * i * (1.0 - np.square(g))  # 3, 2
    d_inputs = np.stack([df, di, do, dg], axis=1)
    return d_inputs, np.stack([dc * f + df * p_f + di * p_i, recurrent_back(weights["U"], d_inputs)])
