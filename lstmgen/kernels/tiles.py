"""The register-tiled product that every heavy loop of this program comes down to, as LLVM code.

Numba's own loops cannot keep an array of accumulators in registers; a tile can. `tiles_fallback.py` has the same tiles
without any emitted code.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lstmgen.kernels.lanes import LANES, NARROW_TILE_ROWS, TILE_ROWS, VECTORS
from lstmgen.kernels.simd import INDEX, INT32, INTP, SCALAR, VECTOR, broadcast_of, data_of, fma_of, load_at, store_at


class _BFloat(ir.Type):  # type: ignore[misc]
    """LLVM's bfloat, which llvmlite does not name: the upper half of a float32."""

    def _to_string(self) -> str:
        return "bfloat"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _BFloat)

    def __hash__(self) -> int:
        return hash(_BFloat)


_PAIRS = ir.VectorType(_BFloat(), 2 * LANES)


def _pair(b: Any, first: Any, second: Any) -> Any:
    """Two float32 numbers rounded to bfloat16, to even on ties, in every lane."""
    halves = []
    for number in (first, second):
        bits = b.bitcast(number, INT32)
        odd = b.and_(b.lshr(bits, ir.Constant(INT32, 16)), ir.Constant(INT32, 1))
        halves.append(b.add(b.add(bits, ir.Constant(INT32, 0x7FFF)), odd))
    low, high = b.lshr(halves[0], ir.Constant(INT32, 16)), b.and_(halves[1], ir.Constant(INT32, 0xFFFF0000))
    return b.bitcast(broadcast_of(b, b.bitcast(b.or_(low, high), SCALAR)), _PAIRS)


def _add_pairs(b: Any, total: Any, left: Any, right: Any) -> Any:
    """total + left[0] right[0] + left[1] right[1] in every lane, of bfloat16 pairs, summed in float32."""
    kind = ir.FunctionType(VECTOR, [VECTOR, _PAIRS, _PAIRS])
    name = f"llvm.x86.avx512bf16.dpbf16ps.{32 * LANES}"
    return b.call(cgutils.get_or_insert_function(b.module, kind, name), [total, left, right])


def _make_tile(rows: int, vectors: int) -> Any:
    """C[r, j] += sum over blocks and k of A[r, k] B[k, j], with all rows * vectors accumulators in registers.

    Where B is uint16 it holds bfloat16 numbers, those of k and k + 1 side by side (see pack.as_bf16), and K is even.
    """

    @intrinsic
    def tile(typingctx, A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks):  # type: ignore[no-untyped-def]
        def codegen(context: Any, b: Any, sig: Any, args: Any) -> Any:
            A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks = args
            A, B, C = (data_of(context, b, sig.args[i], array) for i, array in ((0, A), (5, B), (9, C)))
            in_pairs = sig.args[5].dtype == types.uint16
            number = lambda n: ir.Constant(INDEX, n)  # noqa: E731
            place = [
                [b.add(c0, b.add(b.mul(c_row, number(r)), number(v * LANES))) for v in range(vectors)]
                for r in range(rows)
            ]
            sums = [[cgutils.alloca_once(b, VECTOR) for _ in range(vectors)] for _ in range(rows)]
            for r in range(rows):
                for v in range(vectors):
                    b.store(load_at(b, C, place[r][v]), sums[r][v])
            row_at = [b.add(a0, b.mul(a_row, number(r))) for r in range(rows)]
            with cgutils.for_range(b, blocks) as block:
                a_at, b_at = b.mul(block.index, a_block), b.add(b0, b.mul(block.index, b_block))
                step = 2 if in_pairs else 1
                with cgutils.for_range(b, b.udiv(K, number(step))) as loop:
                    k = b.mul(loop.index, number(step))
                    a_here, b_here = b.add(a_at, b.mul(k, a_k)), b.add(b_at, b.mul(k, b_k))
                    right = [load_at(b, B, b.add(b_here, number(step * v * LANES))) for v in range(vectors)]
                    for r in range(rows):
                        left = b.load(b.gep(A, [b.add(row_at[r], a_here)]), align=4)
                        if in_pairs:
                            beside = b.add(row_at[r], b.add(a_here, a_k))
                            left = _pair(b, left, b.load(b.gep(A, [beside]), align=4))
                        else:
                            left = broadcast_of(b, left)
                        for v in range(vectors):
                            if in_pairs:
                                total = _add_pairs(b, b.load(sums[r][v]), left, b.bitcast(right[v], _PAIRS))
                            else:
                                total = fma_of(b, left, right[v], b.load(sums[r][v]))
                            b.store(total, sums[r][v])
            for r in range(rows):
                for v in range(vectors):
                    store_at(b, b.load(sums[r][v]), C, place[r][v])
            return context.get_dummy_value()

        return types.void(A, INTP, INTP, INTP, INTP, B, INTP, INTP, INTP, C, INTP, INTP, INTP, INTP), codegen

    return tile


_SHAPES = [(rows, VECTORS) for rows in range(1, TILE_ROWS + 1)] + [(1, 1), (NARROW_TILE_ROWS, 1)]
TILES = {(rows, vectors): _make_tile(rows, vectors) for rows, vectors in _SHAPES}
