"""Prompts, defaults and seeds, before anything is written."""

import math

import numpy as np
import pytest

from lstmgen.errors import ModelFileError, TextError, UsageError
from lstmgen.sampling.request import complete_settings, prepare_request
from lstmgen.settings import SamplingSettings
from lstmgen.text.tokens import Vocabulary

ABC = Vocabulary("char", ["\n", " ", "a", "b", "c"])
BOOK = Vocabulary("word", ["Doug", "Jane", "Spot", "saw", "."])
CUT = Vocabulary("word", ["<unk>", "Doug", "saw", '"', " ", "\n"], unknown=0)


def asked(vocabulary, prompt="", **more):
    return prepare_request(vocabulary, SamplingSettings(seed=1), prompt=prompt, **more)


def test_defaults_by_level():
    char, word = complete_settings(SamplingSettings(), "char"), complete_settings(SamplingSettings(), "word")
    assert (char.length, char.min_p, word.length, word.min_p) == (500, 0.0, 100, 0.05)
    given = complete_settings(SamplingSettings(length=0, min_p=0.0, seed=0), "word")
    assert (given.length, given.min_p, given.seed) == (0, 0.0, 0)


def test_a_seed_not_given_is_drawn():
    seeds = {complete_settings(SamplingSettings(), "char").seed for _ in range(5)}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert asked(ABC).seed == 1


def test_unseen_characters_are_named_and_skipped():
    request = asked(ABC, "aéb\u200bé")
    assert request.ids.tolist() == [2, 3]
    assert request.prompt == "ab"
    assert request.notes == ("The model does not know the characters 'é' (U+00E9) and '\\u200b' (U+200B): skipped.",)


def test_unseen_characters_are_refused_when_asked():
    with pytest.raises(TextError, match=r"'é' \(U\+00E9\).\nLeave it out") as refused:
        asked(ABC, "aé", unknown="error")
    assert refused.value.exit_code == 3
    assert asked(ABC, "abc", unknown="error").notes == ()
    with pytest.raises(UsageError, match="skip or error"):
        asked(ABC, "abc", unknown="maybe")


def test_many_unseen_characters_are_counted():
    note = asked(ABC, "".join(map(chr, range(0x4E00, 0x4E10)))).notes[0]
    assert note.count("U+") == 10
    assert note.endswith("and 6 more: skipped.")


def test_unseen_words():
    request = asked(BOOK, "Doug loves Jane")
    assert (request.ids.tolist(), request.prompt) == ([0, 1], "Doug Jane")
    assert request.notes == ("The model does not know the word 'loves': skipped.",)
    request = asked(CUT, "Doug loves Jane")
    assert (request.ids.tolist(), request.prompt) == ([1, 0, 0], "Doug loves Jane")
    assert request.notes == (
        "The model does not know the words 'loves' and 'Jane': not in its training text, or too rare there "
        "(--min-count); read as unknown words.",
    )


@pytest.mark.parametrize(
    ("prompt", "ids", "shown"),
    [
        ("Doug saw ", [0, 3], "Doug saw"),
        ("Doug saw. ", [0, 3, 4], "Doug saw."),
        ("Doug saw", [0, 3], "Doug saw"),
        ("", [], ""),
    ],
)
def test_a_space_at_the_end_is_absorbed_at_word_level(prompt, ids, shown):
    request = asked(BOOK, prompt)
    assert (request.ids.tolist(), request.prompt, request.notes) == (ids, shown, ())


def test_a_space_that_is_a_token_of_its_own_stays():
    request = asked(CUT, 'Doug saw" ')
    assert (request.ids.tolist(), request.prompt) == ([1, 2, 3, 4], 'Doug saw" ')
    assert asked(ABC, "a ").prompt == "a "
    assert asked(ABC, "a ").ids.tolist() == [2, 1]


def test_line_ends_are_read_as_the_corpus_was():
    assert asked(ABC, "a\r\nb\rc").ids.tolist() == [2, 0, 3, 0, 4]
    kept = Vocabulary("char", ["\n", "\r", "a"])
    assert asked(kept, "a\r\n").ids.tolist() == [2, 1, 0]


def test_bytes_that_are_no_text_are_named_not_crashed_on():
    request = asked(ABC, "a\udcffb\ufeff")
    assert (request.ids.tolist(), request.prompt) == ([2, 3], "ab")
    assert "U+FFFD" in request.notes[0]
    assert asked(ABC, "\ufeffa").ids.tolist() == [2]


def test_the_unknown_word_is_banned_and_nothing_else():
    assert asked(CUT).banned.tolist() == [1, 0, 0, 0, 0, 0]
    assert asked(BOOK).banned.tolist() == [0] * 5
    assert asked(BOOK).ids.dtype == np.int32
    with pytest.raises(ModelFileError, match="no token that can be written"):
        asked(Vocabulary("word", ["<unk>"], unknown=0))


def test_only_a_model_of_lines_ends_at_a_line():
    assert asked(ABC).document_end is None
    assert asked(ABC, lines=True).document_end == 0
    assert asked(BOOK, lines=True).document_end is None


@pytest.mark.parametrize("name", ["temperature", "top_p", "min_p", "top_k", "length", "num_samples", "seed"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1, True, "1"])
def test_settings_that_are_no_sensible_number_are_refused(name, value):
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} must be"):
        SamplingSettings(**{name: value})


@pytest.mark.parametrize(
    "settings", [{"top_p": 1.01}, {"min_p": 1.01}, {"top_k": 1.5}, {"num_samples": 0}, {"stop": ""}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(UsageError):
        SamplingSettings(**settings)
