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
from lstmgen.kernels.elementary import exp_of, quotient_of, short_sigmoid_of, short_tanh_of, sigmoid_of, tanh_of
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
    prefetch_at,
    store_at,
)

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


tanh = _operation("tanh", 1, tanh_of, "tanh of every number.")
sigmoid = _operation("sigmoid", 1, sigmoid_of, "The logistic function of every number.")
exp = _operation("exp", 1, exp_of, "exp of every number.")
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


def _operation_for(exact: Callable[..., Any], short: Callable[..., Any]) -> Any:
    """A function of an array and a vector: the short one where the array is bfloat16."""

    def chosen(typingctx, factors, x):  # type: ignore[no-untyped-def]
        emit = short if _is_bf16(factors) else exact
        return _vector(factors, _vector), lambda context, builder, sig, args: emit(builder, args[1])

    chosen.__name__ = exact.__name__ + "_for"
    return intrinsic(chosen)


tanh_for, sigmoid_for = _operation_for(tanh_of, short_tanh_of), _operation_for(sigmoid_of, short_sigmoid_of)


@intrinsic
def tanh_within(typingctx, factors, h, o, c):  # type: ignore[no-untyped-def]
    """tanh_for(factors, c) once more where h = o times it: where the array is bfloat16, from these two."""

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        return quotient_of(b, args[1], args[2]) if _is_bf16(sig.args[0]) else tanh_of(b, args[3])

    return _vector(factors, _vector, _vector, _vector), codegen


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
def prefetch(typingctx, array, offset):  # type: ignore[no-untyped-def]
    """Have what stands around array[offset] brought nearer; nothing else happens, be there such a place or not."""

    def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
        prefetch_at(b, data_of(context, b, sig.args[0], args[0]), args[1])
        return context.get_dummy_value()

    return types.void(array, INTP), codegen


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
        result, size = args[0], LANES // 2
        while size:  # the vector beside itself, half of what is left farther on
            mask = ir.Constant(WORDS, [(lane + size) % LANES for lane in range(LANES)])
            other = builder.shuffle_vector(result, result, mask)
            result = builder.select(builder.fcmp_ordered(">", other, result), other, result)
            size //= 2
        return builder.extract_element(result, ir.Constant(INT32, 0))

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
