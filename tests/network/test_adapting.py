"""Learning while reading, against the rule written out; and that no token is scored by what it taught."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.errors import DivergedError, UsageError
from lstmgen.inspection.score import surprisal
from lstmgen.network import AdaptingNetwork, ClampedNetwork
from lstmgen.network.adapting import _DECAY, _EPSILON, _default_rate
from tests import naive
from tests.inspection.traces import network_for
from tests.network.cases import CELLS, Case, arrays_of, network_of


def adapted_by_hand(arrays, ids, starts, states, segment, rate, squashing):
    """Nats of each token, the rule in float64: score a segment, then step against its gradient and a little back."""
    weights, trained = {k: v.copy() for k, v in arrays.items()}, arrays
    squares = {name: np.zeros_like(array) for name, array in arrays.items()}
    x = np.concatenate(([-1], ids[:-1]))
    x[starts] = -1
    H = arrays["layers.0.U"].shape[-1]
    layers = sum(name.endswith(".U") for name in arrays)
    state, found = np.zeros((states, layers, 1, H)), []
    for step, begin in enumerate(range(0, len(ids), segment), 1):
        window = x[begin : begin + segment, None], ids[begin : begin + segment, None]
        found += naive.losses(weights, *window, state, squashing)[0][:, 0].tolist()
        got = naive.gradient(weights, *window, state, squashing=squashing)
        state = got.state
        for name, g in got.gradients.items():
            squares[name] += (g * g - squares[name]) / step
            move = rate * g / (np.sqrt(squares[name]) + _EPSILON)
            weights[name] = weights[name] - move + _DECAY * (trained[name] - weights[name])
    return np.array(found), weights


@pytest.mark.parametrize(("cell", "squashing"), CELLS)
@pytest.mark.parametrize("E", [0, 5])
def test_it_is_the_rule(cell: str, squashing: str, E: int) -> None:
    case = Case(cell, squashing, V=11, E=E, H=9, L=2, B=1)
    rng = np.random.default_rng(3)
    arrays = arrays_of(case, rng)
    ids, starts = rng.integers(0, case.V, 75).astype(np.int32), np.array([0, 20, 57])
    network = network_of(case, arrays)
    before = network.parameters.copy()
    learner = AdaptingNetwork(network, rate=0.004, segment=8)
    expected, weights = adapted_by_hand(arrays, ids, starts, case.states, 8, 0.004, squashing)
    np.testing.assert_allclose(surprisal(learner, ids, starts), expected, rtol=2e-3, atol=2e-3)
    for name, view in learner.views.items():
        np.testing.assert_allclose(view, weights[name], rtol=0, atol=4e-3, err_msg=name)  # a step is 0.004
    assert np.abs(expected - surprisal(network, ids, starts)).max() > 0.02  # and it did learn
    np.testing.assert_array_equal(network.parameters, before)


@settings(max_examples=25)
@given(data=st.data(), length=st.integers(2, 60))
def test_no_token_knows_itself_or_what_follows(data: st.DataObject, length: int) -> None:
    ids = np.array(data.draw(st.lists(st.integers(0, 6), min_size=length, max_size=length)), np.int32)
    place = data.draw(st.integers(0, length - 1))
    other = ids.copy()
    other[place] = (other[place] + data.draw(st.integers(1, 6))) % 7
    network, starts = network_for(), np.zeros(1, np.int64)
    found, changed = (surprisal(AdaptingNetwork(network, 0.01, 8), text, starts) for text in (ids, other))
    np.testing.assert_array_equal(found[:place], changed[:place])
    cut = surprisal(AdaptingNetwork(network, 0.01, 8), ids[: place + 1], starts)
    np.testing.assert_allclose(cut, found[: place + 1], rtol=1e-6)


def test_what_it_repeats_surprises_less_and_less() -> None:
    ids = np.tile(np.array([0, 1, 2, 3, 3, 5, 4, 6], np.int32), 60)
    starts = np.zeros(1, np.int64)
    network = network_for()
    found = surprisal(AdaptingNetwork(network, 0.01, 16), ids, starts)
    assert found[-80:].mean() < surprisal(network, ids, starts)[-80:].mean() - 0.3


def test_any_number_of_threads_is_the_same() -> None:
    case = Case("lstm", "tanh", V=11, E=0, H=128, L=1, B=1)
    arrays = arrays_of(case, np.random.default_rng(3))
    ids = np.random.default_rng(1).integers(0, 11, 64).astype(np.int32)
    one, two = (
        surprisal(AdaptingNetwork(network_of(case, arrays, threads)), ids, np.zeros(1, np.int64)) for threads in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


def test_its_default_rate_and_what_it_refuses() -> None:
    assert _default_rate(256) == pytest.approx(5e-4)
    assert _default_rate(1024) == pytest.approx(2.5e-4)
    assert (_default_rate(4), _default_rate(100_000)) == (1e-3, 1e-4)
    with pytest.raises(UsageError, match="cannot learn"):
        AdaptingNetwork(ClampedNetwork(network_for()))
    network = network_for()
    network.parameters[:] *= np.float32(1e38)
    learner = AdaptingNetwork(network, 1.0, 8)
    learner._squares[:] = np.nan
    with pytest.raises(DivergedError, match="smaller --adapt-rate"):
        learner._learn(np.ones_like(network.parameters))
