"""What is done number by number: AdamW, the gradient's norm, dropout masks, sums of columns."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.vector import WIDTH, broadcast, fma, load_vector, root, store_vector, total

_CHUNK = 4096  # numbers summed in float32 before float64 takes over


@jit
def squared_norm(g: Any, g0: int, g1: int) -> float:
    """Sum of squares of g[g0:g1]; not finite exactly if one of its numbers is not."""
    squares = 0.0
    for start in range(g0, g1, _CHUNK):
        stop = min(start + _CHUNK, g1)
        sums, at = broadcast(np.float32(0)), start
        while at + WIDTH <= stop:
            v = load_vector(g, at)
            sums = fma(v, v, sums)
            at += WIDTH
        squares += np.float64(total(sums))
        for k in range(at, stop):
            squares += np.float64(g[k]) * np.float64(g[k])
    if math.isfinite(squares):
        return squares
    squares = 0.0  # squares beyond float32, or numbers that are not finite
    for k in range(g0, g1):
        squares += np.float64(g[k]) * np.float64(g[k])
    return squares


class AdamWStep(NamedTuple):
    """One step of AdamW, number `step` = 1, 2, ...; the gradient is multiplied by `scale` on the way in."""

    scale: float
    rate: float
    beta1: float
    beta2: float
    epsilon: float
    step: int


@jit
def adamw_pieces(w: Any, g: Any, first: Any, second: Any, pieces: Any, k0: int, k1: int, decay: float,
                 how: AdamWStep) -> float:  # fmt: skip
    """One step on pieces k0 to k1 of w, each (start, stop, whether it decays); see `adamw`."""
    check = 0.0
    for at in range(3 * k0, 3 * k1, 3):
        check += adamw(w, g, first, second, pieces[at], pieces[at + 1], decay if pieces[at + 2] else 0.0, how)
    return check


@inner
def adamw(w: Any, g: Any, first: Any, second: Any, w0: int, w1: int, decay: float, how: AdamWStep) -> float:
    """Decoupled weight decay (Loshchilov & Hutter 2019) on w[w0:w1].

    Returns a number that is finite exactly if all new weights are.
    """
    scale, rate, beta1, beta2, epsilon, step = how
    size = np.float32(rate / (1.0 - beta1**step))
    spread2 = np.float32(1.0 / (1.0 - beta2**step))
    keep, b1, b2 = np.float32(1.0 - rate * decay), np.float32(beta1), np.float32(beta2)
    c1, c2, eps, grow = np.float32(1.0 - beta1), np.float32(1.0 - beta2), np.float32(epsilon), np.float32(scale)
    zero, probe, at = np.float32(0), broadcast(np.float32(0)), w0
    while at + WIDTH <= w1:
        d = load_vector(g, at) * broadcast(grow)
        m = fma(load_vector(first, at), broadcast(b1), d * broadcast(c1))
        v = fma(load_vector(second, at), broadcast(b2), d * d * broadcast(c2))
        new = load_vector(w, at) * broadcast(keep) - m * broadcast(size) / (
            root(v * broadcast(spread2)) + broadcast(eps)
        )
        store_vector(first, at, m)
        store_vector(second, at, v)
        store_vector(w, at, new)
        probe = fma(new, broadcast(zero), probe)
        at += WIDTH
    check = np.float64(total(probe))
    for k in range(at, w1):
        d1 = g[k] * grow
        first[k] = first[k] * b1 + d1 * c1
        second[k] = second[k] * b2 + d1 * d1 * c2
        w[k] = w[k] * keep - first[k] * size / (np.float32(math.sqrt(second[k] * spread2)) + eps)
        check += np.float64(w[k]) * 0.0
    return check


@inner
def set_zero(array: Any, start: int, stop: int) -> None:
    """array[start:stop] = 0, whatever its numbers are."""
    whole = stop - (stop - start) % WIDTH
    for at in range(start, whole, WIDTH):
        store_vector(array, at, broadcast(np.float32(0)))
    for at in range(whole, stop):
        array[at] = 0


@inner
def mask_rows(source: Any, s0: int, mask: Any, m0: int, out: Any, o0: int, B: int, Hp: int,
              t0: int, t1: int, r0: int, r1: int) -> None:  # fmt: skip
    """out = source * mask for the rows of steps t0 to t1; source and out (T, B, Hp), mask (B, Hp)."""
    for t in range(t0, t1):
        for r in range(r0, r1):
            for j in range(0, Hp, WIDTH):
                at = (t * B + r) * Hp + j
                store_vector(out, o0 + at, load_vector(source, s0 + at) * load_vector(mask, m0 + r * Hp + j))


@jit
def copy_rounded(source: Any, s0: int, out: Any, o0: int, size: int) -> None:
    """out = source, rounded if `out` is bfloat16; size is a multiple of LANES."""
    for k in range(0, size, WIDTH):
        store_vector(out, o0 + k, load_vector(source, s0 + k))


@inner
def add_rows(source: Any, s0: int, out: Any, o0: int, B: int, Hp: int, t0: int, t1: int, r0: int, r1: int) -> None:
    """out += source for the rows of steps t0 to t1; both (T, B, Hp)."""
    for t in range(t0, t1):
        for at in range((t * B + r0) * Hp, (t * B + r1) * Hp, WIDTH):
            store_vector(out, o0 + at, load_vector(out, o0 + at) + load_vector(source, s0 + at))


@inner
def sum_rows(Z: Any, z0: int, N: int, out: Any, o0: int) -> None:
    """Column sums of one panel (N, NR) into out[o0 : o0 + NR], in the order of the rows."""
    for v in range(0, NR, WIDTH):
        sums = broadcast(np.float32(0))
        for n in range(N):
            sums = sums + load_vector(Z, z0 + n * NR + v)
        store_vector(out, o0 + v, sums)
