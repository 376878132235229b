"""Mixing with an n-gram model, and the weight that is found on the way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text.mixture import NgramCorpus, mixture_nats, online_weights
from lstmgen.text.ngram import NGram

START = np.zeros(1, np.int64)


def test_the_ends_are_exact_and_between_it_is_the_sum() -> None:
    nats, others = np.array([0.1, 2.0, 7.0, 0.0]), np.array([1.0, 0.3, 7.0, 40.0])
    np.testing.assert_array_equal(mixture_nats(nats, others, 0.0), nats)
    np.testing.assert_array_equal(mixture_nats(nats, others, 1.0), others)
    expected = -np.log(0.7 * np.exp(-nats) + 0.3 * np.exp(-others))
    np.testing.assert_allclose(mixture_nats(nats, others, 0.3), expected, rtol=1e-12)
    np.testing.assert_allclose(mixture_nats(nats, others, np.full(4, 0.3)), expected, rtol=1e-12)
    assert mixture_nats(np.array([np.inf]), np.array([1.0]), 0.5)[0] == pytest.approx(1 + math.log(2))


def weights_by_hand(nats, others):
    """Bayes' rule a token at a time."""
    grid = [(k + 0.5) / 50 for k in range(50)]
    likely, found = [1 / 50] * 50, []
    for a, b in zip(nats, others, strict=True):
        found.append(sum(w * p for w, p in zip(grid, likely, strict=True)))
        likely = [p * ((1 - w) * math.exp(-a) + w * math.exp(-b)) for w, p in zip(grid, likely, strict=True)]
        likely = [p / sum(likely) for p in likely]
    return [*found, sum(w * p for w, p in zip(grid, likely, strict=True))]


def test_the_weight_is_bayes_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    nats, others = rng.exponential(1.0, 100), rng.exponential(1.2, 100)
    expected = weights_by_hand(nats, others)
    assert expected[0] == pytest.approx(0.5)
    np.testing.assert_allclose(online_weights(nats, others), expected, rtol=1e-9)
    monkeypatch.setattr("lstmgen.text.mixture._AT_ONCE", 7)
    np.testing.assert_allclose(online_weights(nats, others), expected, rtol=1e-9)


@settings(max_examples=40)
@given(pairs=st.lists(st.tuples(st.floats(0, 30), st.floats(0, 30)), min_size=1, max_size=40), place=st.integers(0, 39))
def test_a_weight_knows_only_what_was_before(pairs: list[tuple[float, float]], place: int) -> None:
    nats, others = np.array(pairs).T
    found = online_weights(nats, others)
    place = min(place, len(pairs) - 1)
    np.testing.assert_allclose(found[: place + 1], online_weights(nats[:place], others[:place]), rtol=1e-12)
    assert ((found > 0) & (found < 1)).all()
    best = min(mixture_nats(nats, others, w).sum() for w in (np.arange(50) + 0.5) / 50)
    assert mixture_nats(nats, others, found[:-1]).sum() <= best + math.log(50) + 1e-9


def text(n: int, seed: int, V: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, V, n).astype(np.int32)


@pytest.mark.parametrize("starts", [None, np.array([0, 30, 90])])
def test_counting_on_is_counting_all_that_was_read(starts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmgen.text.mixture._FIRST_RECOUNT", 10)
    learned, read = text(200, 1), text(47, 2)
    begins = START if starts is None else np.array([0, 8, 25])
    counted = NgramCorpus(learned, 5, 4, starts)
    found = counted.online_nats(read, begins)
    for place in range(47):
        known = place // 10 * 10
        first = None if starts is None else np.concatenate((starts, 200 + begins[begins < known]))
        ngram = NGram.build(np.concatenate((learned, read[:known])), 5, 4, first)
        begin = begins[begins <= place][-1]
        p = ngram.distribution(read[begin:place])
        assert p.sum() == pytest.approx(1.0)
        assert found[place] == pytest.approx(-math.log(p[read[place]]), rel=1e-9), place
    np.testing.assert_array_equal(found[:10], counted.ngram.nats(read, begins)[:10])


def test_recounts_become_rarer(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    build = NGram.build.__func__

    def noted(cls, ids, V, order, starts=None):
        sizes.append(len(ids))
        return build(cls, ids, V, order, starts)

    monkeypatch.setattr(NGram, "build", classmethod(noted))
    NgramCorpus(text(100, 1), 5, 2).online_nats(text(60_000, 2), START)
    assert sizes[:4] == [100, 1_100, 2_100, 3_100]
    assert len(sizes) < 50
    assert max(np.diff(sizes)) <= 60_000 / 20
