"""A text cut into windows or steps, and rows dealt to threads: the same bytes whichever way."""

from dataclasses import replace

import numpy as np
import pytest

from lstmgen.errors import InterruptedTraining
from lstmgen.kernels.barrier import HAS_BARRIER
from lstmgen.network.geometry import Geometry
from lstmgen.network.passes import team_size
from lstmgen.network.strategy_timer import _FIRST_WINDOWS, _RETRY_EVERY, StrategyTimer
from lstmgen.settings import Architecture
from tests.network.cases import CELLS, Case, both

CASES = [Case(cell, squashing, V=13, E=E, H=17, L=2, B=7, T=9) for cell, squashing in CELLS for E in (0, 6)]
LARGE = [
    Case("lstm", "tanh", V=65, E=0, H=64, L=2, B=33, T=40),
    Case("peephole", "identity", V=65, E=16, H=64, L=1, B=33, T=40),
    Case("rnn", "tanh", V=300, E=16, H=200, L=1, B=7, T=60),
    Case("gru", "tanh", V=65, E=0, H=130, L=2, B=33, T=40),
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
    return [np.asarray(a).tobytes() for a in (found.loss, found.gradient, found.state, found.initial_state_gradient)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cutting_time_into_calls_and_rows_among_threads_changes_no_byte(case, monkeypatch):
    _, network, window = both(case, 6)
    whole = gradient_bytes(network, window)
    logits = network.logits(window.x, window.state)[0].tobytes()
    monkeypatch.setattr("lstmgen.network.network._SMALL_FLOP", 0.0)  # threads however small the window
    for work in (1.0, 2e4, 5e8):  # one step a call, some steps, all
        monkeypatch.setattr("lstmgen.network.order._CALL_FLOP", work)
        for threads in (1, 2, 3, 8):
            _, network, window = both(case, 6, threads)
            assert gradient_bytes(network, window) == whole
            assert network.logits(window.x, window.state)[0].tobytes() == logits


SHARED = [
    Case("lstm", "tanh", V=65, E=0, H=200, L=2, B=5, T=9),
    Case("peephole", "identity", V=13, E=6, H=130, L=1, B=3, T=9),
    Case("peephole", "tanh", V=13, E=0, H=200, L=3, B=3, T=9, skip_sum=True),
    Case("rnn", "tanh", V=13, E=0, H=200, L=2, B=5, T=9),
    Case("gru", "tanh", V=13, E=6, H=200, L=2, B=5, T=9, skip_sum=True),
]


def share_steps(monkeypatch) -> None:
    """Threads share every step, however small the network."""
    monkeypatch.setattr("lstmgen.network.network._SMALL_FLOP", 0.0)
    monkeypatch.setattr("lstmgen.network.passes._UNEVEN", 9.0)
    monkeypatch.setattr("lstmgen.network.strategy_timer.StrategyTimer.choose", lambda timer: 1)


@pytest.mark.skipif(not HAS_BARRIER, reason="without the barrier every thread has rows of its own")
@pytest.mark.parametrize("case", SHARED, ids=str)
def test_threads_that_share_every_step_give_the_same_bytes(case, monkeypatch):
    _, network, window = both(case, 8)
    whole = gradient_bytes(network, window)
    assert (window.x[1:] < 0).any()  # rows that start anew in mid-window
    share_steps(monkeypatch)
    for work in (2e4, 5e8):
        monkeypatch.setattr("lstmgen.network.order._CALL_FLOP", work)
        for threads in (2, 3):
            _, network, window = both(case, 8, threads)
            assert team_size(network.geometry, case.B, threads) == min(threads, network.geometry.Q) > 1
            assert gradient_bytes(network, window) == whole
            assert [one.strategy_timer.windows[1] for one in network._spaces.free] == [1]


@pytest.mark.skipif(not HAS_BARRIER, reason="without the barrier every thread has rows of its own")
def test_while_the_quicker_way_is_found_out_no_byte_changes(monkeypatch):
    _, network, window = both(SHARED[0], 8)
    whole = gradient_bytes(network, window)
    monkeypatch.setattr("lstmgen.network.network._SMALL_FLOP", 0.0)
    _, network, window = both(SHARED[0], 8, 2)
    for _ in range(2 * _FIRST_WINDOWS + 1):
        assert gradient_bytes(network, window) == whole
    (used,) = network._spaces.free
    assert (
        min(used.strategy_timer.windows) == _FIRST_WINDOWS
        and sum(used.strategy_timer.windows) == 2 * _FIRST_WINDOWS + 1
    )


def test_steps_can_be_shared_where_a_thread_would_have_few_rows():
    def seats(H, rows, threads):
        return team_size(Geometry.of(Architecture("lstm", 65, 0, H, 1)), rows, threads)

    many = 2 if HAS_BARRIER else 1
    assert [seats(512, 16, 2), seats(512, 64, 2), seats(16, 16, 2), seats(512, 16, 1)] == [many, 1, 1, 1]


def run_at(timer, seconds, windows) -> list:
    """The ways of so many windows where way 0 and way 1 take these seconds."""
    ways = []
    for _ in range(windows):
        ways.append(timer.choose())
        timer.record(ways[-1], seconds[ways[-1]])
    return ways


@pytest.mark.parametrize("quick", [0, 1])
def test_the_quicker_way_is_found_kept_and_doubted_now_and_then(quick):
    timer, seconds = StrategyTimer(), [2.0, 2.0]
    seconds[quick] = 1.0
    assert run_at(timer, seconds, 2 * _FIRST_WINDOWS) == [0] * _FIRST_WINDOWS + [1] * _FIRST_WINDOWS
    later = run_at(timer, seconds, 10 * _RETRY_EVERY)
    assert later[: _RETRY_EVERY - 1] == [quick] * (_RETRY_EVERY - 1)
    assert later.count(1 - quick) == 5  # after so many windows, then twice as many: it is twice as slow


def test_a_machine_that_changes_is_noticed():
    timer = StrategyTimer()
    run_at(timer, [1.0, 0.8], 3 * _RETRY_EVERY)
    assert timer.faster() == 1
    crowded = run_at(timer, [1.0, 30.0], 20)  # those who meet after every step lose most to other programs
    assert crowded[:2] == [1, 0] and set(crowded[2:]) == {0}
    run_at(timer, [1.0, 0.8], 40 * _RETRY_EVERY)
    assert timer.faster() == 1


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("case", [CASES[3], SHARED[0]], ids=str)
def test_a_stop_at_any_moment_leaves_the_network_as_it_was(case, threads, monkeypatch):
    share_steps(monkeypatch)
    monkeypatch.setattr("lstmgen.network.order._CALL_FLOP", 1.0)
    _, network, window = both(case, 7, threads)
    whole = gradient_bytes(network, window)
    asked = []
    network.gradient(window.x, window.y, window.state, stop=lambda: asked.append(1) is not None)
    assert len(asked) > 20
    for moment in range(0, len(asked), 5):
        left = iter(range(moment))
        with pytest.raises(InterruptedTraining):
            network.gradient(window.x, window.y, window.state, stop=lambda left=left: next(left, None) is None)
        assert gradient_bytes(network, window) == whole


@pytest.mark.skipif(not HAS_BARRIER, reason="without the barrier nobody waits inside a call")
@pytest.mark.parametrize("culprit", [0, 1])
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_where_one_thread_breaks_off_the_others_do_not_wait_for_it_forever(culprit, error, monkeypatch):
    """As when Ctrl-C comes after the others have begun."""
    _, network, window = both(CASES[0], 7, 2)
    monkeypatch.setattr("lstmgen.network.network._SMALL_FLOP", 0.0)
    whole = gradient_bytes(network, window)
    kernel = network.cell.training_window

    def fail(*arguments):
        if arguments[-2] == culprit:
            raise error
        kernel(*arguments)

    (used,) = network._spaces_to_train.free
    used.cell = replace(network.cell, training_window=fail)
    with pytest.raises(error):
        network.gradient(window.x, window.y, window.state)
    assert network._spaces_to_train.free == []  # its numbers are of no use
    assert gradient_bytes(network, window) == whole  # in a window of its own, with the cell's kernel


def test_a_stop_is_heeded_and_leaves_the_network_fit_for_use():
    _, network, window = both(LARGE[0], 5)
    before = network.gradient(window.x, window.y, window.state).gradient.copy()
    with pytest.raises(InterruptedTraining):
        network.gradient(window.x, window.y, window.state, stop=lambda: True)
    with pytest.raises(InterruptedTraining):
        network.losses(window.x, window.y, window.state, stop=lambda: True)
    again = network.gradient(window.x, window.y, window.state, stop=lambda: False)
    np.testing.assert_array_equal(again.gradient, before)
