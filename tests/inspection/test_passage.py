"""A text as different models read it: the same characters, each charged once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import TextError
from lstmgen.inspection.passage import make_passage, read_passage
from lstmgen.text import UNKNOWN_TOKEN, Vocabulary

WORDS = Vocabulary("word", ["Doug", "saw", "Jane", ".", "\n", UNKNOWN_TOKEN], 5)
LETTERS = Vocabulary("char", sorted("abc \n"))


def test_words_have_the_spaces_that_are_understood() -> None:
    found = read_passage(WORDS, ["Doug saw Spot.\nJane", "saw Jane"])
    assert found.pieces == ["Doug", " saw", " Spot", ".", "\n", "Jane", "saw", " Jane"]
    assert found.ids.tolist() == [0, 1, 5, 3, 4, 2, 1, 2]
    assert found.starts.tolist() == [0, 6]
    assert found.documents == ["Doug saw Spot.\nJane", "saw Jane"]
    assert found.lengths.sum() == len(found.text)
    assert found.unseen == ["Spot"]


def test_unknown_words_pay_for_each_letter_and_their_end() -> None:
    letters = len(set("".join(WORDS.tokens))) + 1
    spelling = read_passage(WORDS, ["Doug saw Spot."]).spelling
    np.testing.assert_allclose(spelling, [0, 0, 5 * math.log(letters), 0])


def test_what_nothing_stands_for_stays_in_the_text_and_is_charged() -> None:
    found = read_passage(LETTERS, ["aXbX", "X", "cX"])
    assert found.text == "aXbXXcX" and found.starts.tolist() == [0, 4, 5]
    assert found.ids.tolist()[1::2] == [-1, -1, found.ids[5]] and found.known.sum() == 3
    assert found.unseen == ["X"] and not found.spelling.any()
    charge = math.log(len(LETTERS) + 1)
    np.testing.assert_allclose(found.charges, [0, charge, 0, charge, charge, 0, charge])
    read = found.known_only()
    assert (read.text, read.starts.tolist(), read.ids.tolist()) == ("abc", [0, 2], [2, 3, 4])
    np.testing.assert_allclose(found.with_charges(np.ones(3)), [1, charge, 1, charge, charge, 1, charge])
    words = read_passage(Vocabulary("word", ["Doug", "saw"]), ["Doug saw Xo"])
    np.testing.assert_allclose(words.charges, [0, 0, 3 * math.log(len(set("Dougsaw")) + 1)])  # two letters and the end
    for nothing in ([""], ["XX"], []):
        with pytest.raises(TextError, match="nothing to score"):
            read_passage(LETTERS, nothing)


def test_every_line_of_a_lines_model_is_a_document() -> None:
    assert read_passage(LETTERS, ["ab\n\nc\n"], lines=True).starts.tolist() == [0, 3, 4]
    assert read_passage(LETTERS, ["ab\r\nc"], lines=True).starts.tolist() == [0, 3]


def test_a_passage_cut_out_of_a_text_keeps_its_first_space() -> None:
    assert make_passage(WORDS, ["saw", "Jane"], [0], before="Doug").text == " saw Jane"
    assert make_passage(WORDS, ["saw", "Jane"], [0]).text == "saw Jane"


@given(st.lists(st.text(st.sampled_from("Doug saw.\nJane-'"), min_size=1), min_size=1), st.booleans())
def test_nothing_of_a_text_is_lost(documents: list[str], lines: bool) -> None:
    found = read_passage(WORDS, documents, lines=lines)
    assert found.text == "".join(documents)
    assert found.starts[0] == 0
    assert lines or found.documents == documents
