"""The sampling kernel against the naive twin: states, the choice at temperature 0, filters as a distribution."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.kernels.barrier import HAS_BARRIER
from lstmgen.network import KernelSampler
from tests import naive
from tests.network.cases import CELLS, Case, both, check_writing, network_of

CASES = [Case(cell, squashing, V=13, E=E, H=17, L=2, B=3) for cell, squashing in CELLS for E in (0, 6)]
SIZES = [
    Case("lstm", "tanh", V=300, E=9, H=200, L=1, B=1),
    Case("lstm", "tanh", V=5, E=0, H=1, L=3, B=7),
    Case("peephole", "identity", V=65, E=9, H=64, L=2, B=2),
    Case("gru", "tanh", V=65, E=9, H=130, L=2, B=2),
]
PLAIN = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}


def write(network, rows, last, state, uniforms, banned=None, **filters):
    """Tokens (n, B) and the states after them."""
    banned = np.zeros(network.architecture.vocabulary, dtype=np.uint8) if banned is None else banned
    chosen = PLAIN | filters
    return network.sampler(rows).next_tokens(
        last,
        state,
        uniforms,
        temperature=chosen["temperature"],
        top_k=chosen["top_k"],
        top_p=chosen["top_p"],
        min_p=chosen["min_p"],
        banned=banned,
    )


@pytest.mark.parametrize("case", CASES + SIZES, ids=str)
def test_temperature_0_writes_the_most_likely_token_of_the_twin(case):
    check_writing(case, 1)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_calls_and_rows_can_be_cut_anywhere(case):
    _, network, window = both(case, 2)
    uniforms = np.random.default_rng(2).random((9, case.B))
    ids, end = write(network, case.B, window.x[0], window.state, uniforms)
    ids, end = ids.copy(), end.copy()
    first, state = write(network, case.B, window.x[0], window.state, uniforms[:4])
    first = first.copy()
    second, state = write(network, case.B, first[-1], state, uniforms[4:])
    np.testing.assert_array_equal(np.concatenate([first, second]), ids)
    np.testing.assert_array_equal(state, end)
    for row in range(case.B):
        one = slice(row, row + 1)
        alone, _ = write(
            network, 1, window.x[0, one].copy(), window.state[:, :, one].copy(), np.ascontiguousarray(uniforms[:, one])
        )
        np.testing.assert_array_equal(alone, ids[:, one])


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"temperature": 0.3},
        {"temperature": 5.0},
        {"top_k": 3},
        {"top_k": 99},
        {"top_p": 0.7},
        {"min_p": 0.3},
        {"temperature": 1.5, "top_k": 8, "top_p": 0.8, "min_p": 0.2},
        {"temperature": 1e-6},
        {"temperature": 1e6},
    ],
    ids=str,
)
@pytest.mark.parametrize("ban", [False, True])
def test_filters_leave_the_twins_distribution(filters, ban):
    rows, case = 500, Case("lstm", "tanh", V=13, E=6, H=17, L=1, B=1)
    arrays, network, window = both(case, 3)
    banned = np.zeros(case.V, dtype=np.uint8)
    last, state = np.full(rows, 4, dtype=np.int32), np.repeat(window.state, rows, axis=2)
    logits, _ = naive.logits(arrays, last[None, :1], window.state64)
    if ban:
        banned[[int(np.argmax(logits)), 0]] = 1
    uniforms = ((np.arange(rows) + 0.5) / rows)[None]  # evenly over [0, 1): every share within one row of its size
    ids, _ = write(network, rows, last, state, uniforms, banned=banned, **filters)
    expected = naive.filtered(logits[0, 0], **(PLAIN | filters), banned=banned)
    shares = np.bincount(ids[0], minlength=case.V) / rows
    np.testing.assert_allclose(shares, expected, rtol=0, atol=2.1 / rows)
    assert not shares[expected == 0].any()


def test_several_threads_write_what_one_does():
    case = Case("lstm", "tanh", V=65, E=6, H=200, L=2, B=9)
    arrays, network, window = both(case, 5)
    uniforms = np.random.default_rng(5).random((7, case.B))
    ids, end = write(network, case.B, window.x[0], window.state, uniforms)
    assert isinstance(network.sampler(case.B), KernelSampler)
    for threads in (2, 3):
        other = network_of(case, arrays, threads)
        assert [w.rows for w in other.sampler(case.B).samplers] == {2: [4, 5], 3: [3, 3, 3]}[threads]
        assert isinstance(other.sampler(1), KernelSampler)  # too few rows to be split
        tokens, after = write(other, case.B, window.x[0], window.state, uniforms)
        np.testing.assert_array_equal(tokens, ids)
        np.testing.assert_array_equal(after, end)


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize(("rows", "V"), [(1, 65), (1, 7), (3, 200)])
def test_several_threads_at_one_text_write_what_one_does(cell, rows, V):
    case = Case(cell, "tanh", V=V, E=6, H=200, L=2, B=rows)
    arrays, network, window = both(case, 6)
    uniforms = np.random.default_rng(6).random((40, rows))
    last = window.x[0].copy()
    last[0] = -1  # nothing read yet: the threads clear the same row
    ids, end = write(network, rows, last, window.state, uniforms)
    assert len(network.sampler(rows).members) == 1
    for threads in (2, 3):
        other = network_of(case, arrays, threads)
        assert len(other.sampler(rows).members) == (threads if HAS_BARRIER else 1)
        for _ in range(5):
            tokens, after = write(other, rows, last, window.state, uniforms)
            np.testing.assert_array_equal(tokens, ids)
            np.testing.assert_array_equal(after, end)


def test_texts_written_at_once_by_threads_of_one_network_do_not_wait_for_each_other_forever():
    case = Case("lstm", "tanh", V=65, E=6, H=200, L=2, B=1)
    arrays, network, window = both(case, 7)
    uniforms = np.random.default_rng(7).random((30, 1))
    expected, _ = write(network, 1, window.x[0], window.state, uniforms)
    shared = network_of(case, arrays, 3)
    writers = [shared.sampler(1) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda w: w.next_tokens(window.x[0], window.state, uniforms)[0], writers, timeout=60))
    for tokens in found:
        np.testing.assert_array_equal(tokens, expected)
