"""The draw against the definitions: support, sums, ties, extremes, and shares found by sweeping u."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstmgen.kernels.compile import jit
from lstmgen.kernels.draw import draw
from tests.naive import filtered

ALMOST_ONE = float(np.nextafter(1.0, 0.0))


@jit
def sweep(logits, V, banned, temperature, top_k, top_p, min_p, points, work, order, drawn):
    """How often each token is drawn when u takes the midpoints of a grid; u = 0 and the last u below 1 come first."""
    for n in range(-2, points):
        u = (n + 0.5) / points if n >= 0 else (0.0 if n == -2 else 1.0 - 2.0**-53)
        token = draw(logits, V, banned, temperature, top_k, top_p, min_p, u, work, order)
        drawn[token if n >= 0 else V + token] += 1


def shares(logits, banned=None, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, points=2000, precision=np.float32):
    """Share of the grid that draws each token, and the set of tokens drawn at all."""
    V = len(logits)
    work, order = np.full(V + 3, np.nan, precision), np.full(V + 3, -7, np.int32)
    drawn = np.zeros(2 * V, np.int64)
    banned = np.zeros(V, np.uint8) if banned is None else np.asarray(banned, np.uint8)
    padded = np.append(np.asarray(logits, np.float32), np.float32([np.inf, np.nan, 1e38]))  # beyond V: not looked at
    sweep(padded, V, banned, float(temperature), top_k, float(top_p), float(min_p), points, work, order, drawn)
    return drawn[:V] / points, set(np.flatnonzero(drawn[:V] + drawn[V:]))


def one(logits, u=0.5, banned=None, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0):
    V = len(logits)
    banned = np.zeros(V, np.uint8) if banned is None else np.asarray(banned, np.uint8)
    work, order = np.zeros(V, np.float32), np.zeros(V, np.int32)
    return draw(
        np.asarray(logits, np.float32), V, banned, float(temperature), top_k, float(top_p), float(min_p), u, work, order
    )


def agree(logits, points=2000, precision=np.float32, **filters):
    """A token's u's are one interval, so its share of a grid is its probability within one point."""
    logits = [float(np.float32(z)) for z in logits]
    expected = filtered(logits, **filters)
    found, support = shares(logits, points=points, precision=precision, **filters)
    assert support <= {i for i, p in enumerate(expected) if p > 0}
    assert support >= {i for i, p in enumerate(expected) if p > 2 / points}
    assert np.abs(found - expected).max() <= 1.01 / points + 1e-6


def on_an_edge(logits, top_p=1.0, min_p=0.0, **filters):
    """Whether rounding alone may decide about a token."""
    p = np.sort(filtered(logits, **filters))[::-1]
    at_top_p = top_p < 1 and np.abs(np.cumsum(p) - top_p).min() < 1e-6
    return at_top_p or (0 < min_p < 1 and np.abs(p / p[0] - min_p).min() < 1e-6)


@st.composite
def cases(draw_one):
    V = draw_one(st.integers(1, 40))
    spread = draw_one(st.sampled_from([0.1, 1.0, 4.0, 30.0]))
    rng = np.random.default_rng(draw_one(st.integers(0, 2**32 - 1)))
    logits = rng.normal(size=V) * spread
    if draw_one(st.booleans()):
        logits = np.round(logits)  # ties
    banned = rng.random(V) < draw_one(st.sampled_from([0.0, 0.3]))
    banned[rng.integers(V)] = False
    filters = {
        "banned": banned.astype(np.uint8),
        "temperature": draw_one(st.sampled_from([0.0, 0.3, 0.8, 1.0, 2.5])),
        "top_k": draw_one(st.sampled_from([0, 0, 1, 2, 5, 20, 1000])),
        "top_p": draw_one(st.sampled_from([1.0, 1.0, 0.0, 0.123456, 0.55, 0.9, 0.999])),
        "min_p": draw_one(st.sampled_from([0.0, 0.0, 0.0213, 0.31, 1.0])),
    }
    return np.float32(logits).tolist(), filters


@settings(max_examples=300)
@given(cases())
def test_shares_are_the_probabilities_of_the_definition(case):
    logits, filters = case
    assume(filters["temperature"] == 0 or not on_an_edge(logits, **filters))
    agree(logits, **filters)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 7, 60, 400]), st.sampled_from([0.5, 0.97, 1.0]))
def test_large_vocabularies(seed, top_k, top_p):
    logits = np.float32(np.random.default_rng(seed).gumbel(size=1500) * 2).tolist()
    filters = {"temperature": 1.3, "top_k": top_k, "top_p": top_p}
    assume(not on_an_edge(logits, **filters))
    agree(logits, points=5000, **filters)


@pytest.mark.parametrize("top_k", [1, 2, 3, 4, 5])
def test_ties_at_the_border_of_top_k_go_to_the_lower_index(top_k):
    logits = [0.0, 2.0, 2.0, 1.0, 2.0, 1.0]
    expected = [1, 2, 4, 3, 5][:top_k]
    assert shares(logits, top_k=top_k)[1] == set(expected)
    assert shares(logits, top_k=top_k, temperature=1e6)[1] == set(expected)


@pytest.mark.parametrize(("top_p", "kept"), [(0.0, 1), (0.25, 1), (0.2500001, 2), (0.5, 2), (0.75, 3), (0.9, 4)])
def test_ties_at_the_border_of_top_p_go_to_the_lower_index(top_p, kept):
    assert shares([3.0] * 4, top_p=top_p)[1] == set(range(kept))


def test_top_p_counts_what_top_k_has_left_and_min_p_what_top_p_has_left():
    logits = np.log([0.4, 0.3, 0.2, 0.1]).tolist()
    assert shares(logits, top_p=0.65)[1] == {0, 1}
    assert shares(logits, top_k=2, top_p=0.55)[1] == {0}  # 4/7 of what is left
    assert shares(logits, top_p=0.65, min_p=0.5)[1] == {0, 1}
    assert shares(logits, min_p=0.51, top_p=0.35)[1] == {0}
    assert shares(logits, min_p=0.51, top_p=0.75)[1] == {0, 1}  # not three of four: min-p comes last
    assert shares(logits, min_p=0.51)[1] == {0, 1}
    agree(logits, min_p=0.51)


@pytest.mark.parametrize(
    "filters", [{"top_k": 30}, {"top_k": 31}, {"top_k": 36}, {"top_p": ALMOST_ONE}, {"top_p": 1 - 1e-12}]
)
def test_a_border_that_is_never_reached_keeps_everything(filters):
    logits, banned = np.linspace(-0.1, 0.1, 37).tolist(), [0] * 30 + [1] * 7
    for temperature in (0.1, 1.0, 1e3):
        agree(logits, banned=np.array(banned), temperature=temperature, **filters)


@pytest.mark.parametrize("temperature", [1e-6, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("filters", [{}, {"top_k": 2}, {"top_k": 99}, {"top_p": 0.7}, {"top_p": 0.7, "min_p": 0.05}])
@pytest.mark.parametrize(
    "logits",
    [
        [1e30, -1e30, 0.0],
        [-1e30, -1e30, -1e30],
        [1e30, 1e30, 1e30, 5.0],
        [0.5, 0.25, -1e30],
        [1e-30, 0.0, -1e-30],
        [7.0],
    ],
)
def test_extremes_of_logits_and_temperature(logits, filters, temperature):
    agree(logits, temperature=temperature, **filters)


def test_a_high_temperature_is_even_and_still_knows_the_order():
    logits = np.linspace(-3, 3, 61)
    assert np.abs(shares(logits, temperature=1e6, points=61 * 40)[0] - 1 / 61).max() < 1e-3
    assert shares(logits, temperature=1e6, top_k=3)[1] == {58, 59, 60}
    assert shares(logits, temperature=1e6, top_p=0.05)[1] == {57, 58, 59, 60}
    assert shares(logits, temperature=1e6, min_p=1.0)[1] == {60}


@pytest.mark.parametrize("temperature", [1e-300, 5e-324, 1e-38, 0.0])
def test_a_vanishing_temperature_is_the_argmax(temperature):
    assert shares([1.0, 2.0, 1.9999999, 2.0], temperature=temperature)[1] <= {1, 3}
    assert shares([1.0, 3.0, 2.0], temperature=temperature)[1] == {1}


def test_temperature_zero_takes_the_first_of_equals_and_passes_banned_ones_over():
    assert one([1, 5, 5, 5], temperature=0) == 1
    assert one([1, 5, 5, 5], temperature=0, banned=[0, 1, 0, 0]) == 2
    assert one([1, 5, 5, 5], temperature=0, banned=[0, 1, 1, 1], u=ALMOST_ONE) == 0


@pytest.mark.parametrize("u", [0.0, 1e-300, 0.5, ALMOST_ONE])
@pytest.mark.parametrize("filters", [{}, {"top_k": 2}, {"top_p": 0.9}, {"min_p": 0.1}, {"temperature": 0}])
def test_banned_impossible_and_not_a_number_are_never_drawn(filters, u):
    logits, banned = [9.0, -math.inf, 0.0, math.nan, -200.0, 0.0, 8.0], [1, 0, 0, 0, 0, 0, 1]
    assert one(logits, banned=banned, u=u, **filters) in (2, 5)
    assert one([0.0] * 5, banned=[1] * 5, u=u, **filters) == -1
    assert one([math.nan, -math.inf], u=u, **filters) == -1
    assert one([1.0, math.inf, 3.0], u=u, **filters) == 1


def test_the_last_token_of_the_support_is_drawn_near_one_and_the_first_at_zero():
    for V in range(1, 12):
        logits = np.full(V + 4, -500.0)
        logits[2 : V + 2] = np.linspace(0, 1, V)
        assert one(logits, u=ALMOST_ONE) == V + 1
        assert one(logits, u=0.0) == 2


@pytest.mark.parametrize("V", [2, 8, 64])
def test_a_u_between_two_tokens_belongs_to_the_second(V):
    assert [one([1.5] * V, u=k / V) for k in range(V)] == list(range(V))


def test_scratch_of_either_precision():
    logits = np.random.default_rng(3).normal(size=30).tolist()
    agree(logits, precision=np.float64, top_k=9, top_p=0.8, min_p=0.01)


def test_weights_are_exp_to_single_precision():
    from lstmgen.kernels.draw import _weigh

    logits = np.linspace(-87, 0, 20_001).astype(np.float32)
    work = np.zeros(len(logits), np.float64)
    _weigh(logits, len(logits), np.zeros(len(logits), np.uint8), 0.0, 1.0, -87.0, work)
    assert np.abs(work / np.exp(logits.astype(np.float64)) - 1).max() < 1e-8
