"""The figures on copies, against slices tried one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text import Vocabulary, load_text
from lstmgen.text import copies as module
from lstmgen.text.copies import CopyReference, CopyStatistics, measure_copies, unseen_sequence_share
from tests.naive import copies as naive

ABC = Vocabulary("char", [*"abc\n"])
TEXT = st.lists(st.integers(0, 2), min_size=1, max_size=70)


def material(documents, held_out=(), vocabulary=ABC, lines=False, kind=np.int64):
    def joined(parts):
        starts = np.cumsum([0, *map(len, parts)])[:-1] if parts else np.zeros(1)
        return np.array([token for part in parts for token in part], kind), starts.astype(np.int64)

    return CopyReference(*joined(documents), *joined(held_out), vocabulary, lines)


def ids(text, vocabulary=ABC):
    return vocabulary.encode(text)[0]


@settings(max_examples=100)
@given(st.lists(TEXT, min_size=1, max_size=3), TEXT, st.lists(TEXT, min_size=1, max_size=3))
def test_against_slices(documents, held_out, texts):
    found = measure_copies(material(documents, [held_out]), [np.array(text) for text in texts])
    whole = sum(map(len, texts))
    assert found.written.tokens == whole
    assert found.written.longest == naive.longest(documents, [texts])
    assert found.written.new == pytest.approx(naive.new_share(documents, texts, 10))
    assert len(found.example) == found.written.longest
    pieces = []
    many = len(held_out) // whole
    for k in range(max(1, many)):
        begin = k * (len(held_out) - whole) // (many - 1) if many > 1 else 0
        cuts = np.cumsum([0, *map(len, texts)]) + begin
        pieces.append([held_out[a:b] for a, b in pairwise(cuts)])
    assert found.held_out is not None
    assert found.pieces == len(pieces)
    assert found.held_out.longest == naive.longest(documents, pieces, (len(pieces) + 1) // 2)
    parts = [part for piece in pieces for part in piece]
    assert found.held_out.new == pytest.approx(naive.new_share(documents, parts, 10))


def test_a_span_over_the_end_of_a_document_is_no_copy():
    found = measure_copies(material([ids("abcabc"), ids("bbbb")]), [ids("cabcbb")])
    assert (found.written.longest, found.example) == (4, "cabc")


def test_unknown_words_are_equal_to_nothing():
    words = Vocabulary("word", ["a", "b", "<unk>"], 2)
    found = measure_copies(material([[0, 2, 1, 0, 0]], [[0, 2, 1]], words), [np.array([1, 2, 1, 0])])
    assert found.written == CopyStatistics(4, 2, 1.0, None)
    assert found.held_out == CopyStatistics(3, 1, None, None)


def test_lines_are_counted_beside_as_many_held_out():
    learned = [ids(line) for line in ("ab\n", "abc\n", "ca\n")]
    held_out = [ids(line) for line in ("ab\n", "bb\n", "ca\n", "ab\n")]
    found = measure_copies(material(learned, held_out, lines=True, kind=np.uint8), [ids("ab"), ids("bc")])
    assert found.written == CopyStatistics(4, 2, None, 1)
    assert found.held_out == CopyStatistics(4, 2, None, 2)  # ab bb has one, ca ab two: what half of the pairs reach
    assert (found.pieces, found.texts, found.whole) == (2, 2, True)


def test_of_a_long_text_the_end_is_searched(monkeypatch):
    text = ids("a" * 50 + "b" * 50)
    found = measure_copies(material([text], [ids("ab" * 100)]), [ids("aab")], limit=51)
    assert (found.searched, found.whole, found.written.longest) == (51, False, 2)
    monkeypatch.setattr(module, "_GROUPS", 4)
    assert measure_copies(material([text], [ids("ab" * 100)]), [ids("aab")]).pieces == 4


def test_nothing_written_and_nothing_held_out():
    found = measure_copies(material([ids("abc")]), [])
    assert (found.written, found.held_out) == (CopyStatistics(0, 0, None, None), None)


@settings(max_examples=50)
@given(st.text("abc ", min_size=30, max_size=400), st.sampled_from([("char", 10), ("word", 4)]), st.integers(10, 40))
def test_what_is_held_back_against_slices(text, level, asked):
    corpus = load_text(text + " end", level=level[0], validation=0.2)
    learned, held_back = corpus.training.tolist(), corpus.validation.tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ASKED", asked)
        expected = naive.new_share([learned], [held_back[:asked]], level[1])
        assert unseen_sequence_share(corpus) == pytest.approx(1.0 if expected is None else expected)
