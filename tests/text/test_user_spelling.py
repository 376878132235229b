"""A user's text is spelled as the model learned it, and what it cannot know is said."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.inspection.passage import read_passage
from lstmgen.inspection.user_text import read_user_text, tokenize_user_text
from lstmgen.sampling.request import prepare_request
from lstmgen.settings import SamplingSettings
from lstmgen.text import Vocabulary, load_text
from lstmgen.text.user_spelling import spell_as_learned, stop_note, unseen_note

COMPOSED = "El jardín está lejos. Über Ångström, 한국 각"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def learned(text: str, level: str) -> Vocabulary:
    return load_text(text, level=level, min_count=1, validation=0.0).vocabulary


@pytest.mark.parametrize("level", ["char", "word", "token"])
def test_either_form_is_found_in_a_text_of_the_other(level: str) -> None:
    for own, other in ((COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)):
        vocabulary = learned(own, level)
        spelled = spell_as_learned(other, vocabulary)
        assert spelled.text == own and spelled.reformed
        ids, unseen = vocabulary.encode(spelled.text)
        assert not unseen and vocabulary.decode(ids) == own
        assert spell_as_learned(own, vocabulary) == (own, [])


def test_it_is_said() -> None:
    request = prepare_request(learned(DECOMPOSED, "word"), SamplingSettings(seed=1), prompt="El jardín lejos")
    assert request.notes == ("The training text has the word 'jardín' in another Unicode normal form, which is used.",)
    assert request.prompt == unicodedata.normalize("NFD", "El jardín lejos")
    request = prepare_request(learned(DECOMPOSED, "char"), SamplingSettings(seed=1), prompt="jardín")
    assert request.notes == (
        "The training text has the character 'í' (U+00ED) in another Unicode normal form, which is used.",
    )


def test_views_and_scores_read_it_so_too() -> None:
    vocabulary = learned(DECOMPOSED, "word")
    read = read_user_text(vocabulary, "El jardín", 10)
    assert tokenize_user_text(vocabulary, read).tokens == ["El", unicodedata.normalize("NFD", "jardín")]
    assert read.notes(vocabulary, "used") == [
        "The training text has the word 'jardín' in another Unicode normal form, which is used."
    ]
    passage = read_passage(vocabulary, ["El jardín"])
    assert not passage.unseen and passage.notes == tuple(read.notes(vocabulary, "used"))


def test_a_form_that_is_known_stays_and_one_that_helps_nothing_too() -> None:
    both = learned("é e\u0301", "char")
    for text in ("é", "e\u0301", "ée\u0301"):
        assert spell_as_learned(text, both) == (text, [])
    plain = learned("e x", "char")
    for text in ("é", "e\u0301", "ö"):
        assert spell_as_learned(text, plain) == (text, [])


def test_a_model_with_unknown_words_finds_it_before_it_takes_it_for_unknown() -> None:
    vocabulary = Vocabulary("word", ["<unk>", unicodedata.normalize("NFD", "jardín"), "El"], unknown=0)
    request = prepare_request(vocabulary, SamplingSettings(seed=1), prompt="El jardín ñandú")
    assert request.ids.tolist() == [2, 1, 0]
    assert len(request.notes) == 2 and "'ñandú'" in request.notes[1]


@given(
    st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["char", "word", "token"]),
)
def test_a_text_only_ever_changes_into_an_equivalent_one(text: str, level: str) -> None:
    vocabulary = learned(DECOMPOSED, level)
    spelled = spell_as_learned(text, vocabulary)
    assert unicodedata.normalize("NFC", spelled.text) == unicodedata.normalize("NFC", text)


def test_of_unknown_words_only_what_is_known_is_said() -> None:
    all_kept = Vocabulary("word", ["Doug", "saw"])
    assert unseen_note(["xq"], all_kept) == "The model does not know the word 'xq': skipped."
    cut = Vocabulary("word", ["Doug", "<unk>"], unknown=1)
    assert unseen_note(["xq"], cut) == (
        "The model does not know the word 'xq': not in its training text, or too rare there (--min-count); "
        "read as unknown words."
    )
    characters = Vocabulary("char", ["a", "<unk>"], unknown=1)
    assert unseen_note(["b"], characters).endswith("read as unknown characters.")


@pytest.mark.parametrize(
    ("level", "stop", "said"),
    [
        ("char", "Doug", ""),
        ("char", "D\u00e9x", "--stop 'D\u00e9x' can never come: the model does not write the characters "
         "'é' (U+00E9) and 'x' (U+0078)."),
        ("word", "Jane saw", ""),
        ("word", "an", ""),
        ("word", "e. Do", ""),
        ("word", "saw\t", "--stop 'saw\\t' can never come: the model does not write the character '\\t' (U+0009)."),
        ("word", "Dug", "--stop 'Dug' can never come: it is in no word that the model knows."),
        ("token", "Jane. Doug", ""),
    ],
)  # fmt: skip
def test_a_stop_text_that_cannot_come_is_called_so(level: str, stop: str, said: str) -> None:
    vocabulary = learned("Doug saw Jane. Doug saw. Doug", level)
    assert stop_note(stop, vocabulary) == said
    request = prepare_request(vocabulary, SamplingSettings(seed=1, stop=stop))
    assert list(request.notes) == ([said] if said else [])


def test_what_is_never_written_is_no_stop() -> None:
    vocabulary = Vocabulary("char", ["a", "<unk>"], unknown=1)
    assert stop_note("<unk>", vocabulary).startswith("--stop '<unk>' can never come")


def test_a_stop_text_takes_the_form_that_is_written() -> None:
    request = prepare_request(learned(DECOMPOSED, "char"), SamplingSettings(seed=1, stop="í"))
    assert request.settings.stop == "i\u0301" and len(request.notes) == 1
