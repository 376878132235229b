"""The gradient in bfloat16: the twin's numbers, the same bytes for any threads, and nothing else of the network."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.errors import InterruptedTraining
from lstmgen.kernels.barrier import HAS_BARRIER
from lstmgen.network import Network
from tests.naive import rounded
from tests.network.cases import CELLS, Case
from tests.network.mixed_precision import CLOSE, Drops, check_mixed, close_one, distances, gradient_of, mixed, twin_of
from tests.network.test_windows import share_steps

ALL_ONES = np.array(-1, np.int32).view(np.float32)[()]  # no number; one more at its end would make it zero
INPUTS = {"one-hot": {}, "embedding": {"E": 9}, "tied": {"tied": True}, "skip-sum": {"skip_sum": True}}


def grid():
    """Every cell with every input twice; units, rows and steps in turn, so that all pairs of sizes meet."""
    for n in range(40):
        kind = list(INPUTS)[n // 5 % 4]
        h, b = n % 4, n // 4 % 4
        H, B, T = (1, 5, 17, 40)[h], (1, 3, 6, 7)[b], (1, 5, 8, 11)[(h + b + n // 16) % 4]
        E = {"one-hot": 0, "embedding": 9, "tied": H, "skip-sum": 5 * (n % 2)}[kind]
        L = 2 + n % 2 if kind == "skip-sum" else 1 + n % 3
        yield Case(*CELLS[n % 5], (9, 65)[n // 3 % 2], E, H, L, B, T, kind == "tied", kind == "skip-sum")


@pytest.mark.parametrize("case", list(grid()), ids=str)
def test_the_gradient_is_the_twins(case):
    check_mixed(case)


@settings(max_examples=25, derandomize=True)
@given(
    cell=st.sampled_from(CELLS),
    V=st.integers(1, 40),
    E=st.integers(0, 20),
    H=st.integers(1, 40),
    L=st.integers(1, 3),
    B=st.integers(1, 9),
    T=st.integers(1, 9),
    skip_sum=st.booleans(),
    seed=st.integers(1, 99),
)
def test_any_sizes(cell, V, E, H, L, B, T, skip_sum, seed):
    check_mixed(Case(*cell, V, E, H, L, B, T, skip_sum=skip_sum and L > 1), seed)


@pytest.mark.parametrize(("cell", "squashing"), CELLS)
def test_every_factor_is_rounded(cell, squashing):
    """The twin that leaves one factor as it is, whichever, is no longer close."""
    case = Case(cell, squashing, V=13, E=6, H=17, L=2, B=3, T=7, skip_sum=True)
    arrays, window, drops, found = close_one(case, 2)
    far = {
        name: max(distances(case, found, *twin_of(case, arrays, window, drops, rounded.rounded_but(name))).values())
        for name in rounded.FACTORS
    }
    assert min(far.values()) > 100 * CLOSE, far


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_large_network_is_nearer_to_the_rounded_twin_than_to_the_other(cell):
    case = Case(cell, "tanh", V=65, E=0, H=130, L=2, B=5, T=20)
    arrays, network, window, drops = mixed(case, 3)
    found = gradient_of(network, window, drops)
    near, far = (
        distances(case, found, *twin_of(case, arrays, window, drops, factor))
        for factor in (rounded.rounded, rounded.exact)
    )
    assert max(near.values()) < 2e-3
    assert {name for name in near if near[name] > far[name] / 2} == set()
    assert min(far[name] for name in network.views if name.endswith((".W", ".U"))) > 2e-3


def test_nothing_scored_is_a_loss_of_nothing():
    _, network, window, _ = mixed(Case("gru", "tanh", V=9, E=5, H=5, L=2, B=3), 4)
    window.y[:] = -1
    found = gradient_of(network, window, Drops())
    assert (found.loss, found.count) == (0.0, 0)
    assert not found.gradient.any()


SPREAD = [Case(cell, squashing, V=13, E=6 * (n % 2), H=17, L=2, B=7, T=9) for n, (cell, squashing) in enumerate(CELLS)]
SHARED = [
    Case("lstm", "tanh", V=65, E=0, H=130, L=2, B=5, T=9),
    Case("gru", "tanh", V=13, E=6, H=130, L=2, B=3, T=6, skip_sum=True),
]


def gradient_bytes(network, window, drops):
    """All that a call for the gradient returns."""
    found = gradient_of(network, window, drops)
    arrays = found.loss, found.nats, found.gradient, found.state, found.initial_state_gradient
    return [np.asarray(a).tobytes() for a in arrays]


@pytest.mark.parametrize("case", SPREAD, ids=str)
def test_cutting_time_into_calls_and_rows_among_threads_changes_no_byte(case, monkeypatch):
    _, network, window, drops = mixed(case, 5)
    whole = gradient_bytes(network, window, drops)
    monkeypatch.setattr("lstmgen.network.network._SMALL_FLOP", 0.0)  # threads however small the window
    for work in (1.0, 2e4, 5e8):  # one step a call, some steps, all
        monkeypatch.setattr("lstmgen.network.order._CALL_FLOP", work)
        for threads in (1, 2, 3):
            _, network, _, _ = mixed(case, 5, threads)
            assert gradient_bytes(network, window, drops) == whole


@pytest.mark.parametrize("case", SPREAD, ids=str)
def test_a_window_of_other_sizes_before_changes_no_byte(case):
    """As rows go in pairs, the row beside an odd last one must be nothing, not what another window has left."""
    _, network, window, drops = mixed(case, 12)
    whole = gradient_bytes(network, window, drops)
    for T, B in ((12, 9), (5, 5), (1, 1)):
        _, _, other, masks = mixed(replace(case, T=T, B=B), 13)
        gradient_of(network, other, masks)
        assert gradient_bytes(network, window, drops) == whole
        assert gradient_bytes(network, other, masks) == gradient_bytes(mixed(case, 12)[1], other, masks)


@pytest.mark.skipif(not HAS_BARRIER, reason="without the barrier every thread has rows of its own")
@pytest.mark.parametrize("case", SHARED, ids=str)
def test_threads_that_share_every_step_give_the_same_bytes(case, monkeypatch):
    _, network, window, drops = mixed(case, 6)
    whole = gradient_bytes(network, window, drops)
    share_steps(monkeypatch)
    for threads in (2, 3):
        _, network, _, _ = mixed(case, 6, threads)
        assert gradient_bytes(network, window, drops) == whole
        assert [one.strategy_timer.windows[1] for one in network._spaces_to_train.free] == [1]


def test_a_stop_at_any_moment_leaves_the_network_as_it_was(monkeypatch):
    monkeypatch.setattr("lstmgen.network.order._CALL_FLOP", 1.0)
    _, network, window, drops = mixed(SPREAD[0], 7)
    whole = gradient_bytes(network, window, drops)
    asked = []
    gradient_of(network, window, drops, stop=lambda: asked.append(1) is not None)
    for moment in range(0, len(asked), 7):
        left = iter(range(moment))
        with pytest.raises(InterruptedTraining):
            gradient_of(network, window, drops, stop=lambda left=left: next(left, None) is None)
        assert gradient_bytes(network, window, drops) == whole


@pytest.mark.parametrize("case", SPREAD, ids=str)
def test_all_but_the_gradient_is_float32(case):
    """Before the first gradient and after it, to the last bit."""
    _, network, window, drops = mixed(case, 8)
    plain = Network(case.architecture, network.parameters)
    uniforms = np.random.default_rng(8).random((9, case.B))

    def said(net):
        answers = net.losses(window.x, window.y, window.state), net.logits(window.x, window.state)
        trace = net.trace(window.x, window.state)
        written = net.sampler(case.B).next_tokens(window.x[0], window.state, uniforms, temperature=0.8)
        arrays = [a for answer in (*answers, written) for a in answer] + [trace[name] for name in sorted(trace)]
        return [np.asarray(a).tobytes() for a in (*arrays, net.advance(window.x, window.state))]

    expected = said(plain)
    assert said(network) == expected
    first, exact = gradient_bytes(network, window, drops), gradient_bytes(plain, window, drops)
    assert said(network) == expected
    assert all(a != b for a, b in zip(first, exact, strict=True))  # of the gradient nothing is as in float32
    assert gradient_bytes(network, window, drops) == first


def test_written_weights_are_rounded_anew_after_refresh():
    case = SPREAD[4]
    _, network, window, drops = mixed(case, 9)
    gradient_of(network, window, Drops()), gradient_of(network, window, drops)
    _, fresh, _, _ = mixed(case, 10)
    network.parameters[:] = fresh.parameters
    network.refresh()
    for masks in (Drops(), drops):
        assert gradient_bytes(network, window, masks) == gradient_bytes(fresh, window, masks)


@pytest.mark.parametrize("number", [np.nan, ALL_ONES, np.inf, -np.inf], ids=("nan", "all-ones", "inf", "-inf"))
@pytest.mark.parametrize("case", SPREAD, ids=str)
def test_a_weight_that_is_no_number_is_seen_in_loss_or_norm(case, number):
    """But for an infinite bias, or number of a one-hot input's table, that does no more than hold a gate: as ever."""
    _, network, window, _ = mixed(case, 11)
    token = window.x[window.x >= 0][0]
    places = {name: tuple(size - 1 for size in view.shape) for name, view in network.views.items()}
    places |= {"embedding": (token, 1)} if case.E else {"layers.0.W": (0, 1, token)}
    plain = Network(case.architecture, network.parameters)
    for name, view in network.views.items():
        before, view[places[name]] = view[places[name]], number
        seen = []
        for one in (network, plain):
            one.refresh()
            found = gradient_of(one, window, Drops())
            seen.append(not (np.isfinite(found.loss) and np.isfinite(one.global_norm(found.gradient))))
        view[places[name]] = before
        assert seen[0] == seen[1], name
        gate = name.startswith("layers.") and (name.endswith(".b") or (name == "layers.0.W" and not case.E))
        assert seen[0] or (gate and np.isinf(number)), name
    network.refresh()
    assert np.isfinite(network.global_norm(gradient_of(network, window, Drops()).gradient))
