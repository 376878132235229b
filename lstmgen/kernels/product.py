"""C += A B on register tiles: the one product that forward, backward and weight gradients come down to.

All arrays are flat float32 and are addressed by offsets and strides, so that one compiled kernel serves every shape:

    C[c0 + r c_row + j] += sum over q < blocks, k < K: A[a0 + r a_row + k a_k + q a_block] B[b0 + k b_k + q b_block + j]

for r < rows and j < vectors * LANES. B is packed in panels of NR columns. A row's sums run in the order of k whatever
tile it falls into, so the result does not depend on how rows are split among threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.elementwise import set_zero
from lstmgen.kernels.lanes import LANES, NARROW_TILES, NR, TILE_ROWS, VECTORS
from lstmgen.kernels.pack import pair_rows
from lstmgen.kernels.vector import TILES, WIDTH, load_vector, store_vector

SUMMED = 512  # positions of a weight gradient summed in one go: their panel of Z stays in the cache
_DEEP = 64  # rows of a panel of B, 16 KB: they stay in the nearest cache while all tiles of a product use them
_NEAR = (
    32  # squares of NR x NR weights that stay in the cache, 512 KB, while all steps' input gradients take their part
)

_tile1, _tile2 = TILES[1, VECTORS], TILES[2, VECTORS]
_tile3, _tile4, _tile5 = (TILES[min(rows, TILE_ROWS), VECTORS] for rows in (3, 4, 5))
_tile_many = TILES[TILE_ROWS, VECTORS]
_tall, _middle, _low = (TILES[rows, 1] for rows in NARROW_TILES)
_TALL, _MIDDLE, _ = NARROW_TILES


@inner
def _tiles(
    A: Any, a0: int, a_row: int, a_k: int, a_block: int, B: Any, b0: int, b_k: int, b_block: int,
    C: Any, c0: int, c_row: int, K: int, blocks: int, rows: int,
) -> None:  # fmt: skip
    """All rows in tiles of nearly one height, since a low one leaves the CPU waiting."""
    tiles = (rows + TILE_ROWS - 1) // TILE_ROWS
    while rows > 0:
        height = (rows + tiles - 1) // tiles
        if height == TILE_ROWS:
            _tile_many(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks)
        elif height == 1:
            _tile1(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks)
        elif TILE_ROWS > 2:
            if height == 2:
                _tile2(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks)
            elif height == 3:
                _tile3(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks)
            elif height == 4:
                _tile4(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks)
            elif height == 5:
                _tile5(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks)
        a0, c0, rows, tiles = a0 + height * a_row, c0 + height * c_row, rows - height, tiles - 1


@inner
def product(
    A: Any, a0: int, a_row: int, a_k: int, a_block: int, B: Any, b0: int, b_k: int, b_block: int,
    C: Any, c0: int, c_row: int, K: int, blocks: int, rows: int,
) -> None:  # fmt: skip
    """One whole panel, four vectors wide. Where there is more than one tile, all take their turn at a part of B that
    stays in the nearest cache, then at the next: reading all of B from farther away for each would set the pace."""
    deep, many = max(1, K), max(1, blocks)
    if rows > TILE_ROWS:
        near = _DEEP * (4 // B.itemsize)
        deep, many = min(K, near), max(1, near // K)
    for q in range(0, blocks, many):
        for k in range(0, K, deep):
            _tiles(A, a0 + q * a_block + k * a_k, a_row, a_k, a_block, B, b0 + q * b_block + k * b_k, b_k, b_block,
                   C, c0, c_row, min(deep, K - k), min(many, blocks - q), rows)  # fmt: skip


@inner
def _narrow_product(
    A: Any, a0: int, a_row: int, a_k: int, a_block: int, B: Any, b0: int, b_k: int, b_block: int,
    C: Any, c0: int, c_row: int, K: int, blocks: int, rows: int, vectors: int,
) -> None:  # fmt: skip
    """The first vectors of a panel, one after the other."""
    beside = LANES * (4 // B.itemsize)  # two bfloat16 numbers stand in a float32's place
    for v in range(vectors):
        a, b, c, left = a0, b0 + v * beside, c0 + v * LANES, rows
        while left >= _TALL:
            _tall(A, a, a_row, a_k, a_block, B, b, b_k, b_block, C, c, c_row, K, blocks)
            a, c, left = a + _TALL * a_row, c + _TALL * c_row, left - _TALL
        while left >= _MIDDLE:
            _middle(A, a, a_row, a_k, a_block, B, b, b_k, b_block, C, c, c_row, K, blocks)
            a, c, left = a + _MIDDLE * a_row, c + _MIDDLE * c_row, left - _MIDDLE
        while left > 0:
            _low(A, a, a_row, a_k, a_block, B, b, b_k, b_block, C, c, c_row, K, blocks)
            a, c, left = a + a_row, c + c_row, left - 1


@inner
def edge_product(
    A: Any, a0: int, a_row: int, a_k: int, a_block: int, B: Any, b0: int, b_k: int, b_block: int,
    C: Any, c0: int, c_row: int, K: int, blocks: int, rows: int, vectors: int,
) -> None:  # fmt: skip
    """A panel that may be the last of a matrix whose width is no multiple of four vectors: `vectors` <= 4 of them."""
    if vectors == VECTORS:
        product(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks, rows)
    else:
        _narrow_product(A, a0, a_row, a_k, a_block, B, b0, b_k, b_block, C, c0, c_row, K, blocks, rows, vectors)


@inner
def _take_bias(bias: Any, b0: int, Z: Any, z: int, rows: int) -> None:
    """Z (rows, NR) = the bias's NR numbers in every row."""
    for r in range(rows):
        for j in range(0, NR, WIDTH):
            store_vector(Z, z + r * NR + j, load_vector(bias, b0 + j))


