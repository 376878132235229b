"""Writing beside an n-gram model: the draws are those of the mixture, written out token by token."""

from __future__ import annotations

import numpy as np
import pytest

from lstmgen.errors import UsageError
from lstmgen.network import ClampedNetwork, parse_clamp
from lstmgen.sampling.mixed import MixedNetwork
from lstmgen.settings import SamplingSettings
from lstmgen.text import Vocabulary
from lstmgen.text.ngram import NGram
from tests import naive
from tests.inspection.traces import network_for
from tests.sampling.networks import written

LETTERS = Vocabulary("char", ["\n", "a", "b", "c", "d", "e", "f"])
CORPUS = np.random.default_rng(0).choice(7, 400, p=[0.1, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1])


def ngram(lines: bool = False, order: int = 4) -> NGram:
    starts = np.append(0, 1 + np.flatnonzero(CORPUS[:-1] == 0)) if lines else None
    return NGram.build(CORPUS, 7, order, starts)


def by_hand(network, counted: NGram, weight: float, read: list[int], drawn: np.ndarray, filters) -> list[int]:
    """Tokens after `read`, one draw each: the network's softmax, the n-gram's distribution, their sum, the filters."""
    state, found, before = network.zero_state(1), [], [token for token in read if token >= 0]
    for x in read[:-1]:
        _, state = network.logits(np.array([[x]], np.int32), state)
    last = read[-1]
    for u in drawn:
        logits, state = network.logits(np.array([[last]], np.int32), state)
        p = (1 - weight) * naive.softmax(logits[0, 0].astype(float)) + weight * counted.distribution(np.array(before))
        assert p.sum() == pytest.approx(1.0)
        last = int(np.searchsorted(np.cumsum(naive.filtered(np.log(p), **filters)), u, side="right"))
        found.append(last)
        before.append(last)
    return found


@pytest.mark.parametrize("weight", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("filters", [{}, {"temperature": 0.5}, {"top_k": 3}, {"top_p": 0.7}, {"min_p": 0.2}], ids=str)
def test_the_filters_see_the_mixture(weight: float, filters: dict) -> None:
    network, counted = network_for(), ngram()
    uniforms = np.random.default_rng(2).random((30, 2))
    mixed = MixedNetwork(network, counted, weight)
    ids, _ = mixed.sampler(2).next_tokens(np.array([-1, -1]), mixed.zero_state(2), uniforms, **filters)
    for row in range(2):
        assert ids[:, row].tolist() == by_hand(network, counted, weight, [-1], uniforms[:, row], filters)


def test_the_past_is_carried_whatever_the_pieces() -> None:
    network, counted = network_for("peephole"), ngram(lines=True)
    mixed, x = MixedNetwork(network, counted, 0.5), CORPUS[:40, None].astype(np.int32)
    x[[0, 17]] = -1
    whole, end = mixed.logits(x, mixed.zero_state(1))
    state, pieces = mixed.zero_state(1), []
    for a, b in ((0, 1), (1, 3), (3, 30), (30, 40)):
        logits, state = mixed.logits(x[a:b], state)
        pieces.append(logits)
    np.testing.assert_allclose(np.concatenate(pieces), whole, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(state, end, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mixed.advance(x, mixed.zero_state(1)), end, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.exp(whole.astype(float)).sum(axis=2), 1.0, rtol=1e-5)
    alone, _ = network.logits(x, network.zero_state(1))
    for t in (0, 2, 16, 17, 18, 25, 39):
        began = 17 if t >= 17 else 0
        expected = 0.5 * naive.softmax(alone[t, 0].astype(float))
        expected += 0.5 * counted.distribution(x[began + 1 : t + 1, 0])
        np.testing.assert_allclose(np.exp(whole[t, 0].astype(float)), expected, rtol=1e-4)


@pytest.mark.parametrize("prompt", ["", "abba", "fade" * 80])
def test_a_sample_is_the_same_among_others(prompt: str) -> None:
    mixed = MixedNetwork(network_for(), ngram(), 0.5)
    one, three = (
        [p.text for p in written(mixed, LETTERS, SamplingSettings(length=60, seed=4, num_samples=n), prompt=prompt)]
        for n in (1, 3)
    )
    assert "".join(three).startswith("".join(one))
    plain = "".join(p.text for p in written(network_for(), LETTERS, SamplingSettings(length=60, seed=4), prompt=prompt))
    assert plain != "".join(one)


def test_with_weight_0_it_writes_as_before_and_held_units_stay_held() -> None:
    network, how = network_for(), SamplingSettings(length=80, seed=1)
    texts = [
        "".join(piece.text for piece in written(one, LETTERS, how))
        for one in (network, MixedNetwork(network, ngram(), 0.0))
    ]
    assert texts[0] == texts[1]
    held = ClampedNetwork(network, [parse_clamp("f=0", network.architecture)])
    texts = [
        "".join(piece.text for piece in written(one, LETTERS, how)) for one in (held, MixedNetwork(held, ngram(), 0.0))
    ]
    assert texts[0] == texts[1]


def test_it_computes_in_float32() -> None:
    with pytest.raises(UsageError, match="--precision"):
        MixedNetwork(network_for(), ngram(), 0.5).sampler(1, "bf16")
