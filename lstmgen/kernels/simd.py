"""The emitted SIMD operations: a vector type for Numba and what can be done with it, as LLVM code.

A `vector` holds LANES float32 numbers. Kernels use it like a number: `f * c + i * g`, `tanh(v)`; `load_vector` gives
one from an array. `tiles.py` makes the products of it; `simd_fallback.py` has the same without any emitted code.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from lstmgen.kernels.bfloat import pairs_of, rounded_of, widened_of
from lstmgen.kernels.lanes import LANES
from lstmgen.kernels.llvm import (
    HALVES,
    INDEX,
    INT32,
    INTP,
    VECTOR,
    WORDS,
    broadcast_of,
    data_of,
    fma_of,
    load_at,
    store_at,
)
from lstmgen.kernels.polynomials import EXP, LN2_HIGH, LN2_LOW, LOG2_E, TANH_BOUND, TANH_P, TANH_Q

WIDTH = LANES


class VectorType(types.Type):  # type: ignore[misc]
    """LANES float32 numbers in one register."""

    def __init__(self) -> None:
        super().__init__(name=f"vector{LANES}")


_vector = VectorType()


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    """A vector is itself in LLVM."""

    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, VECTOR)


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


def _tanh_of(b: Any, x: Any) -> Any:
    """tanh by a rational function, x P(x^2) / Q(x^2); relative error below 4e-7."""
    x = _clamp(b, x, -TANH_BOUND, TANH_BOUND)
    square = b.fmul(x, x)
    return b.fdiv(b.fmul(x, _polynomial(b, square, TANH_P)), _polynomial(b, square, TANH_Q))


def _sigmoid_of(b: Any, x: Any) -> Any:
    """The logistic function, 1/2 + tanh(x/2)/2."""
    half = _every(0.5)
    return fma_of(b, _tanh_of(b, b.fmul(x, half)), half, half)


def _exp_of(b: Any, x: Any) -> Any:
    """exp by 2^k p(r), x = k ln 2 + r; from exp(-87) to exp(88)."""
    x = _clamp(b, x, -87.0, 88.0)
    rounder = _every(12582912.0)  # 1.5 * 2^23: adding it rounds to a whole number
    shifted = fma_of(b, x, _every(LOG2_E), rounder)
    k = b.fsub(shifted, rounder)
    r = fma_of(b, k, _every(-LN2_LOW), fma_of(b, k, _every(-LN2_HIGH), x))
    power = b.shl(b.bitcast(shifted, WORDS), ir.Constant(WORDS, [23] * LANES))
    return b.bitcast(b.add(b.bitcast(_polynomial(b, r, EXP), WORDS), power), VECTOR)


def _root_of(b: Any, x: Any) -> Any:
    """The square root, correctly rounded."""
    kind = ir.FunctionType(VECTOR, [VECTOR])
    return b.call(cgutils.get_or_insert_function(b.module, kind, f"llvm.sqrt.v{LANES}f32"), [x])


def _maximum_of(b: Any, x: Any, y: Any) -> Any:
    """The larger of two; where either is NaN, y."""
    return b.select(b.fcmp_ordered(">", x, y), x, y)


def _operation(name: str, arity: int, emit: Callable[..., Any], doc: str) -> Any:
    """A function of `arity` vectors that kernels can call."""
    if arity == 2:

        def binary(typingctx, x, y):  # type: ignore[no-untyped-def]
            return _vector(_vector, _vector), lambda context, builder, sig, args: emit(builder, *args)

        binary.__name__, binary.__doc__ = name, doc
        return intrinsic(binary)
    if arity == 1:

        def unary(typingctx, x):  # type: ignore[no-untyped-def]
            return _vector(_vector), lambda context, builder, sig, args: emit(builder, *args)

        unary.__name__, unary.__doc__ = name, doc
        return intrinsic(unary)

    def ternary(typingctx, x, y, z):  # type: ignore[no-untyped-def]
        return _vector(_vector, _vector, _vector), lambda context, builder, sig, args: emit(builder, *args)

    ternary.__name__, ternary.__doc__ = name, doc
    return intrinsic(ternary)


tanh = _operation("tanh", 1, _tanh_of, "tanh of every number.")
sigmoid = _operation("sigmoid", 1, _sigmoid_of, "The logistic function of every number.")
exp = _operation("exp", 1, _exp_of, "exp of every number.")
root = _operation("root", 1, _root_of, "The square root of every number.")
maximum = _operation("maximum", 2, _maximum_of, "The larger of each pair.")
fma = _operation("fma", 3, fma_of, "x y + z.")


def _operator(symbol: Any, emit: str) -> None:
    @type_callable(symbol)
    def typed(context: Any) -> Any:
        return lambda x, y: _vector if x is _vector and y is _vector else None

    @lower_builtin(symbol, _vector, _vector)
    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, emit)(*args)


for _symbol, _emit in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_symbol, _emit)


def _is_bf16(kind: Any) -> bool:
    """Whether an array holds bfloat16 numbers, kept as uint16; else it is float32."""
    return bool(kind.dtype == types.uint16)


@intrinsic
def load_vector(typingctx, array, offset):  # type: ignore[no-untyped-def]
    """The LANES numbers that begin at array[offset] (array: flat float32, or bfloat16 as uint16)."""

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        data = data_of(context, b, sig.args[0], args[0])
        if _is_bf16(sig.args[0]):
            return widened_of(b, load_at(b, data, args[1], HALVES))
        return load_at(b, data, args[1])

    return _vector(array, INTP), codegen


@intrinsic
def store_vector(typingctx, array, offset, value):  # type: ignore[no-untyped-def]
    """Put the vector at array[offset]; where the array is bfloat16, rounded."""

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        value = rounded_of(b, args[2]) if _is_bf16(sig.args[0]) else args[2]
        store_at(b, value, data_of(context, b, sig.args[0], args[0]), args[1])
        return context.get_dummy_value()

    return types.void(array, INTP, _vector), codegen


@intrinsic
def store_rounded(typingctx, array, offset, value):  # type: ignore[no-untyped-def]
    """The same if the array is bfloat16. A float32 one is the very array that the value stands in already."""

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        if _is_bf16(sig.args[0]):
            store_at(b, rounded_of(b, args[2]), data_of(context, b, sig.args[0], args[0]), args[1])
        return context.get_dummy_value()

    return types.void(array, INTP, _vector), codegen


@intrinsic
def store_pairs(typingctx, array, offset, low, high):  # type: ignore[no-untyped-def]
    """Put two vectors, rounded to bfloat16, number beside number at array[offset] (flat uint16)."""

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        store_at(b, pairs_of(b, args[2], args[3]), data_of(context, b, sig.args[0], args[0]), args[1])
        return context.get_dummy_value()

    return types.void(array, INTP, _vector, _vector), codegen


@intrinsic
def broadcast(typingctx, number):  # type: ignore[no-untyped-def]
    """The vector of LANES times `number`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return broadcast_of(builder, args[0])

    return _vector(types.float32), codegen


