"""Gradients are finite differences, and a network that looks four tokens back is said to."""

import numpy as np
import pytest

from lstmgen.errors import TextError
from lstmgen.inspect.reach.measure import (
    connectivity,
    halving_bins,
    losses_from,
    reach_of,
    shuffled_far,
    spread_positions,
    time_constants,
    windows_before,
)
from lstmgen.inspect.reach.sensitivity import input_gradients
from lstmgen.inspection.trace import network_inputs, token_losses, trace_ids
from tests import naive
from tests.inspection.traces import made_up, network_for
from tests.inspection.wired import delay_network, delayed_ids
from tests.network.cases import Case, arrays_of, network_of

SHIFT = 1e-5
CASES = [
    Case(cell, squashing, 9, E, 5, L, 1, 7)
    for cell, squashing in (("lstm", "tanh"), ("peephole", "identity"), ("peephole", "tanh"), ("rnn", "tanh"))
    for E, L in ((3, 1), (3, 2), (0, 2))
]
CASES += [
    Case("lstm", "tanh", 9, 5, 5, 2, 1, 7, tied=True),
    Case("lstm", "tanh", 9, 0, 5, 3, 1, 7, skip_sum=True),
    Case("rnn", "tanh", 9, 3, 5, 2, 1, 7, skip_sum=True),
]


def finite_differences(case, arrays, x, target):
    """(T, D): the logit's change with each number of each step's input; every step's token is another one."""
    table = arrays.get("embedding", np.eye(case.V))
    arrays = {"output.W": table, **arrays}  # what is moved is only read
    found = np.zeros((len(x), table.shape[1]))
    for t, token in enumerate(x):
        for d in range(table.shape[1]) if token >= 0 else ():
            ends = []
            for sign in (1, -1):
                moved = table.copy()
                moved[token, d] += sign * SHIFT
                state = np.zeros((case.states, case.L, 1, case.H))
                logits, _ = naive.logits(
                    {**arrays, "embedding": moved}, x[:, None], state, case.squashing, case.skip_sum
                )
                ends.append(logits[-1, 0, target])
            found[t, d] = (ends[0] - ends[1]) / (2 * SHIFT)
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradients_are_finite_differences(case):
    arrays = arrays_of(case, np.random.default_rng(4))
    network = network_of(case, arrays)
    rows = [np.array([-1, 3, 0, 5, 8, 2, 7], np.int32), np.array([4, 1, 6, -1, 2, 0, 5], np.int32)]
    targets = np.array([2, 6])
    found = input_gradients(network, np.stack(rows, axis=1), targets)
    for b, x in enumerate(rows):
        expected = finite_differences(case, arrays, x, targets[b])
        np.testing.assert_allclose(found[:, b], expected, atol=1e-5 * max(1.0, np.abs(expected).max()))
        assert np.abs(expected[-1]).max() > 1e-3
    assert not found[:4, 1].any()  # nothing passes where a row starts anew


def test_four_tokens_back():
    rng = np.random.default_rng(0)
    network, ids = delay_network(4, 6), delayed_ids(4, 6, 1500, rng)
    found = reach_of(network, ids, trace_ids(network, list("abcdef"), ids))
    assert (found.used(), found.used(2.0)) == (4, 4)
    above = {context.k: context.above for context in found.contexts}
    assert min(above[1], above[2]) > 0.3
    assert max(abs(above[k]) for k in (4, 8, 16, 32, 64, 128, 256)) < 1e-5
    assert abs(found.contexts[2].shuffled) < 1e-5
    assert found.contexts[1].shuffled > 0.3
    assert found.time_constants.shape == (1, 0)
    assert [context.k for context in found.contexts] == [1, 2, 4, 8, 16, 32, 64, 128, 256]


def test_the_gradient_lies_four_tokens_back():
    network, ids = delay_network(4, 6, gain=1.5), delayed_ids(4, 6, 200, np.random.default_rng(1))
    at = spread_positions(200, 16, 20)
    found = connectivity(network, network_inputs(ids)[:-1], ids, at, 16)
    assert np.flatnonzero(found > 1e-6).tolist() == [3]
    value, full, empty = (
        1.0,
        6.0,
        6.0 * 1.5**4,
    )  # by hand: weights times the slopes of a register with the token, or none
    for _ in range(4):
        value = np.tanh(1.5 * value)
        full *= 1.5 * (1 - value**2)
    assert found[3] == pytest.approx(np.mean([full if ids[t] == ids[t - 4] else empty for t in at]), rel=1e-4)


def test_losses_of_windows_are_the_networks():
    network = network_for()
    ids = np.random.default_rng(3).integers(0, 7, 700).astype(np.int32)
    read = network_inputs(ids)[:-1]
    full = token_losses(network, read, ids)
    whole = network.losses(read[:, None], ids[:, None], network.zero_state(1))[0][:, 0]
    np.testing.assert_allclose(full, whole, atol=1e-5)
    at = np.array([400, 555, 699])
    for k in (1, 3, 300):
        found = losses_from(network, windows_before(read, at, k), ids[at])
        for place, loss in zip(at, found, strict=True):
            x = np.concatenate([[-1], ids[place - k : place]]).astype(np.int32)[:, None]
            y = np.full_like(x, -1)
            y[-1] = ids[place]
            expected, _ = network.losses(x, y, network.zero_state(1))
            assert loss == pytest.approx(float(expected[-1, 0]), abs=1e-5)


def test_only_the_far_past_is_shuffled():
    windows = np.stack([np.arange(40), np.arange(40)], axis=1).astype(np.int32)
    windows[[0, 7], :] = -1
    found = shuffled_far(windows, 5, np.random.default_rng(0))
    np.testing.assert_array_equal(found[-5:], windows[-5:])
    np.testing.assert_array_equal(found < 0, windows < 0)
    for row in (0, 1):
        assert sorted(found[:, row]) == sorted(windows[:, row])
        assert (found[:-5, row] != windows[:-5, row]).sum() > 20
    assert (found[:, 0] != found[:, 1]).any()


def test_documents_do_not_see_one_another():
    network = network_for()
    ids = np.array([*([1, 2, 3, 6] * 30)], np.int32)  # 6 ends a line
    found = reach_of(network, ids, trace_ids(network, list("abcdefg"), ids, document_end=6), document_end=6)
    assert found.used() <= 4
    assert found.contexts[3].above == pytest.approx(0.0, abs=1e-5)
    assert not found.gradient[4:].any()


def test_time_constants_by_hand():
    trace = made_up("abcd", L=2, H=3)
    trace["f"][:, 0] = [0.5, 0.9, 1.0]
    trace["f"][:, 1] = [[0.2, 0.5, 0.0]] * 2 + [[0.6, 0.5, 0.0]] * 2
    found = time_constants(trace)
    assert found[0, :2] == pytest.approx([1.4427, 9.4912], abs=1e-3) and np.isinf(found[0, 2])
    assert found[1, 0] == pytest.approx(-1 / np.log(0.4), abs=1e-5)
    assert found[1, 2] == 0.0
    assert halving_bins(found[0]) == [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert halving_bins([0.0, 1.0, 2.0, 511.0, 512.0]) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]


def test_a_text_too_short_to_look_back():
    network = network_for()
    with pytest.raises(TextError, match="has 40 tokens; to look back takes at least 64"):
        reach_of(network, np.zeros(40, np.int32), made_up())
