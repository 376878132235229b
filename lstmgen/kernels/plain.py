"""The same words as `words.py` without any emitted code: the readable reference, and what a strange CPU falls back to.

A "vector" is one number here (WIDTH 1), so a loop `for j in range(0, LANES, WIDTH)` in a kernel runs over numbers.
With NUMBA_DISABLE_JIT=1 all of it, and every kernel, runs as the Python that stands there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import config, njit

from lstmgen.kernels.lanes import LANES, ROWS, TALL, VECTORS
from lstmgen.kernels.polynomials import EXP, LN2_HIGH, LN2_LOW, LOG2_E, TANH_BOUND, TANH_P, TANH_Q

WIDTH = 1
F = np.float32

word = njit(inline="always", error_model="numpy")  # no reordering: each word is one number's arithmetic

P0, P1, P2, P3, P4, P5, P6 = (F(k) for k in TANH_P)
Q0, Q1, Q2, Q3 = (F(k) for k in TANH_Q)
E0, E1, E2, E3, E4, E5, E6 = (F(k) for k in EXP)
BOUND, HALF = F(TANH_BOUND), F(0.5)
HIGH, LOW, LOG2 = F(LN2_HIGH), F(LN2_LOW), F(LOG2_E)


@word
def load(array: Any, at: Any) -> Any:
    return array[at]


@word
def store(array: Any, at: Any, value: Any) -> None:
    array[at] = value


@word
def spread(number: Any) -> Any:
    return F(number)


@word
def total(value: Any) -> Any:
    return value


@word
def largest(value: Any) -> Any:
    return value


@word
def maximum(x: Any, y: Any) -> Any:
    return x if x > y else y


@word
def root(x: Any) -> Any:
    return F(math.sqrt(x))


@word
def fma(x: Any, y: Any, z: Any) -> Any:
    return x * y + z


@word
def tanh(x: Any) -> Any:
    x = BOUND if x > BOUND else x
    x = -BOUND if x < -BOUND else x
    u = x * x
    p = (((((P0 * u + P1) * u + P2) * u + P3) * u + P4) * u + P5) * u + P6
    return x * p / (((Q0 * u + Q1) * u + Q2) * u + Q3)


@word
def sigmoid(x: Any) -> Any:
    return tanh(x * HALF) * HALF + HALF


@word
def exp(x: Any) -> Any:
    x = F(88.0) if x > F(88.0) else x
    x = F(-87.0) if x < F(-87.0) else x
    k = F(np.floor(x * LOG2 + HALF))
    r = x - k * HIGH - k * LOW
    power = F(math.ldexp(1.0, 0 if math.isnan(k) else int(k)))  # of NaN, NaN
    return ((((((E0 * r + E1) * r + E2) * r + E3) * r + E4) * r + E5) * r + E6) * power


@word
def transpose(A: Any, a0: Any, a_row: Any, B: Any, b0: Any, b_row: Any) -> None:
    for i in range(LANES):
        for j in range(LANES):
            B[b0 + i * b_row + j] = A[a0 + j * a_row + i]


def _make_tile(rows: int, vectors: int) -> Any:
    columns = vectors * LANES

    @njit(error_model="numpy", fastmath={"contract", "nsz"})
    def tile(
        A: Any, a0: Any, a_row: Any, a_k: Any, a_block: Any, B: Any, b0: Any, b_k: Any, b_block: Any,
        C: Any, c0: Any, c_row: Any, K: Any, blocks: Any,
    ) -> None:  # fmt: skip
        for block in range(blocks):
            for k in range(K):
                b = b0 + block * b_block + k * b_k
                right = B[b : b + columns]
                for r in range(rows):
                    left, c = A[a0 + r * a_row + block * a_block + k * a_k], c0 + r * c_row
                    sums = C[c : c + columns]
                    for j in range(columns):
                        sums[j] += left * right[j]

    return tile


def _make_python_tile(rows: int, vectors: int) -> Any:
    """The same sums in the same order, a row of the tile at a time: sixty times as fast where nothing is compiled."""
    columns = vectors * LANES

    def tile(
        A: Any, a0: Any, a_row: Any, a_k: Any, a_block: Any, B: Any, b0: Any, b_k: Any, b_block: Any,
        C: Any, c0: Any, c_row: Any, K: Any, blocks: Any,
    ) -> None:  # fmt: skip
        for block in range(blocks):
            for k in range(K):
                b = b0 + block * b_block + k * b_k
                right = B[b : b + columns]
                for r in range(rows):
                    left, c = A[a0 + r * a_row + block * a_block + k * a_k], c0 + r * c_row
                    C[c : c + columns] += left * right

    return tile


SHAPES = [(rows, VECTORS) for rows in range(1, ROWS + 1)] + [(1, 1), (TALL, 1)]
_make = _make_python_tile if config.DISABLE_JIT else _make_tile
TILES = {(rows, vectors): _make(rows, vectors) for rows, vectors in SHAPES}
