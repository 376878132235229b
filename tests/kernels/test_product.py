"""The tile's product against numpy, over every number of rows and vectors; it does not depend on how rows are split."""

import numpy as np
import pytest

from lstmgen.kernels.lanes import LANES, NR, TILE_ROWS, VECTORS
from lstmgen.kernels.pack import pair_rows
from lstmgen.kernels.product import SUMMED, table_product
from tests.kernels.opened import (
    edge_product,
    product,
    table_product_back,
    weight_product,
    window_product,
    window_product_back,
)
from tests.naive.rounded import bfloat16


def _some(rng, *shape):
    return rng.standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("rows", [*range(1, 2 * TILE_ROWS + 2), 25])
@pytest.mark.parametrize("vectors", range(1, VECTORS + 1))
def test_any_rows_and_vectors(rows, vectors):
    rng = np.random.default_rng(rows * 10 + vectors)
    K, blocks, width = 13, 2, vectors * LANES
    A, B, start = _some(rng, blocks, rows, K), _some(rng, blocks, K, NR), _some(rng, rows, NR)
    C = start.copy()
    edge_product(
        A.reshape(-1), 0, K, 1, rows * K, B.reshape(-1), 0, NR, K * NR, C.reshape(-1), 0, NR, K, blocks, rows, vectors
    )
    right = start + np.einsum("brk,bkn->rn", A.astype(float), B.astype(float))
    assert np.abs(C[:, :width] - right[:, :width]).max() < 1e-5
    assert (C[:, width:] == start[:, width:]).all()


def test_a_row_is_the_same_number_in_every_tile():
    rng = np.random.default_rng(0)
    K, rows = 57, 3 * TILE_ROWS + 1
    A, B = _some(rng, rows, K), _some(rng, K, NR)
    together, alone = np.zeros((rows, NR), np.float32), np.zeros((rows, NR), np.float32)
    product(A.reshape(-1), 0, K, 1, 0, B.reshape(-1), 0, NR, 0, together.reshape(-1), 0, NR, K, 1, rows)
    for r in range(rows):
        product(A.reshape(-1), r * K, K, 1, 0, B.reshape(-1), 0, NR, 0, alone.reshape(-1), r * NR, NR, K, 1, 1)
    assert (together == alone).all()


@pytest.mark.parametrize(("r0", "r1"), [(0, 5), (0, 2), (2, 5)])
@pytest.mark.parametrize("last", range(1, VECTORS + 1))
def test_window_products_there_and_back(r0, r1, last):
    rng = np.random.default_rng(3)
    P, T, B, D = 3, 4, 5, 2 * LANES
    A, W = _some(rng, T, B, D), _some(rng, P, D, NR)
    Z, bias = np.full((P, T, B, NR), 7, np.float32), _some(rng, P, NR)
    window_product(
        A.reshape(-1), 0, D, W.reshape(-1), 0, bias.reshape(-1), 0, Z.reshape(-1), 0, P, last, T, B, 1, 3, r0, r1
    )
    right = np.full((P, T, B, NR), 7.0)
    right[:, 1:3, r0:r1] = (np.einsum("tbd,pdn->ptbn", A.astype(float), W.astype(float)) + bias[:, None, None])[
        :, 1:3, r0:r1
    ]
    used = np.ones((P, NR), bool)
    used[-1, last * LANES :] = False  # of the last panel's other vectors nothing is promised
    assert np.abs(Z - right)[used[:, None, None] & np.ones((P, T, B, NR), bool)].max() < 1e-5

    WT = np.zeros((1, P * NR, NR), np.float32)
    WT[0, :, :D] = W.transpose(0, 2, 1).reshape(P * NR, D)
    dA, dZ = np.zeros((T, B, D), np.float32), _some(rng, P, T, B, NR)
    window_product_back(dZ.reshape(-1), 0, P, last, WT.reshape(-1), 0, dA.reshape(-1), 0, D, T, B, 1, 3, r0, r1)
    dZ[-1, :, :, last * LANES :] = 0
    right = np.zeros((T, B, D))
    right[1:3, r0:r1] = np.einsum("ptbn,pdn->tbd", dZ.astype(float), W.astype(float))[1:3, r0:r1]
    assert np.abs(dA - right).max() < 5e-5


@pytest.mark.parametrize(("n", "r0", "r1"), [(9, 0, 9), (9, 2, 7), (1, 0, 1)])
def test_table_products_there_and_back(n, r0, r1):
    rng = np.random.default_rng(4)
    P, D = 3, 5 * LANES
    A, W, table = _some(rng, n, D), _some(rng, P, D, NR), _some(rng, n, P, NR)
    right = table.astype(float)
    right[r0:r1] += np.einsum("nd,pdk->npk", A.astype(float), W.astype(float))[r0:r1]
    table_product(A.reshape(-1), D, W.reshape(-1), table.reshape(-1), P, r0, r1)
    assert np.abs(table - right).max() < 1e-4

    Q = -(-D // NR)
    WT = np.zeros((Q, P * NR, NR), np.float32)
    for d in range(D):
        WT[d // NR, :, d % NR] = W[:, d].reshape(-1)
    dA = np.zeros((n, D), np.float32)
    table_product_back(table.reshape(-1), P, WT.reshape(-1), dA.reshape(-1), D, r0, r1)
    right = np.zeros((n, D))
    right[r0:r1] = np.einsum("npk,pdk->nd", table.astype(float), W.astype(float))[r0:r1]
    assert np.abs(dA - right).max() < 1e-4 * np.abs(right).max()


@pytest.mark.parametrize("N", [1, 7, 511, 512, 1100])
@pytest.mark.parametrize("vectors", [1, 3, VECTORS])
def test_weight_product_over_all_positions(N, vectors):
    rng = np.random.default_rng(N)
    D = 3 * LANES
    A, Z, found = _some(rng, N, D), _some(rng, N, NR), np.full(D * NR, 7, np.float32)
    weight_product(A.reshape(-1), 0, D, Z.reshape(-1), 0, NR, vectors, found, 0, N, np.zeros(0, np.float32))
    right = A.T.astype(float) @ Z
    right[:, vectors * LANES :] = 0
    assert np.abs(found.reshape(D, NR) - right).max() < 1e-4 * np.sqrt(N)


@pytest.mark.parametrize("N", [1, 7, 511, 512, 1101])
@pytest.mark.parametrize("vectors", [1, 3, VECTORS])
def test_weight_product_in_bf16(N, vectors):
    rng = np.random.default_rng(N)
    D = 3 * LANES
    A, Z, found = _some(rng, N, D), _some(rng, N, NR), np.full(D * NR, 7, np.float32)
    pairs, scratch = np.full((N + 1) * D, 9, np.uint16), np.full(SUMMED * NR, 9, np.uint16)
    pair_rows(A.reshape(-1), 0, D, D, pairs, 0, N, 0, N)
    weight_product(pairs, 0, D, Z.reshape(-1), 0, NR, vectors, found, 0, N, scratch)
    right = bfloat16(A).T @ bfloat16(Z)
    right[:, vectors * LANES :] = 0
    assert np.abs(found.reshape(D, NR) - right).max() < 1e-5 * np.sqrt(N)
