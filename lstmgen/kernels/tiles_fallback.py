"""The tiles of `tiles.py` without any emitted code, as `simd_fallback.py` has the vector operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import config, njit

from lstmgen.kernels.bfloat_numbers import number_at
from lstmgen.kernels.compile import named_apart
from lstmgen.kernels.lanes import LANES, NARROW_TILES, TILE_ROWS, VECTORS


def _make_tile(rows: int, vectors: int) -> Any:
    columns = vectors * LANES

    @njit(error_model="numpy", fastmath={"contract", "nsz"})
    @named_apart(f"{rows} x {vectors}")
    def tile(
        A: Any, a0: Any, a_row: Any, a_k: Any, a_block: Any, B: Any, b0: Any, b_k: Any, b_block: Any,
        C: Any, c0: Any, c_row: Any, K: Any, blocks: Any,
    ) -> None:  # fmt: skip
        step = 4 // B.itemsize  # bfloat16 numbers come in pairs, the second first
        for block in range(blocks):
            for k in range(0, K, step):
                for second in range(step - 1, -1, -1):
                    b = b0 + block * b_block + k * b_k + second
                    for r in range(rows):
                        left, c = number_at(A, a0 + r * a_row + block * a_block + k * a_k + second), c0 + r * c_row
                        sums = C[c : c + columns]
                        for j in range(columns):
                            sums[j] += left * number_at(B, b + step * j)

    return tile


def _make_python_tile(rows: int, vectors: int) -> Any:
    """The same sums in the same order, a row of the tile at a time: sixty times as fast where nothing is compiled."""
    columns = vectors * LANES

    def tile(
        A: Any, a0: Any, a_row: Any, a_k: Any, a_block: Any, B: Any, b0: Any, b_k: Any, b_block: Any,
        C: Any, c0: Any, c_row: Any, K: Any, blocks: Any,
    ) -> None:  # fmt: skip
        step = 4 // B.itemsize
        for block in range(blocks):
            for k in range(0, K, step):
                for second in range(step - 1, -1, -1):
                    b = b0 + block * b_block + k * b_k + second
                    right = _row_of(B[b : b + step * columns : step])
                    for r in range(rows):
                        left, c = number_at(A, a0 + r * a_row + block * a_block + k * a_k + second), c0 + r * c_row
                        C[c : c + columns] += left * right

    return tile


def _row_of(numbers: Any) -> Any:
    """A row of an array as float32."""
    return (numbers.astype(np.uint32) << 16).view(np.float32) if numbers.dtype == np.uint16 else numbers


_SHAPES = [(rows, VECTORS) for rows in range(1, TILE_ROWS + 1)] + [(rows, 1) for rows in NARROW_TILES]
_make = _make_python_tile if config.DISABLE_JIT else _make_tile
TILES = {(rows, vectors): _make(rows, vectors) for rows, vectors in _SHAPES}
