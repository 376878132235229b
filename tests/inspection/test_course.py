"""What a file says of its training is handed on as it is; bits are reckoned as training reckons them."""

import math

import numpy as np
import pytest

from lstmgen.inspect.common.history import COLUMNS, course_of
from lstmgen.modelfile import HISTORY_COLUMNS
from lstmgen.text.bits import BitsPerCharacter

RNG = np.random.default_rng(0)
HISTORY, CLOCK = RNG.random((6, 6)), RNG.random((6, 2))


def head(**facts):
    corpus = {"tokens": 1000, "characters": 4000, "split": 900, "split_character": 3500}
    return {"history": list(HISTORY_COLUMNS), "corpus": corpus, "training": {}, "unknown": None} | facts


def test_columns_are_the_files():
    course = course_of(head(), HISTORY, CLOCK)
    assert tuple(course.columns) == COLUMNS and len(course) == 6
    for k, name in enumerate(HISTORY_COLUMNS):
        np.testing.assert_array_equal(course[name], HISTORY[:, k])
    np.testing.assert_array_equal(course["seconds"], CLOCK[:, 0])
    np.testing.assert_array_equal(course["speed"], CLOCK[:, 1])
    np.testing.assert_allclose(course["train_bits"], HISTORY[:, 3] / math.log(2) * 100 / 500)
    np.testing.assert_allclose(course["validation_bits"], HISTORY[:, 4] / math.log(2) / 5)


def test_columns_in_another_order_or_missing():
    course = course_of(head(history=["norm", "train", "x"]), HISTORY[:, :3], CLOCK)
    np.testing.assert_array_equal(course["norm"], HISTORY[:, 0])
    np.testing.assert_array_equal(course["train"], HISTORY[:, 1])
    assert np.isnan(course["validation"]).all()
    assert (course.telling("loss"), course.telling("rate"), course.telling("norm")) == ("train", None, "norm")


def test_unknown_words_are_charged_for_their_spelling():
    paid = BitsPerCharacter(characters_per_token=5.0, spelling_nats=0.7)
    final = {"final_validation": 1.5, "final_bits_per_character": paid.convert(1.5)}
    course = course_of(head(training=final, unknown=0), HISTORY, CLOCK)
    wanted = [paid.convert(nats) for nats in HISTORY[:, 4]]
    np.testing.assert_allclose(course["validation_bits"], wanted)


@pytest.mark.parametrize("corpus", ({}, {"tokens": 0, "characters": 0}, {"tokens": "many"}))
def test_a_text_that_is_not_told_counts_a_character_a_token(corpus):
    course = course_of(head(corpus=corpus), HISTORY, CLOCK)
    np.testing.assert_allclose(course["train_bits"], HISTORY[:, 3] / math.log(2))


def test_nothing_recorded():
    course = course_of(head(), np.zeros((0, 6)), np.zeros((0, 2)))
    assert len(course) == 0 and course.telling("loss") is None
