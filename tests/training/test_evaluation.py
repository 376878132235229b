"""Validation: every token once, the same tokens every time, and nothing of training disturbed by it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstmgen.network import Network, initialise
from lstmgen.settings import Architecture
from lstmgen.training.ending import surely_above
from lstmgen.training.evaluation import exchange_of, sample_of, weights_of, whole_score
from lstmgen.training.interrupts import StopFlag
from tests.training.runs import corpus


def network(vocabulary: int) -> Network:
    sizes = Architecture("lstm", vocabulary, 0, 6, 2)
    return Network(sizes, initialise(sizes, np.random.default_rng(0)))


def test_the_whole_part_is_one_stream_from_zero_state() -> None:
    c = corpus(20_000)
    net = network(len(c.vocabulary))
    score = whole_score(net, c, StopFlag())
    assert score is not None
    state, last, nats = net.zero_state(1), -1, []
    for token in c.validation[:400].astype(int):
        logits, state = net.logits(np.array([[last]], np.int32), state)
        row = logits[0, 0].astype(np.float64)
        nats.append(np.log(np.exp(row - row.max()).sum()) + row.max() - row[token])
        last = token
    beginning = corpus(20_000)
    cut = type(beginning)(**{**vars(beginning), "ids": beginning.ids[: beginning.split + 400]})
    short = whole_score(net, cut, StopFlag())
    assert short is not None
    assert short.tokens == 400
    assert short.nats == pytest.approx(np.mean(nats), rel=1e-5)
    assert score.tokens == len(c.validation) == 1_000
    assert score.bits == pytest.approx(score.nats / math.log(2.0))


def test_a_sample_is_a_fixed_part_of_it() -> None:
    c = corpus(60_000)
    net = network(len(c.vocabulary))
    small, whole = sample_of(c, 512), sample_of(c, 10**9)
    assert small is not None
    assert whole is not None
    assert len(small.ids) == 512
    assert len(small.starts) == 16
    assert (whole.ids == c.validation).all()
    before = net.parameters.copy()
    assert small.score(net, StopFlag()) == small.score(net, StopFlag())
    assert (net.parameters == before).all()
    lines = corpus(60_000, lines=True)
    some = sample_of(lines, 800)
    assert some is not None
    assert 400 < len(some.ids) < 1_200
    assert all(lines.vocabulary.decode(some.ids[[end - 1]]) == "\n" for end in some.starts[1:])
    assert sample_of(corpus(500), 512) is None


def test_unknown_words_are_charged_for_their_spelling() -> None:
    c = corpus(6_000, level="word", min_count=170)
    assert c.vocabulary.unknown is not None
    exchange = exchange_of(c)
    unknowns = int((c.validation == c.vocabulary.unknown).sum())
    letters = len(set("".join(c.vocabulary.tokens))) + 1
    assert unknowns > 0
    total = 1.5 * len(c.validation) + (c.unknown_spelling + unknowns) * math.log(letters)
    assert exchange.bits(1.5) == pytest.approx(total / math.log(2.0) / c.validation_characters)


def test_other_weights_for_a_moment() -> None:
    net = network(5)
    before = net.parameters.copy()
    x = np.array([[1, 2]], np.int32)
    logits = net.logits(x, net.zero_state(2))[0]
    with pytest.raises(ZeroDivisionError), weights_of(net, before * 2):
        assert (net.logits(x, net.zero_state(2))[0] != logits).any()
        _ = 1 / 0
    assert (net.parameters == before).all()
    assert (net.logits(x, net.zero_state(2))[0] == logits).all()


def test_the_mean_yields_only_to_what_is_surely_better() -> None:
    best = np.random.default_rng(1).random(400)
    noise = np.resize([0.3, -0.3], 400)  # standard error 0.015
    assert not surely_above(best, best)
    assert not surely_above(best + noise + 0.029, best)
    assert surely_above(best + noise + 0.031, best)
    assert not surely_above(best - 0.2, best)
    assert not surely_above(best[:1] + 0.0, best[:1])


def test_losses_of_a_sample_are_its_score_token_by_token() -> None:
    c = corpus(60_000)
    net, some = network(len(c.vocabulary)), sample_of(c, 512)
    assert some is not None
    nats = some.nats(net, StopFlag())
    assert nats.shape == (512,)
    assert some.score(net, StopFlag()).nats == pytest.approx(nats.mean(), rel=1e-12)
