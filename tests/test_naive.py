"""The naive twin against central differences, its own symmetries, and numbers worked out by hand."""

import numpy as np
import pytest

from tests import naive
from tests.naive import rounded
from tests.naive.rounded import bfloat16

CELLS = [("lstm", "tanh"), ("peephole", "identity"), ("peephole", "tanh"), ("gru", "tanh"), ("rnn", "tanh")]
GATES, STATES = {"rnn": 1, "gru": 3}, {"lstm": 2, "peephole": 2}
EXTRA = {"peephole": {"p": 3}, "gru": {"b_hn": 1}}
STEP = 1e-3  # of a five-point difference: its own error is of the order STEP**4


def slope(function, array):
    """Derivative of function() by each number of `array`, which is changed in place and put back."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        old = array[place]
        values = []
        for steps in (-2, -1, 1, 2):
            array[place] = old + steps * STEP
            values.append(function())
        array[place] = old
        found[place] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * STEP)
    return found


def assert_slopes(computed, measured, name):
    """Equal to 1e-7 of the largest number of the array."""
    largest = np.abs(measured).max()
    assert largest > 1e-8, f"{name}: this case does not exercise the gradient"
    np.testing.assert_allclose(computed, measured, rtol=0, atol=1e-7 * largest, err_msg=name)


def shapes(cell, V, E, H, L, tied=False):
    """Shapes of a network's arrays, as the model file has them."""
    G = GATES.get(cell, 4)
    found = {"embedding": (V, E)} if E else {}
    for layer in range(L):
        D = (E or V) if layer == 0 else H
        found |= {f"layers.{layer}.W": (G, H, D), f"layers.{layer}.U": (G, H, H), f"layers.{layer}.b": (G, H)}
        for name, rows in EXTRA.get(cell, {}).items():
            found[f"layers.{layer}.{name}"] = (rows, H) if rows > 1 else (H,)
    return found | ({} if tied else {"output.W": (V, H)}) | {"output.b": (V,)}


