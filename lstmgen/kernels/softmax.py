"""Softmax, cross entropy and their gradient, over logits in panels (Pv, N, NR), N = T B positions.

loss = log sum_v exp(l_v) - l_y;  dl_v = (softmax_v - [v = y]) scale.  Columns beyond the vocabulary hold -1e30.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lstmgen.kernels.bfloat_numbers import put_number
from lstmgen.kernels.compile import inner
from lstmgen.kernels.elementwise import set_zero
from lstmgen.kernels.lanes import LANES, NR
from lstmgen.kernels.vector import WIDTH, broadcast, exp, largest, load_vector, maximum, prefetch, store_vector, total


@inner
def cross_entropy(logits: Any, dlogits: Any, y: Any, nats: Any, scale: float, B: int, N: int, Pv: int, edge: int,
                  t0: int, t1: int, r0: int, r1: int) -> None:  # fmt: skip
    """Nats of each target y (N,) into nats (N,); where scale > 0 their gradient times scale into dlogits.

    dlogits may be the same array, or a bfloat16 one. The last panel has `edge` vectors.
    """
    for t in range(t0, t1):
        for n in range(t * B + r0, t * B + r1):
            if y[n] < 0:
                nats[n] = 0
                if scale > 0:
                    _clear(dlogits, n, N, Pv)
                continue
            target = (y[n] // NR * N + n) * NR + y[n] % NR
            nats[n] = _row(logits, dlogits, n, N, Pv, edge, target, scale)


@inner
def _clear(dlogits: Any, n: int, N: int, Pv: int) -> None:
    for p in range(Pv):
        set_zero(dlogits, (p * N + n) * NR, (p * N + n + 1) * NR)


@inner
def _row(logits: Any, dlogits: Any, n: int, N: int, Pv: int, edge: int, target: int, scale: float) -> Any:
    """Nats of one position."""
    top = load_vector(logits, n * NR)
    for p in range(Pv):
        for j in range(0, edge * LANES if p == Pv - 1 else NR, WIDTH):
            top = maximum(load_vector(logits, (p * N + n) * NR + j), top)
    highest = largest(top)
    shift, known = broadcast(highest), logits[target]
    sums = broadcast(np.float32(0))
    for p in range(Pv):
        for j in range(0, edge * LANES if p == Pv - 1 else NR, WIDTH):
            power = exp(load_vector(logits, (p * N + n) * NR + j) - shift)
            sums = sums + power
            prefetch(logits, (p * N + n + 1) * NR + j)  # of the next position, whose maximum is looked for next
            if scale > 0:
                store_vector(logits, (p * N + n) * NR + j, power)
    mass = total(sums)
    if scale > 0:
        share, own = broadcast(np.float32(scale / mass)), logits[target] * np.float32(scale / mass)
        for p in range(Pv):
            for j in range(0, edge * LANES if p == Pv - 1 else NR, WIDTH):
                at = (p * N + n) * NR + j
                store_vector(dlogits, at, load_vector(logits, at) * share)
        put_number(dlogits, target, own - np.float32(scale))
    return np.float32(math.log(mass) + (np.float64(highest) - np.float64(known)))
