"""Every function of the network against the naive twin, over cells, sizes, rows, inputs, masks and restarts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import naive
from tests.network.cases import (
    CELLS,
    Case,
    arrays_of,
    assert_gradients,
    assert_outputs,
    both,
    check_gradient,
    check_outputs,
    flat,
    grid,
    named,
    network_of,
    window_of,
)

GRID = list(grid())
SMALL = [Case(cell, squashing, V=7, E=4, H=5, L=2, B=3) for cell, squashing in CELLS]


@pytest.mark.parametrize("case", GRID, ids=str)
def test_gradients_of_every_size(case):
    check_gradient(case, seed=1)


@pytest.mark.parametrize("case", GRID, ids=str)
def test_outputs_of_every_size(case):
    check_outputs(case, seed=2)


@settings(max_examples=60, derandomize=True)
@given(
    cell=st.sampled_from(CELLS),
    V=st.integers(1, 40),
    E=st.integers(0, 20),
    H=st.integers(1, 40),
    L=st.integers(1, 3),
    B=st.integers(1, 20),
    T=st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_any_sizes(cell, V, E, H, L, B, T, seed):
    case = Case(*cell, V=V, E=E, H=H, L=L, B=B, T=T)
    check_gradient(case, seed)
    check_outputs(case, seed)


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_every_row_starting_anew_at_every_step(case):
    arrays, network, window = both(case, 3)
    window.x[:] = -1
    expected = naive.gradient(arrays, window.x, window.y, window.state64, squashing=case.squashing)
    found = network.gradient(window.x, window.y, window.state)
    assert_gradients(case, found.gradient, expected, arrays)
    assert not named(case, found.gradient)["embedding"].any()
    assert not named(case, found.gradient)["layers.0.U"].any()


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_a_window_of_one_token_repeated(case):
    arrays, network, window = both(case, 4, restarts=0.0)
    window.x[:] = 2
    expected = naive.gradient(arrays, window.x, window.y, window.state64, squashing=case.squashing)
    assert_gradients(case, network.gradient(window.x, window.y, window.state).gradient, expected, arrays)


def test_nothing_scored_is_a_loss_of_nothing():
    case = SMALL[0]
    arrays, network, window = both(case, 5)
    window.y[:] = -1
    found = network.gradient(window.x, window.y, window.state)
    assert (found.loss, found.count) == (0.0, 0)
    assert not found.gradient.any()
    assert_outputs(found.state, naive.losses(arrays, window.x, window.y, window.state64)[1], "state")


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_a_call_changes_nothing_but_its_own_buffer(case):
    _, network, window = both(case, 6)
    before = [a.copy() for a in (network.parameters, window.x, window.y, window.state, window.masks)]
    first = network.gradient(window.x, window.y, window.state, masks=window.masks)
    kept = first.gradient.copy(), first.state.copy(), first.loss
    network.losses(window.x, window.y, window.state)
    network.logits(window.x, window.state)
    network.trace(window.x, window.state)
    second = network.gradient(window.x, window.y, window.state, masks=window.masks)
    np.testing.assert_array_equal(second.gradient, kept[0])
    np.testing.assert_array_equal(second.state, kept[1])
    assert second.loss == kept[2]
    after = network.parameters, window.x, window.y, window.state, window.masks
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_written_weights_are_used_after_refresh(case):
    rng = np.random.default_rng(7)
    network = network_of(case, arrays_of(case, rng))
    arrays, window = arrays_of(case, rng), window_of(case, rng)
    assert list(network.views) == list(case.architecture.shapes())
    for name, view in network.views.items():
        view[...] = arrays[name]
    network.refresh()
    np.testing.assert_array_equal(network.parameters, flat(case, arrays))
    found, _ = network.logits(window.x, window.state)
    assert_outputs(found, naive.logits(arrays, window.x, window.state64, case.squashing)[0], "logits")


@pytest.mark.parametrize("E", [0, 4])
def test_a_network_starts_at_zero_and_trace_tells_where_it_began(E):
    case = Case("lstm", "tanh", V=7, E=E, H=5, L=2, B=3)
    _, network, window = both(case, 8)
    zero = network.zero_state(3)
    assert (zero.shape, zero.dtype, zero.any()) == ((2, 2, 3, 5), np.float32, False)
    seen = network.trace(window.x, window.state)
    np.testing.assert_array_equal(seen["initial"], window.state)
    assert seen["f"].shape == (case.T, 3, 2, 5)


@pytest.mark.parametrize("wrong", [-2, 5, 70_000])
def test_ids_that_are_no_tokens_are_refused(wrong):
    case = Case("lstm", "tanh", V=5, E=0, H=3, L=1, B=2)
    _, network, window = both(case, 8)
    ids = window.x.copy()
    ids[1, 1] = wrong
    for call in (
        lambda: network.gradient(ids, window.y, window.state),
        lambda: network.gradient(window.x, ids, window.state),
        lambda: network.losses(window.x, ids, window.state),
        lambda: network.logits(ids, window.state),
        lambda: network.sampler(2).next_tokens(ids[1], window.state, np.zeros((1, 2))),
    ):
        with pytest.raises(ValueError, match="ids must be from -1 to 4"):
            call()


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_saturated_units_and_huge_logits_stay_right(case):
    arrays = arrays_of(case, np.random.default_rng(9), scale=30.0)
    arrays["output.b"][:] = np.linspace(-3e4, 3e4, case.V)
    network, window = network_of(case, arrays), window_of(case, np.random.default_rng(10))
    x, y = window.x[:1], np.arange(3, dtype=np.int32)[None]
    found, state = network.losses(x, y, window.state)
    nats, expected = naive.losses(arrays, x, y, window.state64, case.squashing)
    np.testing.assert_allclose(found, nats, rtol=1e-5)
    np.testing.assert_allclose(state, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("case", SMALL, ids=str)
def test_a_number_that_is_none_is_not_hidden(case, value):
    for name in case.architecture.shapes():
        arrays, network, window = both(case, 11, restarts=0.0, unscored=0.0)
        window.x[:] = np.resize(np.arange(case.V), window.x.shape)
        network.views[name].reshape(-1)[0] = value
        network.refresh()
        planted = arrays | {name: network.views[name].astype(np.float64)}
        with np.errstate(invalid="ignore"):
            expected = naive.gradient(planted, window.x, window.y, window.state64, squashing=case.squashing)
        found = network.gradient(window.x, window.y, window.state)
        shown = np.isfinite(found.loss) and np.isfinite(network.global_norm(found.gradient))
        wanted = np.isfinite(expected.loss) and all(np.isfinite(g).all() for g in expected.gradients.values())
        assert shown == wanted, name


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_dropped_weights_of_u_are_those_of_another_network_for_one_window(case):
    rng = np.random.default_rng(11)
    arrays, network, window = both(case, 10)
    shape = (case.L, len(arrays["layers.0.U"]), case.H, case.H)
    factors = ((rng.random(shape) < 0.5) * 2).astype(np.float32)
    others = {name: array * factors[int(name.split(".")[1])] if name.endswith(".U") else array
              for name, array in arrays.items()}  # fmt: skip
    expected = naive.gradient(others, window.x, window.y, window.state64, squashing=case.squashing)
    for name in expected.gradients:  # by the chain rule: what is left out has no gradient, what is doubled has twice
        if name.endswith(".U"):
            expected.gradients[name] = expected.gradients[name] * factors[int(name.split(".")[1])]
    plain = network.gradient(window.x, window.y, window.state)
    before, loss = network.parameters.copy(), plain.loss
    found = network.gradient(window.x, window.y, window.state, weight_masks=factors)
    assert abs(found.loss - expected.loss) <= 1e-5 * max(1.0, expected.loss)
    assert_gradients(case, found.gradient, expected, arrays)
    np.testing.assert_array_equal(network.parameters, before)
    assert network.gradient(window.x, window.y, window.state).loss == loss  # forgotten with the window
    assert found.loss != loss


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("case", [one for one in GRID if one.E and one.H in (5, 64)], ids=str)
def test_words_that_are_not_read_for_a_window(case, threads):
    arrays, network, window = both(case, 13, threads)
    kept = ((np.random.default_rng(14).random(case.V) < 0.6) / 0.6).astype(np.float32)
    expected = naive.gradient(
        arrays, window.x, window.y, window.state64, window.masks64, case.squashing, case.skip_sum,
        kept.astype(np.float64),
    )  # fmt: skip
    found = network.gradient(window.x, window.y, window.state, window.masks, token_masks=kept)
    assert abs(found.loss - expected.loss) <= 1e-5 * max(1.0, expected.loss)
    assert_gradients(case, found.gradient, expected, arrays)
    again = network.gradient(window.x, window.y, window.state, window.masks)
    whole = naive.gradient(arrays, window.x, window.y, window.state64, window.masks64, case.squashing, case.skip_sum)
    assert abs(again.loss - whole.loss) <= 1e-5 * max(1.0, whole.loss)  # the next window reads them again
