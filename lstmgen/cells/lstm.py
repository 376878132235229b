"""The LSTM with a forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), with or without
peepholes (Gers, Schraudolph & Schmidhuber 2002).

    1  f = sigmoid(W_f x + U_f h' + p_f o c' + b_f)      i likewise        (p only with peepholes)
    2  g = tanh(W_c x + U_c h' + b_c)
    3  c = f o c' + i o g
    4  o = sigmoid(W_o x + U_o h' + p_o o c + b_o)
    5  h = o o s(c)                                       s: tanh, or the identity

Layout: B rows, T steps, Hp units (padded), P = Hp / LANES panels of the gates f, i, o, g of LANES units.
    Z (P, T, B, NR)       on entry W x + b; forward leaves the gates there, backward their gradients
    U (P, Hp, NR)         packed; UT (Q, P NR, NR) its transpose
    Hb, Cb (T+1, B, Hp)   states before each step;  Ho, Co  after it (the same arrays one step on, unless a row
                          starts anew in mid-window)
All arrays are flat; u0, p0, z0, b0, o0 say where a layer's part begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cells.arithmetic import Clamp, logistic, recurrent, recurrent_back, unclamped
from lstmgen.cells.steps import carry, forget_started, restore_started
from lstmgen.kernels.barrier import wait_for
from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import LANES, NR, VECTORS
from lstmgen.kernels.lookup import take_rows
from lstmgen.kernels.product import edge_product, product
from lstmgen.kernels.vector import WIDTH, fma, load, sigmoid, spread, store, tanh

GATES = ("f", "i", "o", "g")
STATES = ("c", "h")
_F, _I, _O, _C = 0, LANES, 2 * LANES, 3 * LANES  # where each gate stands in a panel


@jit
def forward(x: Any, table: Any, rows: Any, first: bool, U: Any, u0: int, p: Any, p0: int, Z: Any, z0: int, Hb: Any,
            Cb: Any, b0: int, Ho: Any, Co: Any, o0: int, T: int, B: int, Hp: int, t0: int, t1: int, r0: int, r1: int,
            q0: int, q1: int, peephole: bool, identity: bool, apart: bool, counter: Any,
            seats: int) -> None:  # fmt: skip
    """Steps t0 to t1 of rows r0 to r1, panels q0 to q1.

    The `first` layer's input side comes from the table, by `rows` (T B,), while the step's part of Z is near. Where
    there is more than one step, all panels are made at once: by this thread, or by as many threads as there are
    `seats`, which wait for one another after each step (counter (1,) int64 is at 0 before).
    """
    arrived = 0
    for t in range(t0, t1):
        before, here = b0 + t * B * Hp, o0 + t * B * Hp
        forget_started(x, t * B, Hb, Cb, before, Hp, r0, r1)
        for panel in range(q0, q1):
            z = z0 + ((panel * T + t) * B + r0) * NR
            if first:
                take_rows(table, rows, t * B, panel, Hp // LANES, Z, z, r0, r1)
            product(Hb, before + r0 * Hp, Hp, 1, 0, U, u0 + panel * Hp * NR, NR, 0, Z, z, NR, Hp, 1, r1 - r0)
            for r in range(r0, r1):
                for j in range(0, LANES, WIDTH):
                    unit = panel * LANES + j
                    gates = z + (r - r0) * NR + j
                    _cell(Z, gates, Cb, before + r * Hp + unit, Co, Ho, here + r * Hp + unit,
                          p, p0 + unit, Hp, peephole, identity)  # fmt: skip
        if apart and t + 1 < T:
            carry(Ho, Co, here, Hb, Cb, before + B * Hp, Hp, r0, r1, q0 * LANES, q1 * LANES)
        if seats > 1:
            arrived += seats
            wait_for(counter, arrived)


@inner
def _cell(Z: Any, z: int, Cb: Any, before: int, Co: Any, Ho: Any, here: int, p: Any, unit: int, Hp: int,
          peephole: bool, identity: bool) -> None:  # fmt: skip
    """WIDTH units of one row: the equations above."""
    c_before = load(Cb, before)
    to_f, to_i, to_o, to_g = load(Z, z + _F), load(Z, z + _I), load(Z, z + _O), load(Z, z + _C)
    if peephole:
        to_f = fma(load(p, unit), c_before, to_f)
        to_i = fma(load(p, unit + Hp), c_before, to_i)
    f, i, g = sigmoid(to_f), sigmoid(to_i), tanh(to_g)  # 1, 2
    c = fma(f, c_before, i * g)  # 3
    if peephole:
        to_o = fma(load(p, unit + 2 * Hp), c, to_o)
    o = sigmoid(to_o)  # 4
    h = o * c if identity else o * tanh(c)  # 5
    store(Z, z + _F, f)
    store(Z, z + _I, i)
    store(Z, z + _O, o)
    store(Z, z + _C, g)
    store(Co, here, c)
    store(Ho, here, h)


@jit
def backward(x: Any, UT: Any, u0: int, p: Any, p0: int, Z: Any, z0: int, Hb: Any, Cb: Any, b0: int, Ho: Any, Co: Any,
             o0: int, DH: Any, d0: int, DC: Any, e0: int, spare: Any, T: int, B: int, Hp: int, t0: int, t1: int,
             r0: int, r1: int, q0: int, q1: int, peephole: bool, identity: bool, counter: Any,
             seats: int) -> None:  # fmt: skip
    """Steps t1 - 1 down to t0, units of UT's column panels q0 to q1: gates become the gradients of their
    pre-activations. Threads at their `seats` share the panels as forward.

    DH (T+1, B, Hp) holds the loss's gradient of each output in rows 1 to T on entry, the whole gradient on return, and
    in row 0 that of the initial h. DC (B, Hp) is the gradient of c at the border, on return that of the initial c.
    """
    P, k0, k1, arrived = Hp // LANES, q0 * NR, min(q1 * NR, Hp), 0
    for t in range(t1 - 1, t0 - 1, -1):
        before, here, outputs = b0 + t * B * Hp, o0 + t * B * Hp, d0 + t * B * Hp
        for panel in range(k0 // LANES, k1 // LANES):
            for r in range(r0, r1):
                for j in range(0, LANES, WIDTH):
                    unit = panel * LANES + j
                    at = r * Hp + unit
                    z = z0 + ((panel * T + t) * B + r) * NR + j
                    _cell_back(Z, z, Cb, before + at, Co, here + at, DH, outputs + B * Hp + at, DC, e0 + at,
                               p, p0 + unit, Hp, peephole, identity)  # fmt: skip
        kept = restore_started(x, t * B, DH, DC, outputs, e0, spare, Hp, r0, r1, k0, k1, False)
        if seats > 1:
            arrived += seats
            wait_for(counter, arrived)
        for q in range(k0, k1, NR):
            edge_product(Z, z0 + (t * B + r0) * NR, NR, 1, T * B * NR, UT, u0 + q * P * NR, NR, NR * NR,
                         DH, outputs + r0 * Hp + q, Hp, NR, P, r1 - r0, min(VECTORS, (Hp - q) // LANES))  # fmt: skip
        if kept:
            restore_started(x, t * B, DH, DC, outputs, e0, spare, Hp, r0, r1, k0, k1, True)


@inner
def _cell_back(Z: Any, z: int, Cb: Any, before: int, Co: Any, here: int, DH: Any, dh_at: int, DC: Any, dc_at: int,
               p: Any, unit: int, Hp: int, peephole: bool, identity: bool) -> None:  # fmt: skip
    """WIDTH units of one row: the equations' numbers, from the last to the first."""
    f, i, o, g = load(Z, z + _F), load(Z, z + _I), load(Z, z + _O), load(Z, z + _C)
    c_before, c, dh, dc = load(Cb, before), load(Co, here), load(DH, dh_at), load(DC, dc_at)
    one = spread(np.float32(1))
    if identity:  # 5
        do, dc = dh * c, fma(dh, o, dc)
    else:
        s = tanh(c)
        do, dc = dh * s, fma(dh * o, one - s * s, dc)
    do = do * o * (one - o)  # 4
    if peephole:
        dc = fma(do, load(p, unit + 2 * Hp), dc)
    df = dc * c_before * f * (one - f)  # 3, 1
    di = dc * g * i * (one - i)
    dg = dc * i * (one - g * g)  # 3, 2
    dc = dc * f
    if peephole:
        dc = fma(df, load(p, unit), fma(di, load(p, unit + Hp), dc))
    store(Z, z + _F, df)
    store(Z, z + _I, di)
    store(Z, z + _O, do)
    store(Z, z + _C, dg)
    store(DC, dc_at, dc)


@jit
def peephole_gradient(Z: Any, z0: int, Cb: Any, b0: int, Co: Any, o0: int, dp: Any, p0: int, N: int, Hp: int,
                      panel: int) -> None:  # fmt: skip
    """Panel's part of dp (3, Hp), over all N = T B positions: df o c', di o c', do o c."""
    for j in range(0, LANES, WIDTH):
        unit = panel * LANES + j
        to_f = to_i = to_o = spread(np.float32(0))
        for n in range(N):
            z, c_before = z0 + (panel * N + n) * NR + j, load(Cb, b0 + n * Hp + unit)
            to_f = fma(load(Z, z + _F), c_before, to_f)
            to_i = fma(load(Z, z + _I), c_before, to_i)
            to_o = fma(load(Z, z + _O), load(Co, o0 + n * Hp + unit), to_o)
        store(dp, p0 + unit, to_f)
        store(dp, p0 + Hp + unit, to_i)
        store(dp, p0 + 2 * Hp + unit, to_o)


def step(
    weights: Mapping[str, Float32Array], inputs: Float32Array, before: Float32Array, identity: bool,
    clamp: Clamp = unclamped,
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
