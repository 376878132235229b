"""Validation: every token once, the same tokens every time, and nothing of training disturbed by it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstmgen.network import Network, initialise
from lstmgen.settings import Architecture
from lstmgen.text.bits import validation_bits_per_character
from lstmgen.training import train
from lstmgen.training.evaluation_cost import max_final_tokens
from lstmgen.training.interrupts import StopFlag
from lstmgen.training.validation import score_validation, significantly_above, temporary_weights, tokens_to_score
from tests.training.runs import TINY, corpus, finish, settings


def network(vocabulary: int) -> Network:
    sizes = Architecture("lstm", vocabulary, 0, 6, 2)
    return Network(sizes, initialise(sizes, np.random.default_rng(0)))


def test_the_whole_part_is_one_stream_from_zero_state() -> None:
    c = corpus(20_000)
    net = network(len(c.vocabulary))
    score = score_validation(net, c, StopFlag())
    assert score is not None
    state, last, nats = net.zero_state(1), -1, []
    for token in c.validation[:400].astype(int):
        logits, state = net.logits(np.array([[last]], np.int32), state)
        row = logits[0, 0].astype(np.float64)
        nats.append(np.log(np.exp(row - row.max()).sum()) + row.max() - row[token])
        last = token
    beginning = corpus(20_000)
    cut = type(beginning)(**{**vars(beginning), "ids": beginning.ids[: beginning.split + 400]})
    short = score_validation(net, cut, StopFlag())
    assert short is not None
    assert short.tokens == 400
    assert short.nats == pytest.approx(np.mean(nats), rel=1e-5)
    assert score.tokens == len(c.validation) == 1_000
    assert score.bits == pytest.approx(score.nats / math.log(2.0))


def test_unknown_words_are_charged_for_their_spelling() -> None:
    c = corpus(6_000, level="word", min_count=170)
    assert c.vocabulary.unknown is not None
    conversion = validation_bits_per_character(c)
    unknowns = int((c.validation == c.vocabulary.unknown).sum())
    letters = len(set("".join(c.vocabulary.tokens))) + 1
    assert unknowns > 0
    total = 1.5 * len(c.validation) + (c.unknown_characters + unknowns) * math.log(letters)
    assert conversion.convert(1.5) == pytest.approx(total / math.log(2.0) / c.validation_characters)


def test_other_weights_for_a_moment() -> None:
    net = network(5)
    before = net.parameters.copy()
    x = np.array([[1, 2]], np.int32)
    logits = net.logits(x, net.zero_state(2))[0]
    with pytest.raises(ZeroDivisionError), temporary_weights(net, before * 2):
        assert (net.logits(x, net.zero_state(2))[0] != logits).any()
        _ = 1 / 0
    assert (net.parameters == before).all()
    assert (net.logits(x, net.zero_state(2))[0] == logits).all()


def test_the_mean_yields_only_to_what_is_surely_better() -> None:
    best = np.random.default_rng(1).random(400)
    noise = np.resize([0.3, -0.3], 400)  # standard error 0.015
    assert not significantly_above(best, best)
    assert not significantly_above(best + noise + 0.029, best)
    assert significantly_above(best + noise + 0.031, best)
    assert not significantly_above(best - 0.2, best)
    assert not significantly_above(best[:1] + 0.0, best[:1])


def test_what_is_scored_at_the_end_is_bounded_by_counts() -> None:
    small, words = Architecture("lstm", 65, 0, 256, 1), Architecture("lstm", 20_000, 256, 256, 1, tied=True)
    assert max_final_tokens(small, 0) > 200_000  # the usual share of a long text, whole
    assert 10_000 < max_final_tokens(words, 0) < 11_000
    assert max_final_tokens(words, 1_000_000) == 50_000
    assert max_final_tokens(Architecture("lstm", 500_000, 0, 1024, 2), 0) == 1_024


def test_of_a_part_that_is_too_long_the_beginning_is_scored() -> None:
    c = corpus(20_000)
    net = network(len(c.vocabulary))
    short = score_validation(net, c, StopFlag(), 300)
    assert short is not None
    cut = type(c)(**{**vars(c), "ids": c.ids[: c.split + 300]})
    whole = score_validation(net, cut, StopFlag())
    assert whole is not None
    assert (short.tokens, short.nats) == (300, whole.nats)
    assert score_validation(net, c, StopFlag(), 1_000) == score_validation(net, c, StopFlag())


def test_of_pieces_the_beginning_of_each_is_scored() -> None:
    c = corpus(100_000, validation=None)
    assert c.validation_pieces == 10
    ids, starts = tokens_to_score(c, 2_000)
    assert 2_000 - 10 <= len(ids) <= 2_000
    ends = [*starts[1:].tolist(), len(ids)]
    for own, begin, end in zip(c.validation_starts.tolist(), starts.tolist(), ends, strict=True):
        assert (ids[begin:end] == c.validation[own : own + end - begin]).all()
        assert 190 <= end - begin <= 200
    few = tokens_to_score(c, 300)  # too few for a beginning of each
    assert (few[0] == c.validation[:300]).all()


def test_a_long_part_is_scored_within_bounds_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmgen.training.evaluation_cost._FINAL_WORK", 1.0)
    monkeypatch.setattr("lstmgen.training.evaluation_cost.FEWEST_SCORED", 40)
    found = finish(train(corpus(20_000), TINY, settings(steps=200)))
    assert found.model.header["training"]["final_tokens"] == int(0.05 * found.tokens_seen) > 300
    assert found.validation == found.model.header["training"]["final_validation"]
