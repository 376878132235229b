"""What a file says of its training is handed on as it is; bits are reckoned as training reckons them."""

import math

import numpy as np
import pytest

from lstmgen.inspect.common.history import COLUMNS, training_history
from lstmgen.modelfile import HISTORY_COLUMNS
from lstmgen.text.bits import BitsPerCharacter

RNG = np.random.default_rng(0)
HISTORY, CLOCK = RNG.random((6, 6)), RNG.random((6, 2))


def head(**facts):
    corpus = {"tokens": 1000, "characters": 4000, "split": 900, "split_character": 3500}
    return {"history": list(HISTORY_COLUMNS), "corpus": corpus, "training": {}, "unknown": None} | facts


def test_columns_are_the_files():
    history = training_history(head(), HISTORY, CLOCK)
    assert tuple(history.columns) == COLUMNS and len(history) == 6
    for k, name in enumerate(HISTORY_COLUMNS):
        np.testing.assert_array_equal(history[name], HISTORY[:, k])
    np.testing.assert_array_equal(history["seconds"], CLOCK[:, 0])
    np.testing.assert_array_equal(history["speed"], CLOCK[:, 1])
    np.testing.assert_allclose(history["train_bits"], HISTORY[:, 3] / math.log(2) * 100 / 500)
    np.testing.assert_allclose(history["validation_bits"], HISTORY[:, 4] / math.log(2) / 5)


def test_columns_in_another_order_or_missing():
    history = training_history(head(history=["norm", "train", "x"]), HISTORY[:, :3], CLOCK)
    np.testing.assert_array_equal(history["norm"], HISTORY[:, 0])
    np.testing.assert_array_equal(history["train"], HISTORY[:, 1])
    assert np.isnan(history["validation"]).all()
    assert (history.measured_column("loss"), history.measured_column("rate"), history.measured_column("norm")) == (
        "train",
        None,
        "norm",
    )


def test_unknown_words_are_charged_for_their_spelling():
    paid = BitsPerCharacter(characters_per_token=5.0, spelling_nats=0.7)
    final = {"final_validation": 1.5, "final_bits_per_character": paid.convert(1.5)}
    history = training_history(head(training=final, unknown=0), HISTORY, CLOCK)
    wanted = [paid.convert(nats) for nats in HISTORY[:, 4]]
    np.testing.assert_allclose(history["validation_bits"], wanted)


@pytest.mark.parametrize("corpus", ({}, {"tokens": 0, "characters": 0}, {"tokens": "many"}))
def test_a_text_that_is_not_told_counts_a_character_a_token(corpus):
    history = training_history(head(corpus=corpus), HISTORY, CLOCK)
    np.testing.assert_allclose(history["train_bits"], HISTORY[:, 3] / math.log(2))


def test_nothing_recorded():
    history = training_history(head(), np.zeros((0, 6)), np.zeros((0, 2)))
    assert len(history) == 0 and history.measured_column("loss") is None
