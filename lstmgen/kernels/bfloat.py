"""bfloat16, the upper half of a float32, in emitted code: rounding, widening, and products of pairs.

Two numbers that stand side by side make a word of 32 bits, the first in its lower half. With AVX512_BF16 all of it is
one instruction each, which takes numbers below 2^-126 for zero; without, it is done with whole numbers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from lstmgen.kernels.lanes import BF16, LANES
from lstmgen.kernels.llvm import HALVES, VECTOR, WORDS, fma_of


class _BFloat(ir.Type):  # type: ignore[misc]
    """LLVM's bfloat, which llvmlite does not name."""

    def _to_string(self) -> str:
        return "bfloat"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _BFloat)

    def __hash__(self) -> int:
        return hash(_BFloat)


_NUMBERS, _PAIRS = ir.VectorType(_BFloat(), LANES), ir.VectorType(_BFloat(), 2 * LANES)


def _every(word: int) -> ir.Constant:
    return ir.Constant(WORDS, [word] * LANES)


def rounded_of(b: Any, vector: Any) -> Any:
    """A vector's numbers as bfloat16, in 16 bits each; to even on ties; what is no number stays none."""
    if BF16:
        kind = ir.FunctionType(_NUMBERS, [VECTOR])
        convert = cgutils.get_or_insert_function(b.module, kind, f"llvm.x86.avx512bf16.cvtneps2bf16.{32 * LANES}")
        return b.bitcast(b.call(convert, [vector]), HALVES)
    bits = b.bitcast(vector, WORDS)
    odd = b.and_(b.lshr(bits, _every(16)), _every(1))
    nearest = b.add(b.add(bits, _every(0x7FFF)), odd)
    found = b.select(b.fcmp_unordered("uno", vector, vector), b.or_(bits, _every(0x400000)), nearest)
    return b.trunc(b.lshr(found, _every(16)), HALVES)


def widened_of(b: Any, halves: Any) -> Any:
    """bfloat16 numbers as float32."""
    return b.bitcast(b.shl(b.zext(halves, WORDS), _every(16)), VECTOR)


def pairs_of(b: Any, low: Any, high: Any) -> Any:
    """Two vectors rounded and put side by side, number by number."""
    return joined_of(b, rounded_of(b, low), rounded_of(b, high))


def joined_of(b: Any, low: Any, high: Any) -> Any:
    """bfloat16 numbers of two vectors side by side."""
    return b.or_(b.zext(low, WORDS), b.shl(b.zext(high, WORDS), _every(16)))


def add_pairs(b: Any, total: Any, left: Any, right: Any) -> Any:
    """total + left[1] right[1] + left[0] right[0] in every word of pairs, summed in float32."""
    if BF16:
        kind = ir.FunctionType(VECTOR, [VECTOR, _PAIRS, _PAIRS])
        dot = cgutils.get_or_insert_function(b.module, kind, f"llvm.x86.avx512bf16.dpbf16ps.{32 * LANES}")
        return b.call(dot, [total, b.bitcast(left, _PAIRS), b.bitcast(right, _PAIRS)])
    upper = [b.bitcast(b.and_(words, _every(0xFFFF0000)), VECTOR) for words in (left, right)]
    lower = [b.bitcast(b.shl(words, _every(16)), VECTOR) for words in (left, right)]
    return fma_of(b, lower[0], lower[1], fma_of(b, upper[0], upper[1], total))