@intrinsic
def total(typingctx, value):  # type: ignore[no-untyped-def]
    """Sum of the numbers of a vector, from the first to the last."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        result = builder.extract_element(args[0], ir.Constant(INT32, 0))
        for lane in range(1, LANES):
            result = builder.fadd(result, builder.extract_element(args[0], ir.Constant(INT32, lane)))
        return result

    return types.float32(_vector), codegen


@intrinsic
def largest(typingctx, value):  # type: ignore[no-untyped-def]
    """The largest number of a vector."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        result = builder.extract_element(args[0], ir.Constant(INT32, 0))
        for lane in range(1, LANES):
            one = builder.extract_element(args[0], ir.Constant(INT32, lane))
            result = builder.select(builder.fcmp_ordered(">", one, result), one, result)
        return result

    return types.float32(_vector), codegen


def _transposed(b: Any, rows: list[Any]) -> list[Any]:
    """LANES vectors as rows of a square, turned: pairs of rows swap ever larger pieces."""
    size = 1
    while size < LANES:
        low = [(LANES if lane & size else 0) + (lane & ~size) for lane in range(LANES)]
        high = [(LANES if lane & size else 0) + (lane | size) for lane in range(LANES)]
        masks = [ir.Constant(WORDS, mask) for mask in (low, high)]
        turned = list(rows)
        for i in range(LANES):
            if not i & size:
                turned[i], turned[i | size] = (b.shuffle_vector(rows[i], rows[i | size], mask) for mask in masks)
        rows, size = turned, 2 * size
    return rows


@intrinsic
def transpose(typingctx, A, a0, a_row, B, b0, b_row):  # type: ignore[no-untyped-def]
    """B[b0 + i b_row + j] = A[a0 + j a_row + i] for all i and j below LANES.

    Where B is bfloat16, rows i and i + 1 stand in pairs: B[b0 + i b_row + 2 j] and the number behind it, i even.
    """

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        A, a0, a_row, B, b0, b_row = args
        A, B = data_of(context, b, sig.args[0], A), data_of(context, b, sig.args[3], B)
        number = [ir.Constant(INDEX, k) for k in range(LANES)]
        rows = _transposed(b, [load_at(b, A, b.add(a0, b.mul(a_row, k))) for k in number])
        if _is_bf16(sig.args[3]):
            rows, number = [pairs_of(b, *rows[k : k + 2]) for k in range(0, LANES, 2)], number[::2]
        for k, row in zip(number, rows, strict=True):
            store_at(b, row, B, b.add(b0, b.mul(b_row, k)))
        return context.get_dummy_value()

    return types.void(A, INTP, INTP, B, INTP, INTP), codegen