@inner
def full_product(A: Any, a0: int, Dp: int, W: Any, w0: int, bias: Any, b0: int, Z: Any, z0: int, P: int, T: int, B: int,
                 t0: int, t1: int, r0: int, r1: int) -> None:  # fmt: skip
    """Z (P, T, B, NR) = A (T, B, Dp) W (P, Dp, NR) + bias (P, NR), steps t0 to t1 of rows r0 to r1, all panels whole.

    The bias is put where a part of Z is about to be summed, so that it is still near.
    """
    steps, rows = t1 - t0, r1 - r0
    if rows == B:  # whole steps lie one behind the other
        steps, rows = 1, rows * steps
    for p in range(P):
        for t in range(t0, t0 + steps):
            n = t * B + r0
            z = z0 + (p * T * B + n) * NR
            _take_bias(bias, b0 + p * NR, Z, z, rows)
            product(A, a0 + n * Dp, Dp, 1, 0, W, w0 + p * Dp * NR, NR, 0, Z, z, NR, Dp, 1, rows)


@inner
def window_product(A: Any, a0: int, Dp: int, W: Any, w0: int, bias: Any, b0: int, Z: Any, z0: int, P: int, last: int,
                   T: int, B: int, t0: int, t1: int, r0: int, r1: int) -> None:  # fmt: skip
    """The same where the last panel has `last` vectors."""
    if last == VECTORS:
        full_product(A, a0, Dp, W, w0, bias, b0, Z, z0, P, T, B, t0, t1, r0, r1)
        return
    full_product(A, a0, Dp, W, w0, bias, b0, Z, z0, P - 1, T, B, t0, t1, r0, r1)
    for t in range(t0, t1):
        n = t * B + r0
        w, z = w0 + (P - 1) * Dp * NR, z0 + ((P - 1) * T * B + n) * NR
        _take_bias(bias, b0 + (P - 1) * NR, Z, z, r1 - r0)
        _narrow_product(A, a0 + n * Dp, Dp, 1, 0, W, w, NR, 0, Z, z, NR, Dp, 1, r1 - r0, last)


