"""Validation: every token once, the same tokens every time, and nothing of training disturbed by it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstmgen.network import Network, initialise
from lstmgen.settings import Architecture
from lstmgen.text.bits import exchange_of
from lstmgen.training.evaluation import standard_error, surely_above, weights_of, whole_score
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


def test_neighbours_that_are_alike_count_as_less() -> None:
    rng = np.random.default_rng(3)
    alone, alike = rng.standard_normal(6_400), np.repeat(rng.standard_normal(200), 32)
    assert standard_error(alone) == pytest.approx(1 / 80, rel=0.15)
    assert standard_error(alike) == pytest.approx(1 / math.sqrt(200), rel=0.15)
    assert standard_error(alone[:100]) == pytest.approx(alone[:100].std() / 10)