def case(cell, rng, V=4, E=3, H=3, L=2, T=5, B=2, tied=False):
    """Arrays, ids with a restart in mid-window, targets with one not scored, states, and masks."""
    arrays = naive.random_arrays(shapes(cell, V, E, H, L, tied), rng, 1.5)
    x, y = rng.integers(0, V, size=(2, T, B))
    x[T // 2, 0], x[0, -1], y[1, -1] = -1, -1, -1
    state = rng.normal(size=(STATES.get(cell, 1), L, B, H))
    masks = (rng.random((L, B, H)) < 0.7) / 0.7
    masks[:, :, 0] = 1 / 0.7  # at least one way up stays open
    return arrays, x, y, state, masks


@pytest.mark.parametrize(("cell", "squashing"), CELLS)
def test_one_layer_gradients_by_central_differences(cell, squashing):
    rng = np.random.default_rng(1)
    T, B, D, H = 5, 2, 3, 4
    G, S = GATES.get(cell, 4), STATES.get(cell, 1)
    own = {"W": rng.normal(size=(G, H, D)), "U": rng.normal(size=(G, H, H)), "b": rng.normal(size=(G, H))}
    own |= {name: np.squeeze(rng.normal(size=(rows, H))) for name, rows in EXTRA.get(cell, {}).items()}
    x, states = rng.normal(size=(T, B, D)), rng.normal(size=(S, B, H))
    restart = np.zeros((T, B), dtype=bool)
    restart[2, 0] = True
    weights, weights_final = rng.normal(size=(T, B, H)), rng.normal(size=(S, B, H))

    def forward():
        return naive.layer_forward(own, x, states, restart, squashing)

    def value():
        kept = forward()
        final = np.stack([kept[name][-1] for name in ("c", "h")[-S:]])
        return float((kept["h"] * weights).sum() + (final * weights_final).sum())

    found = naive.layer_backward(own, weights, weights_final, forward(), x, restart, squashing)
    initial = np.stack([found[name] for name in ("c0", "h0")[-S:]])
    for name, array in ({"x": x} | own).items():
        assert_slopes(found[name], slope(value, array), name)
    assert_slopes(initial, slope(value, states), "states")


@pytest.mark.parametrize(("E", "tied"), [(0, False), (3, False), (2, True)])
@pytest.mark.parametrize(("L", "skip_sum"), [(1, False), (3, False), (2, True)])
@pytest.mark.parametrize(("cell", "squashing"), CELLS)
def test_network_gradients_by_central_differences(cell, squashing, L, skip_sum, E, tied):
    arrays, x, y, state, masks = case(cell, np.random.default_rng(2), E=E, L=L, H=2, tied=tied)

    def value():
        return naive.loss(arrays, x, y, state, masks, squashing, skip_sum)

    found = naive.gradient(arrays, x, y, state, masks, squashing, skip_sum)
    np.testing.assert_allclose(found.loss, value(), rtol=1e-12)
    assert set(found.gradients) == set(arrays)
    for name, array in arrays.items():
        assert_slopes(found.gradients[name], slope(value, array), name)
    assert_slopes(found.initial_state, slope(value, state), "initial states")


@pytest.mark.parametrize(("cell", "squashing"), CELLS)
def test_three_windows_with_carried_state_equal_one(cell, squashing):
    arrays, x, y, state, _ = case(cell, np.random.default_rng(3), T=9)
    whole, end = naive.losses(arrays, x, y, state, squashing)
    parts, carried = [], state
    for t in (0, 3, 6):
        nats, carried = naive.losses(arrays, x[t : t + 3], y[t : t + 3], carried, squashing)
        parts.append(nats)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(carried, end)


@pytest.mark.parametrize(("cell", "squashing"), CELLS)
def test_a_restart_is_a_fresh_row_and_the_bias_alone(cell, squashing):
    arrays, x, y, state, _ = case(cell, np.random.default_rng(4), E=0)
    x[:] = np.abs(x)
    x[3] = -1
    found, end = naive.logits(arrays, x, state, squashing)
    fresh, fresh_end = naive.logits(arrays, x[3:], np.zeros_like(state), squashing)
    np.testing.assert_array_equal(found[3:], fresh)
    np.testing.assert_array_equal(end, fresh_end)
    arrays["layers.0.W"][:] = 7.0  # whatever the table holds, the first step does not see it
    np.testing.assert_array_equal(naive.logits(arrays, x[3:4], state, squashing)[0], fresh[:1])
    result = naive.gradient(arrays, x[3:], y[3:], state, squashing=squashing)
    assert not result.initial_state.any()


def test_masks_touch_the_way_up_and_never_the_recurrence():
    arrays, x, y, state, _ = case("lstm", np.random.default_rng(5))
    shut = np.ones((2, 2, 3))
    shut[0] = 0.0
    plain, masked = (naive.gradient(arrays, x, y, state, masks) for masks in (None, shut))
    np.testing.assert_array_equal(masked.state[:, 0], plain.state[:, 0])
    assert np.abs(masked.state[:, 1] - plain.state[:, 1]).max() > 1e-3
    shut[1] = 0.0  # nothing reaches the output layer: its bias predicts alone
    alone = -naive.log_softmax(arrays["output.b"])[y[y >= 0]].mean()
    assert naive.gradient(arrays, x, y, state, shut).loss == pytest.approx(alone, rel=1e-12)


def test_losses_and_trace_agree_with_the_gradient():
    arrays, x, y, state, _ = case("peephole", np.random.default_rng(6))
    result = naive.gradient(arrays, x, y, state, squashing="identity")
    nats, end = naive.losses(arrays, x, y, state, "identity")
    seen = naive.trace(arrays, x, state, "identity")
    assert result.count == 9
    assert nats.sum() / 9 == pytest.approx(result.loss, rel=1e-13)
    np.testing.assert_array_equal(end, result.state)
    np.testing.assert_array_equal(seen["c"][-1].transpose(1, 0, 2), end[0])
    np.testing.assert_allclose(seen["h"], seen["o"] * seen["c"], rtol=1e-14)
    assert seen["f"].shape == (5, 2, 2, 3)


def test_one_unit_by_hand():
    one = np.ones((1, 1, 1))
    start = np.array([[0.5]]), np.array([[0.25]])
    W, U, b = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.5, 0.6, 0.7, 0.8]), np.array([1.0, 0.0, -1.0, 0.5])
    p = np.array([[2.0], [3.0], [4.0]])
    kept = naive.lstm_forward(
        one, W.reshape(4, 1, 1), U.reshape(4, 1, 1), b.reshape(4, 1), *start, np.array([[False]]), p, "identity"
    )
    f = 1 / (1 + np.exp(-(0.1 + 0.125 + 1.0 + 1.0)))
    i = 1 / (1 + np.exp(-(0.2 + 0.15 + 1.5)))
    c = f * 0.5 + i * np.tanh(0.4 + 0.2 + 0.5)
    o = 1 / (1 + np.exp(-(0.3 + 0.175 + 4.0 * c - 1.0)))
    assert kept["c"].item() == pytest.approx(c, rel=1e-14)
    assert kept["h"].item() == pytest.approx(o * c, rel=1e-14)


