"""The score against a recount, one token at a time; its error against what is known of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstmgen.errors import TextError
from lstmgen.inspect.predictions.measure import calibration_of, predict
from lstmgen.inspection.baselines import baseline_scores, count_ngrams
from lstmgen.inspection.passage import Passage, read_passage
from lstmgen.inspection.score import (
    line_scores,
    nats_by_character,
    score_difference,
    score_figures,
    surprisal,
    surprisal_in_fresh_windows,
)
from lstmgen.text import UNKNOWN_TOKEN, Vocabulary
from tests.inspection.traces import network_for

LETTERS = Vocabulary("char", ["\n", "a", "b", "c", "d", "e", "f"])
WORDS = Vocabulary("word", ["\n", "a", "bad", "cab", "fed", "bee", UNKNOWN_TOKEN], 6)


def passage(n: int = 700, documents: int = 3) -> Passage:
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcdef\n"), n // documents + 5 * k)) for k in range(documents)]
    return read_passage(LETTERS, texts)


def recount(network, inputs: list[int], targets: list[int]) -> list[float]:
    """One token at a time; -1 begins anew, None goes on from zero states but with the token."""
    state, found = network.zero_state(1), []
    for x, y in zip(inputs, targets, strict=True):
        if x == -1:
            state = network.zero_state(1)
        logits, state = network.logits(np.array([[x]], np.int32), state)
        row = logits[0, 0].astype(np.float64)
        found.append(float(np.log(np.exp(row - row.max()).sum()) + row.max() - row[y]))
    return found


def inputs_of(text: Passage) -> list[int]:
    x = [-1, *text.ids[:-1].tolist()]
    return [-1 if t in text.starts else token for t, token in enumerate(x)]


def test_every_token_from_a_carried_state() -> None:
    network, text = network_for("peephole"), passage()
    expected = recount(network, inputs_of(text), text.ids.tolist())
    np.testing.assert_allclose(surprisal(network, text.ids, text.starts), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("window", [1, 32, 100, 1000])
def test_fresh_windows_know_one_token(window: int) -> None:
    network, text = network_for(), passage(300, 2)
    x, y = inputs_of(text), text.ids.tolist()
    expected = [n for a in range(0, len(y), window) for n in recount(network, x[a : a + window], y[a : a + window])]
    found = surprisal_in_fresh_windows(network, text.ids, text.starts, window)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_figures_are_sums_by_hand() -> None:
    text = read_passage(WORDS, ["a bad dog"])
    letters = len(set("".join(WORDS.tokens))) + 1
    found = score_figures(np.array([1.0, 2.0, 3.0]), text)
    charged = 6.0 + 4 * math.log(letters)
    assert (found.tokens, found.characters, found.nats) == (3, 9, 2.0)
    assert found.spelling == pytest.approx(4 * math.log(letters))
    assert found.nats_a_character == pytest.approx(charged / 9)
    assert found.bits_a_character == pytest.approx(charged / 9 / math.log(2))
    assert found.perplexity == pytest.approx(math.exp(charged / 3))
    assert score_figures(np.array([1.0]), read_passage(LETTERS, ["a"])).bits_error is None


def test_tokens_share_their_nats_among_their_characters() -> None:
    found = nats_by_character(np.array([1.0, 3.0, 4.0, 2.0, 5.0]), np.array([1, 0, 2, 4, 0]))
    np.testing.assert_allclose(found, [1.0, 3.5, 3.5, 1.75, 1.75, 1.75, 1.75])
    with pytest.raises(TextError):
        nats_by_character(np.array([1.0]), np.array([0]))


def test_two_models_on_the_same_characters() -> None:
    text = "bad cab, a bee\nfed a cab\n" * 30
    words = Vocabulary("word", ["\n", "a", "bad", "cab", "fed", "bee", ",", UNKNOWN_TOKEN], 7)
    letters = Vocabulary("char", sorted(set(text)))
    first, second = read_passage(words, [text]), read_passage(letters, [text])
    rng = np.random.default_rng(0)
    a, b = rng.random(len(first)), rng.random(len(second)) / 3
    found = score_difference(a, first, b, second)
    assert found.bits == pytest.approx((a.sum() - b.sum()) / len(text) / math.log(2))
    assert found.bits == pytest.approx(
        score_figures(a, first).bits_a_character - score_figures(b, second).bits_a_character
    )
    assert len(found.characters) == len(text)
    back = score_difference(b, second, a, first)
    assert back.bits == pytest.approx(-found.bits)
    assert back.error == pytest.approx(found.error)
    assert score_difference(a, first, a, first).error == 0.0
    with pytest.raises(TextError, match="'!' is unknown to one"):
        score_difference(a, first, b, read_passage(letters, [text[:-1] + "!"]))


def test_lines_add_up_to_the_whole() -> None:
    text = read_passage(LETTERS, ["ab\n\ncde\nf", "fa\n"])
    nats = np.arange(1.0, len(text) + 1)
    rows = line_scores(nats, text)
    assert [row.text for row in rows] == ["ab", "", "cde", "f", "fa"]
    assert [row.tokens for row in rows] == [3, 1, 4, 1, 3]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert sum(row.nats for row in rows) == nats.sum()
    assert rows[2].bits_a_character == pytest.approx((5 + 6 + 7 + 8) / 4 / math.log(2))


def test_baselines_are_charged_alike() -> None:
    text = read_passage(WORDS, ["a bad cab\na bad bee\n" * 5 + "a dog"])
    learned = read_passage(WORDS, ["a bad bee\na bad cab\n" * 40])
    nats = np.full(len(text), 0.5)
    rows = baseline_scores(text, nats, 7, count_ngrams(learned.ids, 7, "word", None))
    assert [row.name for row in rows] == ["uniform", *(f"{k}-gram" for k in range(1, 6))]
    uniform = (len(text) * math.log(7) + text.spelling.sum()) / len(text.text) / math.log(2)
    assert rows[0].bits_a_character == pytest.approx(uniform)
    assert rows[0].more == pytest.approx(uniform - score_figures(nats, text).bits_a_character)
    assert rows[2].nats < rows[1].nats < rows[0].nats
    assert [row.name for row in baseline_scores(text, nats, 7, None)] == ["uniform"]


def test_the_surprise_of_predictions_is_the_score() -> None:
    network, text = network_for(), passage(1500)
    found = predict(network, text, 4)
    score = surprisal(network, text.ids, text.starts)
    assert found.nats.sum() == pytest.approx(score.sum(), rel=1e-6)
    np.testing.assert_allclose(np.exp(-found.nats), found.probability)
    assert (found.rank == 1).mean() == found.right()
    assert found.right(7) == 1.0


def test_guesses_ranks_and_entropy_by_hand() -> None:
    network, text = network_for(), passage(60, 1)
    found = predict(network, text, 7)
    x = np.array([-1, *text.ids[:-1]], np.int32)[:, None]
    logits = network.logits(x, network.zero_state(1))[0][:, 0].astype(np.float64)
    for t, token in enumerate(text.ids.tolist()):
        shares = np.exp(logits[t]) / np.exp(logits[t]).sum()
        order = sorted(range(7), key=lambda k: -shares[k])
        assert found.top[t].tolist() == order
        assert found.rank[t] == order.index(token) + 1
        assert found.entropy[t] == pytest.approx(-sum(p * math.log(p) for p in shares), rel=1e-5)
        np.testing.assert_allclose(found.probabilities[t], shares[order], rtol=1e-5)
    worst = found.worst(5)
    assert found.nats[worst].tolist() == sorted(found.nats.tolist(), reverse=True)[:5]


def test_calibration_is_the_gap_of_every_tenth() -> None:
    text = passage(900)
    found = predict(network_for(seed=2), text, 2)
    sure, right = found.probabilities[:, 0], found.top[:, 0] == text.ids
    curve = calibration_of(found)
    gap = 0.0
    for k in range(10):
        inside = (sure >= k / 10) & (sure < (k + 1) / 10)
        assert curve.places[k] == inside.sum()
        if inside.any():
            assert curve.expected[k] == pytest.approx(sure[inside].mean())
            assert curve.observed[k] == pytest.approx(right[inside].mean())
            gap += inside.sum() * abs(sure[inside].mean() - right[inside].mean())
        else:
            assert math.isnan(curve.expected[k])
    assert curve.error == pytest.approx(gap / len(text))
