"""The vocabulary: encoding, decoding, what was never seen, and what a file may say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text import UNKNOWN_TOKEN, Vocabulary, load_text

from .test_words import TEXTS

BOOK = Vocabulary("word", [".", "saw", "Doug", "Jane", "Spot"])


@given(TEXTS.filter(bool), st.sampled_from(["char", "word"]))
@settings(max_examples=300)
def test_a_text_comes_back_from_its_own_ids(text: str, level: str) -> None:
    corpus = load_text(text, level=level, keep_newlines=True)
    vocabulary = corpus.vocabulary
    clean = text.removeprefix("\ufeff")
    ids, unseen = vocabulary.encode(clean)
    assert unseen == [] and vocabulary.unknown is None
    assert ids.tolist() == corpus.ids.tolist() and ids.dtype == np.int32
    assert vocabulary.decode(ids) == clean
    decoder = vocabulary.decoder()
    assert "".join(decoder.push(int(k)) for k in ids) == clean
    assert vocabulary.characters_of(ids).sum() == len(clean) == corpus.characters


def test_characters_count_the_space_that_is_understood() -> None:
    ids, _ = BOOK.encode("Doug saw Jane. Spot")
    assert BOOK.characters_of(ids).tolist() == [4, 4, 5, 1, 5]
    assert BOOK.characters_of(ids[:0]).tolist() == []


def test_what_was_never_seen_is_skipped_and_named_once() -> None:
    ids, unseen = BOOK.encode("Anna saw Spot and Anna.")
    assert BOOK.decode(ids) == "saw Spot." and unseen == ["Anna", "and"]
    letters = Vocabulary("char", ["a", "b"])
    assert letters.encode("axbya")[0].tolist() == [0, 1, 0]
    assert letters.encode("axbya")[1] == ["x", "y"]
    assert letters.encode("\ud800a")[1] == ["\ud800"]


def test_unknown_stands_for_unseen_words() -> None:
    vocabulary = Vocabulary("word", ["a", ".", UNKNOWN_TOKEN], 2)
    ids, unseen = vocabulary.encode("a b. <unk>")
    assert ids.tolist() == [0, 2, 1, 2, 2, 2, 2] and unseen == ["b", " ", "<", "unk", ">"]
    assert vocabulary.decode([0, 2, 1, 0]) == "a <unk>. a"
    assert vocabulary.characters_of(np.array([0, 2, 1, 0])).tolist() == [1, 6, 1, 2]


@pytest.mark.parametrize("text", ["Doug saw ", "Doug saw"])
def test_one_space_after_a_prompt_of_words_is_absorbed(text: str) -> None:
    assert BOOK.encode(text, prompt=True)[0].tolist() == [2, 1]
    assert BOOK.encode(text, prompt=True)[1] == []
    assert BOOK.encode("Doug saw  ", prompt=True)[1] == ["  "]
    assert BOOK.encode("Doug saw ")[1] == [" "]
    assert Vocabulary("char", [" ", "a"]).encode("a ", prompt=True)[0].tolist() == [1, 0]


def test_a_header_s_vocabulary_is_checked() -> None:
    kept = Vocabulary.from_header("word", ["", "a", UNKNOWN_TOKEN], 2)
    assert (kept.level, kept.tokens, kept.unknown, len(kept)) == ("word", ["", "a", UNKNOWN_TOKEN], 2, 3)
    assert Vocabulary.from_header("char", ["a", UNKNOWN_TOKEN], 1).encode("aé")[0].tolist() == [0, 1]
    wrong = [
        ("byte", ["a"], None),
        (["char"], ["a"], None),
        ("char", [], None),
        ("char", "ab", None),
        ("char", ["a", 1], None),
        ("char", ["a", "a"], None),
        ("char", ["ab"], None),
        ("char", [""], None),
        ("word", ["\ud800"], None),
        ("word", ["a"], 1),
        ("word", ["a"], -1),
        ("word", ["a", "b"], True),
        ("word", ["a", "b"], 0.0),
    ]
    for level, tokens, unknown in wrong:
        with pytest.raises(ValueError, match=r"its (level|vocabulary|unknown)"):
            Vocabulary.from_header(level, tokens, unknown)
