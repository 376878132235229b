"""The plain recurrent network (Elman 1990): h = tanh(W x + U h' + b). One state, one squashed path.

Layout as in `lstm.py`, with P = Hp / NR panels of NR units each; Cb, Co, p and the two switches are not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cells.arithmetic import Clamp, recurrent, recurrent_back, unclamped
from lstmgen.cells.steps import carry, forget_started, restore_started
from lstmgen.kernels.barrier import wait_for
from lstmgen.kernels.compile import jit
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.lookup import take_rows
from lstmgen.kernels.product import product
from lstmgen.kernels.vector import WIDTH, load, spread, store, tanh

GATES = ("h",)
STATES = ("h",)


@jit
def forward(x: Any, table: Any, rows: Any, first: bool, U: Any, u0: int, p: Any, p0: int, Z: Any, z0: int, Hb: Any,
            Cb: Any, b0: int, Ho: Any, Co: Any, o0: int, T: int, B: int, Hp: int, t0: int, t1: int, r0: int, r1: int,
            q0: int, q1: int, peephole: bool, identity: bool, apart: bool, counter: Any,
            seats: int) -> None:  # fmt: skip
    """Steps t0 to t1 of rows r0 to r1, panels q0 to q1, as in `lstm.py`."""
    arrived = 0
    for t in range(t0, t1):
        before, here = b0 + t * B * Hp, o0 + t * B * Hp
        forget_started(x, t * B, Hb, Hb, before, Hp, r0, r1)
        for panel in range(q0, q1):
            z = z0 + ((panel * T + t) * B + r0) * NR
            if first:
                take_rows(table, rows, t * B, panel, Hp // NR, Z, z, r0, r1)
            product(Hb, before + r0 * Hp, Hp, 1, 0, U, u0 + panel * Hp * NR, NR, 0, Z, z, NR, Hp, 1, r1 - r0)
            for r in range(r0, r1):
                for j in range(0, NR, WIDTH):
                    h = tanh(load(Z, z + (r - r0) * NR + j))
                    store(Z, z + (r - r0) * NR + j, h)
                    store(Ho, here + r * Hp + panel * NR + j, h)
        if apart and t + 1 < T:
            carry(Ho, Ho, here, Hb, Hb, before + B * Hp, Hp, r0, r1, q0 * NR, q1 * NR)
        if seats > 1:
            arrived += seats
            wait_for(counter, arrived)


@jit
def backward(x: Any, UT: Any, u0: int, p: Any, p0: int, Z: Any, z0: int, Hb: Any, Cb: Any, b0: int, Ho: Any, Co: Any,
             o0: int, DH: Any, d0: int, DC: Any, e0: int, spare: Any, T: int, B: int, Hp: int, t0: int, t1: int,
             r0: int, r1: int, q0: int, q1: int, peephole: bool, identity: bool, counter: Any,
             seats: int) -> None:  # fmt: skip
    """Steps t1 - 1 down to t0, panels q0 to q1: dz = dh (1 - h^2); DH and seats as in `lstm.py`."""
    P, one, arrived = Hp // NR, spread(np.float32(1)), 0
    for t in range(t1 - 1, t0 - 1, -1):
        outputs = d0 + t * B * Hp
        for panel in range(q0, q1):
            for r in range(r0, r1):
                for j in range(0, NR, WIDTH):
                    z = z0 + ((panel * T + t) * B + r) * NR + j
                    h = load(Z, z)
                    store(Z, z, load(DH, outputs + (B + r) * Hp + panel * NR + j) * (one - h * h))
        kept = restore_started(x, t * B, DH, DC, outputs, e0, spare, Hp, r0, r1, q0 * NR, q1 * NR, False)
        if seats > 1:
            arrived += seats
            wait_for(counter, arrived)
        for q in range(q0, q1):
            product(Z, z0 + (t * B + r0) * NR, NR, 1, T * B * NR, UT, u0 + q * P * NR * NR, NR, NR * NR,
                    DH, outputs + r0 * Hp + q * NR, Hp, NR, P, r1 - r0)  # fmt: skip
        if kept:
            restore_started(x, t * B, DH, DC, outputs, e0, spare, Hp, r0, r1, q0 * NR, q1 * NR, True)


def step(
    weights: Mapping[str, Float32Array], inputs: Float32Array, before: Float32Array, identity: bool,
    clamp: Clamp = unclamped,
) -> dict[str, Float32Array]:  # fmt: skip
    """One step in plain numpy, as in `lstm.py`: inputs (B, 1, H), before (1, B, H)."""
    own, fed_back = inputs[:, 0], recurrent(weights["U"], before[0])[:, 0]
    z = own + fed_back
    return {"W x + b": own, "U h'": fed_back, "z": z, "h": clamp("h", np.tanh(z))}


def step_back(
    weights: Mapping[str, Float32Array], values: Mapping[str, Float32Array], before: Float32Array, after: Float32Array,
    identity: bool,
) -> tuple[Float32Array, Float32Array]:  # fmt: skip
    """The backward of `step`, as in `lstm.py`."""
    d_inputs = (after[0] * (1.0 - np.square(values["h"])))[:, None]
    return d_inputs, recurrent_back(weights["U"], d_inputs)[None]
