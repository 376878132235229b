"""Products of bfloat16 weights: rounding, the tile, and a token written, against float64 on rounded numbers."""

import numpy as np
import pytest

from lstmgen.errors import UsageError
from lstmgen.kernels.elementwise import copy_rounded
from lstmgen.kernels.lanes import BF16, LANES, NR, TILE_ROWS
from lstmgen.kernels.pack import pair_rows
from lstmgen.network.precision import check_precision
from lstmgen.settings import SamplingSettings
from tests import naive
from tests.kernels.opened import edge_product
from tests.naive.rounded import bfloat16
from tests.network.cases import Case, both

needs_bf16 = pytest.mark.skipif(not BF16, reason="this CPU has no bfloat16 products")


def test_rounding_is_to_the_nearest_and_to_even():
    rng = np.random.default_rng(0)
    panels = rng.standard_normal(6 * NR).astype(np.float32)
    panels[:6] = [1 + 2**-8, 1 + 3 * 2**-8, -1 - 2**-8, 0.0, 1e30, -1e30]
    found = np.empty(6 * NR, np.uint16)
    pair_rows(panels, 0, NR, NR, found, 0, 6, 0, 6)
    back = (found.astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_array_equal(back.reshape(3, NR, 2).transpose(0, 2, 1).reshape(-1), bfloat16(panels))


@needs_bf16
@pytest.mark.parametrize("rows", [1, TILE_ROWS, TILE_ROWS + 3])
@pytest.mark.parametrize("vectors", [1, 3, 4])
def test_a_product_is_that_of_the_rounded_numbers(rows, vectors):
    rng = np.random.default_rng(rows)
    K, width = 4 * LANES, vectors * LANES
    A, B = rng.standard_normal((rows, K)).astype(np.float32), rng.standard_normal((K, NR)).astype(np.float32)
    pairs, C = np.empty(K * NR, np.uint16), np.ones((rows, NR), np.float32)
    pair_rows(B.reshape(-1), 0, NR, NR, pairs, 0, K, 0, K)
    halves = np.empty(rows * K, np.uint16)
    copy_rounded(A.reshape(-1), 0, halves, 0, rows * K)
    edge_product(halves, 0, K, 1, 0, pairs, 0, NR, 0, C.reshape(-1), 0, NR, K, 1, rows, vectors)
    right = 1 + bfloat16(A) @ bfloat16(B)
    assert np.abs(C - right)[:, :width].max() < 1e-5 * K
    assert (C[:, width:] == 1).all()


@needs_bf16
@pytest.mark.parametrize(
    ("cell", "squashing"), [("lstm", "tanh"), ("peephole", "identity"), ("gru", "tanh"), ("rnn", "tanh")]
)
def test_a_token_is_written_with_rounded_weights(cell, squashing):
    case = Case(cell, squashing, V=20, E=6, H=17, L=2, B=3)
    arrays, network, window = both(case, 1)
    state = window.state64.copy()
    # The state given is rounded where a product reads it, the cell state never is; layer 0's table is float32.
    state[-1] = bfloat16(state[-1])
    own = {
        name: bfloat16(a) if name.endswith((".U", "output.W")) or name == "layers.1.W" else a
        for name, a in arrays.items()
    }
    ids = np.array([3, -1, 19], np.int32)
    writer = network.sampler(3, "bf16")
    tokens, _ = writer.next_tokens(ids, window.state, np.full((1, 3), 0.5), temperature=0.0)
    right, _ = naive.logits(own, ids[None], state, squashing)
    found = writer.logits.reshape(-1, 3, NR).transpose(1, 0, 2).reshape(3, -1)[:, :20]
    assert np.abs(found - right[0]).max() < 0.02 * np.abs(right).max()  # layer 1 reads a rounded h of its own step
    exact, _ = network.logits(ids[None], window.state)
    assert np.abs(found - exact[0]).max() > 1e-5  # it is not float32
    np.testing.assert_array_equal(tokens[0], found.argmax(axis=1))


def test_it_is_refused_where_it_cannot_be(monkeypatch):
    monkeypatch.setattr("lstmgen.network.precision.BF16", False)
    check_precision("float32")
    with pytest.raises(UsageError, match="AVX-512 bfloat16"):
        check_precision("bf16")
    with pytest.raises(UsageError, match="float32 or bf16"):
        SamplingSettings(precision="float16")
