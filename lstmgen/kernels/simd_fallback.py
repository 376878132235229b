"""The same words as `simd.py` without any emitted code: the readable reference, and what a strange CPU falls back to.

A "vector" is one number here (WIDTH 1), so a loop `for j in range(0, LANES, WIDTH)` in a kernel runs over numbers.
With NUMBA_DISABLE_JIT=1 all of it, and every kernel, runs as the Python that stands there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import config, njit

from lstmgen.kernels.lanes import LANES, NARROW_TILE_ROWS, TILE_ROWS, VECTORS
from lstmgen.kernels.polynomials import EXP, LN2_HIGH, LN2_LOW, LOG2_E, TANH_BOUND, TANH_P, TANH_Q

WIDTH = 1
_F = np.float32

_word = njit(inline="always", error_model="numpy")  # no reordering: each word is one number's arithmetic

_P0, _P1, _P2, _P3, _P4, _P5, _P6 = (_F(k) for k in TANH_P)
_Q0, _Q1, _Q2, _Q3 = (_F(k) for k in TANH_Q)
_E0, _E1, _E2, _E3, _E4, _E5, _E6 = (_F(k) for k in EXP)
_BOUND, _HALF = _F(TANH_BOUND), _F(0.5)
_HIGH, _LOW, _LOG2 = _F(LN2_HIGH), _F(LN2_LOW), _F(LOG2_E)


@_word
def load(array: Any, at: Any) -> Any:
    return array[at]


@_word
def store(array: Any, at: Any, value: Any) -> None:
    array[at] = value


@_word
def broadcast(number: Any) -> Any:
    return _F(number)


@_word
def total(value: Any) -> Any:
    return value


@_word
def largest(value: Any) -> Any:
    return value


@_word
def maximum(x: Any, y: Any) -> Any:
    return x if x > y else y


@_word
def root(x: Any) -> Any:
    return _F(math.sqrt(x))


@_word
def fma(x: Any, y: Any, z: Any) -> Any:
    return x * y + z


@_word
def tanh(x: Any) -> Any:
    x = _BOUND if x > _BOUND else x
    x = -_BOUND if x < -_BOUND else x
    u = x * x
    p = (((((_P0 * u + _P1) * u + _P2) * u + _P3) * u + _P4) * u + _P5) * u + _P6
    return x * p / (((_Q0 * u + _Q1) * u + _Q2) * u + _Q3)


@_word
def sigmoid(x: Any) -> Any:
    return tanh(x * _HALF) * _HALF + _HALF


@_word
def exp(x: Any) -> Any:
    x = _F(88.0) if x > _F(88.0) else x
    x = _F(-87.0) if x < _F(-87.0) else x
    k = _F(np.floor(x * _LOG2 + _HALF))
    r = x - k * _HIGH - k * _LOW
    power = _F(math.ldexp(1.0, 0 if math.isnan(k) else int(k)))  # of NaN, NaN
    return ((((((_E0 * r + _E1) * r + _E2) * r + _E3) * r + _E4) * r + _E5) * r + _E6) * power


@_word
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


_SHAPES = [(rows, VECTORS) for rows in range(1, TILE_ROWS + 1)] + [(1, 1), (NARROW_TILE_ROWS, 1)]
_make = _make_python_tile if config.DISABLE_JIT else _make_tile
TILES = {(rows, vectors): _make(rows, vectors) for rows, vectors in _SHAPES}
