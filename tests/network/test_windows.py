"""A text cut into windows or steps, and rows dealt to threads: the same bytes whichever way."""

import numpy as np
import pytest

from lstmgen.errors import InterruptedTraining
from tests.network.cases import CELLS, Case, both

CASES = [Case(cell, squashing, V=13, E=E, H=17, L=2, B=7, T=9) for cell, squashing in CELLS for E in (0, 6)]
LARGE = [
    Case("lstm", "tanh", V=65, E=0, H=64, L=2, B=33, T=40),
    Case("peephole", "identity", V=65, E=16, H=64, L=1, B=33, T=40),
    Case("rnn", "tanh", V=300, E=16, H=200, L=1, B=7, T=60),
    Case("lstm", "tanh", V=65, E=16, H=200, L=1, B=2, T=60),
]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_windows_and_single_steps_with_carried_state_equal_one_window(case, size):
    _, network, window = both(case, 1)
    whole, end = (a.copy() for a in network.logits(window.x, window.state))
    nats, _ = network.losses(window.x, window.y, window.state)
    state = states = window.state
    for t in range(0, case.T, size):
        part = slice(t, t + size)
        found, state = network.logits(window.x[part], state)
        np.testing.assert_array_equal(found, whole[part])
        found, states = network.losses(window.x[part], window.y[part], states)
        np.testing.assert_array_equal(found, nats[part])
    np.testing.assert_array_equal(state, end)
    np.testing.assert_array_equal(states, end)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_training_and_scoring_say_the_same(case):
    _, network, window = both(case, 2)
    found = network.gradient(window.x, window.y, window.state)
    nats, state = network.losses(window.x, window.y, window.state)
    assert nats.sum(dtype=np.float64) / found.count == pytest.approx(found.loss, rel=1e-6)
    np.testing.assert_array_equal(found.state, state)
    seen = network.trace(window.x, window.state)
    np.testing.assert_array_equal(seen["logits"], network.logits(window.x, window.state)[0])
    np.testing.assert_array_equal(seen["h"][-1].transpose(1, 0, 2), state[-1])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_row_is_the_same_in_any_company(case):
    _, network, window = both(case, 3)
    whole, _ = network.logits(window.x, window.state)
    whole = whole.copy()
    for row in range(case.B):
        one = slice(row, row + 1)
        found, _ = network.logits(np.ascontiguousarray(window.x[:, one]), window.state[:, :, one].copy())
        np.testing.assert_array_equal(found, whole[:, one])


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_any_number_of_threads_gives_the_same_bytes(case):
    found = []
    for threads in (1, 2, 3):
        _, network, window = both(case, 4, threads)
        result = network.gradient(window.x, window.y, window.state, masks=window.masks)
        nats, state = network.losses(window.x, window.y, window.state)
        logits, _ = network.logits(window.x, window.state)
        arrays = result.gradient, result.state, np.float64(result.loss), nats, state, logits
        found.append([np.asarray(array).tobytes() for array in arrays])
        norm = network.global_norm(result.gradient)
        found[-1].append(np.float64(norm).tobytes())
        moments = np.zeros((2, len(network.parameters)), dtype=np.float32)
        network.adamw(
            result.gradient,
            *moments,
            rate=0.01,
            beta1=0.9,
            beta2=0.99,
            epsilon=1e-8,
            weight_decay=0.1,
            step=1,
            scale=1.0 / norm,
        )
        found[-1] += [network.parameters.tobytes(), moments.tobytes()]
    names = "gradient", "state", "loss", "nats", "state", "logits", "norm", "parameters", "moments"
    for place, name in enumerate(names):
        assert found[0][place] == found[1][place] == found[2][place], name


def gradient_bytes(network, window):
    """All that a call for the gradient returns."""
    found = network.gradient(window.x, window.y, window.state, masks=window.masks)
    return [np.asarray(a).tobytes() for a in (found.loss, found.gradient, found.state, found.initial)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cutting_time_into_calls_and_rows_among_threads_changes_no_byte(case, monkeypatch):
    _, network, window = both(case, 6)
    whole = gradient_bytes(network, window)
    logits = network.logits(window.x, window.state)[0].tobytes()
    monkeypatch.setattr("lstmgen.network.network.SMALL_FLOP", 0.0)  # threads however small the window
    for work in (1.0, 2e4, 5e8):  # one step a call, some steps, all
        monkeypatch.setattr("lstmgen.network.window.CALL_FLOP", work)
        for threads in (1, 2, 3, 8):
            _, network, window = both(case, 6, threads)
            assert gradient_bytes(network, window) == whole
            assert network.logits(window.x, window.state)[0].tobytes() == logits


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stop_at_any_moment_leaves_the_network_as_it_was(threads, monkeypatch):
    monkeypatch.setattr("lstmgen.network.network.SMALL_FLOP", 0.0)
    monkeypatch.setattr("lstmgen.network.window.CALL_FLOP", 1.0)
    _, network, window = both(CASES[3], 7, threads)
    whole = gradient_bytes(network, window)
    asked = []
    network.gradient(window.x, window.y, window.state, stop=lambda: asked.append(1) is not None)
    assert len(asked) > 20
    for moment in range(0, len(asked), 5):
        left = iter(range(moment))
        with pytest.raises(InterruptedTraining):
            network.gradient(window.x, window.y, window.state, stop=lambda left=left: next(left, None) is None)
        assert gradient_bytes(network, window) == whole


def test_a_stop_is_heeded_and_leaves_the_network_fit_for_use():
    _, network, window = both(LARGE[0], 5)
    before = network.gradient(window.x, window.y, window.state).gradient.copy()
    with pytest.raises(InterruptedTraining):
        network.gradient(window.x, window.y, window.state, stop=lambda: True)
    with pytest.raises(InterruptedTraining):
        network.losses(window.x, window.y, window.state, stop=lambda: True)
    again = network.gradient(window.x, window.y, window.state, stop=lambda: False)
    np.testing.assert_array_equal(again.gradient, before)
