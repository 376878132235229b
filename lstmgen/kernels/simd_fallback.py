"""The operations of `simd.py` without any emitted code: the readable reference, and what other CPUs fall back to.

A "vector" is one number here (WIDTH 1), so a loop `for j in range(0, LANES, WIDTH)` in a kernel runs over numbers.
With NUMBA_DISABLE_JIT=1 all of it, and every kernel, runs as the Python that stands there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from lstmgen.kernels.bfloat_numbers import is_bf16, number_at, put_number, put_rounded
from lstmgen.kernels.lanes import LANES
from lstmgen.kernels.polynomials import (
    EXP,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    SHORT_BOUND,
    SHORT_TANH_P,
    SHORT_TANH_Q,
    TANH_BOUND,
    TANH_P,
    TANH_Q,
)

WIDTH = 1
_F = np.float32

_operation = njit(inline="always", error_model="numpy")  # no reordering: each is one number's arithmetic

_P0, _P1, _P2, _P3, _P4, _P5, _P6 = (_F(k) for k in TANH_P)
_Q0, _Q1, _Q2, _Q3 = (_F(k) for k in TANH_Q)
_S0, _S1, _S2, _R0, _R1, _R2 = (_F(k) for k in SHORT_TANH_P + SHORT_TANH_Q)
_E0, _E1, _E2, _E3, _E4, _E5, _E6 = (_F(k) for k in EXP)
_BOUND, _SHORT_BOUND, _HALF = _F(TANH_BOUND), _F(SHORT_BOUND), _F(0.5)
_HIGH, _LOW, _LOG2 = _F(LN2_HIGH), _F(LN2_LOW), _F(LOG2_E)


@_operation
def load_vector(array: Any, at: Any) -> Any:
    return number_at(array, at)


@_operation
def store_vector(array: Any, at: Any, value: Any) -> None:
    put_number(array, at, value)


@_operation
def store_rounded(array: Any, at: Any, value: Any) -> None:
    put_rounded(array, at, value)


@_operation
def prefetch(array: Any, at: Any) -> None:
    """There is no such thing in plain loops."""


@_operation
def store_pairs(array: Any, at: Any, low: Any, high: Any) -> None:
    put_rounded(array, at, low)
    put_rounded(array, at + 1, high)


@_operation
def broadcast(number: Any) -> Any:
    return _F(number)


@_operation
def total(value: Any) -> Any:
    return value


@_operation
def largest(value: Any) -> Any:
    return value


@_operation
def maximum(x: Any, y: Any) -> Any:
    return x if x > y else y


@_operation
def root(x: Any) -> Any:
    return _F(math.sqrt(x))


@_operation
def fma(x: Any, y: Any, z: Any) -> Any:
    return x * y + z


@_operation
def tanh(x: Any) -> Any:
    x = _BOUND if x > _BOUND else x
    x = -_BOUND if x < -_BOUND else x
    u = x * x
    p = (((((_P0 * u + _P1) * u + _P2) * u + _P3) * u + _P4) * u + _P5) * u + _P6
    return x * p / (((_Q0 * u + _Q1) * u + _Q2) * u + _Q3)


@_operation
def sigmoid(x: Any) -> Any:
    return tanh(x * _HALF) * _HALF + _HALF


@_operation
def _short_tanh(x: Any) -> Any:
    x = _SHORT_BOUND if x > _SHORT_BOUND else x
    x = -_SHORT_BOUND if x < -_SHORT_BOUND else x
    u = x * x
    return x * ((_S0 * u + _S1) * u + _S2) / (((u + _R0) * u + _R1) * u + _R2)


@_operation
def tanh_for(factors: Any, x: Any) -> Any:
    return _short_tanh(x) if is_bf16(factors) else tanh(x)


@_operation
def sigmoid_for(factors: Any, x: Any) -> Any:
    return _short_tanh(x * _HALF) * _HALF + _HALF if is_bf16(factors) else sigmoid(x)


@_operation
def tanh_within(factors: Any, h: Any, o: Any, c: Any) -> Any:
    return h / o if is_bf16(factors) else tanh(c)


@_operation
def exp(x: Any) -> Any:
    x = _F(88.0) if x > _F(88.0) else x
    x = _F(-87.0) if x < _F(-87.0) else x
    k = _F(np.floor(x * _LOG2 + _HALF))
    r = x - k * _HIGH - k * _LOW
    power = _F(math.ldexp(1.0, 0 if math.isnan(k) else int(k)))  # of NaN, NaN
    return ((((((_E0 * r + _E1) * r + _E2) * r + _E3) * r + _E4) * r + _E5) * r + _E6) * power


@_operation
def transpose(A: Any, a0: Any, a_row: Any, B: Any, b0: Any, b_row: Any) -> None:
    beside = 4 // B.itemsize  # bfloat16 numbers of two rows stand side by side
    for i in range(LANES):
        for j in range(LANES):
            put_number(B, b0 + i // beside * beside * b_row + beside * j + i % beside, A[a0 + j * a_row + i])