@inner
def window_product_back(Z: Any, z0: int, P: int, last: int, WT: Any, w0: int, D: Any, d0: int, Dp: int, T: int, B: int,
                        t0: int, t1: int, r0: int, r1: int) -> None:  # fmt: skip
    """D (T, B, Dp) += Z (P, T, B, NR) WT (Q, P NR, NR), the gradient of a product's input; of Z's last panel `last`
    vectors count. Some panels at a time: their part of WT stays in the cache for all steps, and Z is read once."""
    steps, rows = t1 - t0, r1 - r0
    if rows == B:
        steps, rows = 1, rows * steps
    panels = max(1, _NEAR * NR // Dp)
    for p in range(0, P, panels):
        count = min(panels, P - p)
        whole = count if p + count < P or last == VECTORS else count - 1
        for t in range(t0, t0 + steps):
            n = t * B + r0
            z = z0 + (p * T * B + n) * NR
            for q in range(0, Dp, NR):
                w, d, vectors = w0 + (q * P + p * NR) * NR, d0 + n * Dp + q, min(VECTORS, (Dp - q) // LANES)
                edge_product(Z, z, NR, 1, T * B * NR, WT, w, NR, NR * NR, D, d, Dp, NR, whole, rows, vectors)
                if whole < count:
                    edge_product(Z, z + whole * T * B * NR, NR, 1, 0, WT, w + whole * NR * NR, NR, 0, D, d, Dp,
                                 last * LANES, 1, rows, vectors)  # fmt: skip


@jit
def table_product(A: Any, Dp: int, W: Any, table: Any, P: int, r0: int, r1: int) -> None:
    """Rows r0 to r1 of the table (n, P NR) += A (n, Dp) W (P, Dp, NR)."""
    for p in range(P):
        product(A, r0 * Dp, Dp, 1, 0, W, p * Dp * NR, NR, 0, table, (r0 * P + p) * NR, P * NR, Dp, 1, r1 - r0)


@inner
def table_product_back(table: Any, P: int, WT: Any, D: Any, Dp: int, r0: int, r1: int) -> None:
    """Rows r0 to r1 of D (n, Dp) += table (n, P NR) WT (Q, P NR, NR)."""
    for q in range(0, Dp, NR):
        edge_product(table, r0 * P * NR, P * NR, 1, NR, WT, q * P * NR, NR, NR * NR, D, r0 * Dp + q, Dp, NR, P, r1 - r0,
                     min(VECTORS, (Dp - q) // LANES))  # fmt: skip


@inner
def weight_product(A: Any, a0: int, Dp: int, Z: Any, z0: int, z_row: int, vectors: int, out: Any, o0: int,
                   N: int, pairs: Any) -> None:  # fmt: skip
    """out (Dp, NR) = A (N, Dp) transposed times one panel of Z (N, NR), rows of Z z_row apart: a weight gradient.

    Of the panel `vectors` vectors count; the others of `out` are zero. Where A is bfloat16, two of its rows stand side
    by side, and Z's are put so, rounded, into `pairs` (SUMMED, NR) on the way.
    """
    set_zero(out, o0, o0 + Dp * NR)
    for n in range(0, N, SUMMED):
        _add_weights(A, a0 + n * Dp, Dp, Z, z0 + n * z_row, z_row, vectors, out, o0, min(SUMMED, N - n), pairs)


def _add_weights(A: Any, a0: int, Dp: int, Z: Any, z0: int, z_row: int, vectors: int, out: Any, o0: int, N: int,
                 pairs: Any) -> None:  # fmt: skip
    """The part of N <= SUMMED positions."""
    add = _add_in_pairs if A.dtype == np.uint16 else _add_singly
    add(A, a0, Dp, Z, z0, z_row, vectors, out, o0, N, pairs)  # type: ignore[no-untyped-call]


def _add_in_pairs(A, a0, Dp, Z, z0, z_row, vectors, out, o0, N, pairs):  # type: ignore[no-untyped-def]
    pair_rows(Z, z0, z_row, NR, pairs, 0, N, 0, N)
    edge_product(A, a0, 2, Dp, 0, pairs, 0, NR, 0, out, o0, NR, N + N % 2, 1, Dp, vectors)


def _add_singly(A, a0, Dp, Z, z0, z_row, vectors, out, o0, N, pairs):  # type: ignore[no-untyped-def]
    edge_product(A, a0, 1, Dp, 0, Z, z0, z_row, 0, out, o0, NR, N, 1, Dp, vectors)


@overload(_add_weights)
def _add_weights_of(A, a0, Dp, Z, z0, z_row, vectors, out, o0, N, pairs):  # type: ignore[no-untyped-def]
    return _add_in_pairs if A.dtype == types.uint16 else _add_singly
