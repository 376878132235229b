"""A text read into a vocabulary that is there already: its tokens keep their ids, the text's new ones follow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import UsageError
from lstmgen.text import UNKNOWN_TOKEN, Vocabulary, load_text

LETTERS = st.text("abcXY .é\n", min_size=1, max_size=60)


@given(old=LETTERS, new=LETTERS, level=st.sampled_from(["char", "word"]))
def test_old_ids_keep_their_meaning_and_nothing_is_lost(old: str, new: str, level: str) -> None:
    known = load_text(old, level=level).vocabulary
    alone, corpus = load_text(new, level=level), load_text(new, level=level, known_vocabulary=known)
    tokens = corpus.vocabulary.tokens
    assert tokens[: len(known)] == known.tokens
    assert tokens[len(known) :] == [token for token in alone.vocabulary.tokens if token not in known.tokens]
    assert corpus.vocabulary.unknown is None
    assert corpus.vocabulary.decode(corpus.ids) == new
    assert (corpus.split, corpus.characters, corpus.digest) == (alone.split, alone.characters, alone.digest)


WORDS = "the cat saw the dog and the cat ran. "
RARE = "an emu saw the cat."
OFTEN = ["the", "cat", ".", "saw", "and", "dog", "ran"]


@pytest.mark.parametrize(
    ("old", "was", "min_count", "tokens", "unknown"),
    [
        # what the model knows is never cut, however rare it is in this text
        (["emu", "gnu"], None, 2, ["emu", "gnu", *OFTEN, UNKNOWN_TOKEN], 9),
        (["emu", UNKNOWN_TOKEN, "gnu"], 1, 2, ["emu", UNKNOWN_TOKEN, "gnu", *OFTEN], 1),
        # nothing cut: an unknown word that was there stays where it is, none is made where none was
        (["emu", UNKNOWN_TOKEN], 1, 1, ["emu", UNKNOWN_TOKEN, *OFTEN, "an"], 1),
        (["emu"], None, 1, ["emu", *OFTEN, "an"], None),
        # a vocabulary made elsewhere may have a word of that spelling
        ([UNKNOWN_TOKEN], None, 9, [UNKNOWN_TOKEN, *OFTEN, f"<{UNKNOWN_TOKEN}>"], 8),
    ],
)  # fmt: skip
def test_the_cut_and_the_unknown_word(
    old: list[str], was: int | None, min_count: int, tokens: list[str], unknown: int
) -> None:
    known = Vocabulary("word", old, was)
    corpus = load_text(WORDS * 9 + RARE, level="word", min_count=min_count, known_vocabulary=known)
    assert (corpus.vocabulary.tokens, corpus.vocabulary.unknown) == (tokens, unknown)
    assert Vocabulary.from_header("word", tokens, unknown) == corpus.vocabulary
    read = [tokens[k] for k in corpus.ids]
    if min_count == 1:
        assert read[-6:] == ["an", "emu", "saw", "the", "cat", "."]
        assert unknown is None or unknown not in corpus.ids
    else:
        assert read[-6] == tokens[unknown]  # "an", which occurs once
        assert read[-5] == ("emu" if "emu" in known.tokens else tokens[unknown])


def test_characters_that_are_cut_go_to_the_unknown_one() -> None:
    known = Vocabulary("char", ["z", "a"], None)
    corpus = load_text("abab" * 20 + "cz", min_count=2, known_vocabulary=known)
    assert (corpus.vocabulary.tokens, corpus.vocabulary.unknown) == (["z", "a", "b", UNKNOWN_TOKEN], 3)
    assert corpus.ids[-2:].tolist() == [3, 0]


@pytest.mark.parametrize("level", ["char", "word"])
def test_ids_in_a_file_are_the_same(level: str) -> None:
    known: Any = Vocabulary(level, ["c", "a", "q"], None)
    one, other = (
        load_text("a cab and a cad. " * 90, level=level, known_vocabulary=known, mmap_above=mb) for mb in (1000, 0)
    )
    assert one.vocabulary == other.vocabulary
    assert (np.asarray(one.ids) == np.asarray(other.ids)).all()


def test_what_unknown_words_spell_is_only_of_those() -> None:
    text = "a b c d e " * 300 + "once emu"
    corpus = load_text(
        text, level="word", min_count=2, known_vocabulary=Vocabulary("word", ["emu"], None), validation=0.1
    )
    assert corpus.unknown_characters == len("once")


def test_another_level_is_refused() -> None:
    with pytest.raises(UsageError, match="level word cannot take up a text of level char"):
        load_text("abc", known_vocabulary=Vocabulary("word", ["a"], None))
