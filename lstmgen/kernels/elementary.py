"""tanh, sigmoid and exp of a vector as LLVM code; and shorter ones, for what is rounded to bfloat16 afterwards."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from lstmgen.kernels.lanes import BF16, LANES
from lstmgen.kernels.llvm import INT16, VECTOR, WORDS, fma_of
from lstmgen.kernels.polynomials import (
    EXP,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    SHORT_BOUND,
    SHORT_SIGMOID_P,
    SHORT_SIGMOID_Q,
    SHORT_TANH_P,
    SHORT_TANH_Q,
    TANH_BOUND,
    TANH_P,
    TANH_Q,
)


def _every(number: float) -> ir.Constant:
    """The constant vector of `number`."""
    return ir.Constant(VECTOR, [float(number)] * LANES)


def _polynomial(b: Any, x: Any, coefficients: tuple[float, ...]) -> Any:
    """Horner's rule, highest power first."""
    total = _every(coefficients[0])
    for k in coefficients[1:]:
        total = fma_of(b, total, x, _every(k))
    return total


def _clamp(b: Any, x: Any, low: float, high: float) -> Any:
    """x within [low, high]; a NaN stays a NaN."""
    x = b.select(b.fcmp_ordered(">", x, _every(high)), _every(high), x)
    return b.select(b.fcmp_ordered("<", x, _every(low)), _every(low), x)


def tanh_of(b: Any, x: Any) -> Any:
    """tanh by a rational function, x P(x^2) / Q(x^2); relative error below 4e-7."""
    x = _clamp(b, x, -TANH_BOUND, TANH_BOUND)
    square = b.fmul(x, x)
    return b.fdiv(b.fmul(x, _polynomial(b, square, TANH_P)), _polynomial(b, square, TANH_Q))


def sigmoid_of(b: Any, x: Any) -> Any:
    """The logistic function, 1/2 + tanh(x/2)/2."""
    half = _every(0.5)
    return fma_of(b, tanh_of(b, b.fmul(x, half)), half, half)


def exp_of(b: Any, x: Any) -> Any:
    """exp by 2^k p(r), x = k ln 2 + r; from exp(-87) to exp(88)."""
    x = _clamp(b, x, -87.0, 88.0)
    rounder = _every(12582912.0)  # 1.5 * 2^23: adding it rounds to a whole number
    shifted = fma_of(b, x, _every(LOG2_E), rounder)
    k = b.fsub(shifted, rounder)
    r = fma_of(b, k, _every(-LN2_LOW), fma_of(b, k, _every(-LN2_HIGH), x))
    power = b.shl(b.bitcast(shifted, WORDS), ir.Constant(WORDS, [23] * LANES))
    return b.bitcast(b.add(b.bitcast(_polynomial(b, r, EXP), WORDS), power), VECTOR)


def quotient_of(b: Any, x: Any, y: Any) -> Any:
    """x / y to some units in the last place, y in the middle of float32's range.

    AVX-512 has a reciprocal to 14 bits; what it leaves of x makes the quotient exact. It takes a third of the time.
    """
    if not BF16:
        return b.fdiv(x, y)
    kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR, INT16])
    reciprocal = cgutils.get_or_insert_function(b.module, kind, "llvm.x86.avx512.rcp14.ps.512")
    r = b.call(reciprocal, [y, _every(0.0), ir.Constant(INT16, -1)])
    near = b.fmul(x, r)
    return fma_of(b, fma_of(b, b.fneg(near), y, x), r, near)


def _short_quotient(b: Any, x: Any, bound: float, p: tuple[float, ...], q: tuple[float, ...]) -> Any:
    """x P(x^2) / Q(x^2), within the bound; the highest power of Q has no factor."""
    x = _clamp(b, x, -bound, bound)
    square = b.fmul(x, x)
    below = b.fadd(square, _every(q[0]))
    for k in q[1:]:
        below = fma_of(b, below, square, _every(k))
    return quotient_of(b, b.fmul(x, _polynomial(b, square, p)), below)


def short_tanh_of(b: Any, x: Any) -> Any:
    """tanh with a relative error below 1e-5."""
    return _short_quotient(b, x, SHORT_BOUND, SHORT_TANH_P, SHORT_TANH_Q)


def short_sigmoid_of(b: Any, x: Any) -> Any:
    """The logistic function with an error below 5e-6, never quite 0 or 1."""
    return b.fadd(_short_quotient(b, x, 2.0 * SHORT_BOUND, SHORT_SIGMOID_P, SHORT_SIGMOID_Q), _every(0.5))
