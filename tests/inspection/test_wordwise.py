"""Means over words are numpy's, and every visible character is in exactly one word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import TextError
from lstmgen.inspect.common.word_spans import word_spans
from lstmgen.inspect.gates.wordwise import by_words
from tests.inspection.traces import made_up


@pytest.mark.parametrize(
    ("text", "words"),
    (
        ("Doug saw Jane.", ["Doug", "saw", "Jane", "."]),
        ('  "I don\'t,"\n\nhe said ', ['"', "I", "don't", ",", '"', "he", "said"]),
        ("well-known 3.5", ["well-known", "3", ".", "5"]),
        ("猫 sat", ["猫", "sat"]),
    ),
)
def test_words_of_a_text(text, words):
    spans = word_spans(list(text))
    assert [word for word, _, _ in spans] == words
    assert ["".join(list(text)[a:b]) for _, a, b in spans] == words


@given(st.text(alphabet=st.sampled_from("ab '-.,\n\t é猫\u0301"), max_size=40))
def test_every_visible_character_is_in_one_word(text):
    spans = word_spans(list(text))
    covered = [k for _, a, b in spans for k in range(a, b)]
    assert covered == sorted(set(covered))
    assert {k for k, c in enumerate(text) if not c.isspace()} <= set(covered)
    assert all("".join(text[a:b]) == word for word, a, b in spans)


def test_tokens_of_two_characters():
    assert word_spans(["a", "\r\n", "b", "c", " ", "d"]) == [("a", 0, 1), ("bc", 2, 4), ("d", 5, 6)]


@pytest.mark.parametrize("cell", ("lstm", "rnn"))
def test_means_are_numpys(cell):
    trace = made_up("Doug saw Jane. Yes", cell=cell, L=2)
    found = by_words(trace)
    spans = [(0, 4), (5, 8), (9, 13), (13, 14), (15, 18)]
    assert list(zip(found.first, found.stop, strict=True)) == spans
    for letter, values in trace.values.items():
        for w, (a, b) in enumerate(spans):
            np.testing.assert_allclose(found.means[letter][w], sum(values[a:b].astype(float)) / (b - a), rtol=1e-6)
    np.testing.assert_array_equal(found.means.logits, trace.logits[[3, 7, 12, 13, 17]])


def test_nothing_but_white_space():
    with pytest.raises(TextError, match="no word"):
        by_words(made_up(" \n "))
