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

from lstmgen.kernels.bfloat import add_pairs
from lstmgen.kernels.lanes import LANES, NARROW_TILES, TILE_ROWS, VECTORS
from lstmgen.kernels.llvm import (
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


def _add_product(b: Any, total: Any, left: Any, right: Any) -> Any:
    """total + left right."""
    return fma_of(b, left, right, total)


def _make_tile(rows: int, vectors: int) -> Any:
    """C[r, j] += sum over blocks and k of A[r, k] B[k, j], with all rows * vectors accumulators in registers.

    Where A and B are uint16 they hold bfloat16 numbers, those of k and k + 1 side by side, k and K even.
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
                    kind, add = (WORDS, add_pairs) if in_pairs else (VECTOR, _add_product)
                    right = [load_at(b, B, b.add(b_here, number(step * v * LANES)), kind) for v in range(vectors)]
                    for r in range(rows):
                        left_at = b.gep(A, [b.add(row_at[r], a_here)])
                        if in_pairs:
                            left_at = b.bitcast(left_at, INT32.as_pointer())
                        left = broadcast_of(b, b.load(left_at, align=2 if in_pairs else 4))
                        for v in range(vectors):
                            b.store(add(b, b.load(sums[r][v]), left, right[v]), sums[r][v])
            for r in range(rows):
                for v in range(vectors):
                    store_at(b, b.load(sums[r][v]), C, place[r][v])
            return context.get_dummy_value()

        return types.void(A, INTP, INTP, INTP, INTP, B, INTP, INTP, INTP, C, INTP, INTP, INTP, INTP), codegen

    return tile


_SHAPES = [(rows, VECTORS) for rows in range(1, TILE_ROWS + 1)] + [(rows, 1) for rows in NARROW_TILES]
TILES = {(rows, vectors): _make_tile(rows, vectors) for rows, vectors in _SHAPES}