def test_filters_by_hand():
    logits = np.log([0.4, 0.1, 0.3, 0.2])
    np.testing.assert_allclose(naive.tempered(logits, 0.5), np.array([16, 1, 9, 4]) / 30)
    np.testing.assert_allclose(naive.tempered(logits, 0.0), [1, 0, 0, 0])
    np.testing.assert_allclose(naive.tempered([1e30, 1e30, -1e30], 1e-6), [0.5, 0.5, 0])
    np.testing.assert_allclose(naive.tempered(logits, 1.0, banned=[1, 0, 0, 0]), np.array([0, 1, 3, 2]) / 6)
    np.testing.assert_allclose(naive.filtered(logits, top_k=2), np.array([4, 0, 3, 0]) / 7)
    np.testing.assert_allclose(naive.filtered(logits, top_k=9), [0.4, 0.1, 0.3, 0.2])
    np.testing.assert_allclose(naive.filtered(logits, top_p=0.71), np.array([4, 0, 3, 2]) / 9)
    np.testing.assert_allclose(naive.filtered(logits, top_p=0.0), [1, 0, 0, 0])
    np.testing.assert_allclose(naive.filtered(logits, min_p=0.6), np.array([4, 0, 3, 0]) / 7)
    np.testing.assert_allclose(naive.filtered(logits, top_k=3, top_p=0.5), np.array([4, 0, 3, 0]) / 7)
    np.testing.assert_allclose(naive.filtered(np.zeros(4), top_k=2), [0.5, 0.5, 0, 0])


def test_optimiser_by_hand():
    keywords = {"rate": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weight_decay": 0.5}
    theta, mask, zero = np.array([1.0, 1.0]), np.array([1.0, 0.0]), np.zeros(2)
    theta, first, second = naive.adamw(theta, np.array([4.0, -4.0]), zero, zero, mask, step=1, scale=0.5, **keywords)
    np.testing.assert_allclose(theta, [1 - 0.1 * 1.5, 1 + 0.1], rtol=1e-7)  # a first step is one rate long
    theta, first, second = naive.adamw(theta, np.array([1.0, 1.0]), first, second, mask, step=2, **keywords)
    m = np.array([0.9 * 0.2 + 0.1, -0.9 * 0.2 + 0.1]) / 0.19
    v = (0.99 * 0.04 + 0.01) / (1 - 0.99**2)
    np.testing.assert_allclose(theta, [0.85 - 0.1 * (m[0] / v**0.5 + 0.425), 1.1 - 0.1 * m[1] / v**0.5], rtol=1e-7)
    assert naive.global_norm(np.array([[3.0], [4.0]])) == 5.0
    assert naive.clipping_scale(5.0, 1.0) == 0.2
    assert naive.clipping_scale(0.5, 1.0) == 1.0


def test_the_nearest_bfloat16():
    """Numbers whose nearest bfloat16 is known: 8 significant bits from 2**-126 to (2 - 2**-7) * 2**127."""
    last, step = (2 - 2**-7) * 2.0**127, 2.0**-7
    known = {
        **{1 + step / 2: 1.0, 1 + 1.5 * step: 1 + 2 * step, 1 + step / 2 + 2**-23: 1 + step, 2 - 2**-9: 2.0},
        **{2.0**-126: 2.0**-126, 2.0**-126 - 2.0**-149: 0.0, 2.0**-149: 0.0, 0.0: 0.0},
        **{last: last, last + 2.0**118: last, last + 2.0**119: np.inf, np.inf: np.inf},
    }
    for number, right in known.items():
        assert bfloat16(number) == right and bfloat16(-number) == -right
    assert np.isnan(bfloat16(np.nan))


@pytest.mark.parametrize(("E", "tied"), [(0, False), (4, False), (3, True)])
@pytest.mark.parametrize("skip_sum", [False, True])
@pytest.mark.parametrize(("cell", "squashing"), CELLS)
def test_with_no_factor_rounded_mixed_precision_is_the_network(cell, squashing, skip_sum, E, tied):
    rng = np.random.default_rng(7)
    arrays, x, y, state, masks = case(cell, rng, E=E, tied=tied)
    tokens = (rng.random(4) < 0.7) / 0.7 if E else None
    expected = naive.gradient(arrays, x, y, state, masks, squashing, skip_sum, tokens)
    found, nats = rounded.gradient(arrays, x, y, state, masks, squashing, skip_sum, tokens, rounded.exact, np.tanh)
    np.testing.assert_allclose(found.loss, expected.loss, rtol=1e-13)
    np.testing.assert_allclose(nats.sum() / found.count, expected.loss, rtol=1e-13)
    assert (found.count, set(found.gradients)) == (expected.count, set(expected.gradients))
    np.testing.assert_allclose(found.state, expected.state, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found.initial_state, expected.initial_state, rtol=0, atol=1e-13)
    for name, array in expected.gradients.items():
        np.testing.assert_allclose(found.gradients[name], array, rtol=0, atol=1e-13, err_msg=name)
