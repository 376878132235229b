"""Properties of texts counted by hand."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import TextError, UsageError
from lstmgen.inspect.units.properties import (
    PROPERTIES,
    Property,
    property_after,
    property_of,
    property_of_labels,
)
from lstmgen.inspection.measured_text import TokenizedText
from lstmgen.text import words


def letters(text):
    return TokenizedText(text, list(text), np.arange(1, len(text) + 1))


def in_words(text):
    tokens = words.split(text)
    spaces = [0, *(int(words.space_implied(a, b)) for a, b in pairwise(tokens))]
    return TokenizedText(
        text, tokens, np.cumsum([len(token) + space for token, space in zip(tokens, spaces, strict=True)])
    )


def digits(found):
    return "".join(str(int(value)) for value in found.values)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    (
        ("quotes", 'a "b c" d', "001111000"),
        ("quotes", "„a“ »b« “c”", "11001100110"),
        ("quotes", 'a "b\nc\n\nd "e', "001111100011"),
        ("brackets", "a (b [c]) d)", "001112210000"),
        ("line", "ab\ncde\n\nf", "120123001"),
        ("indent", "  a b\n\tc\nd", "1222201100"),
        ("word", "It's well-known, 4 me", "100001000000000001010"),
        ("capital", "Ab Cé É", "1001001"),
        ("digit", "a1 22", "01011"),
        ("vowel", "Änte y я", "10010001"),
    ),
)
def test_by_hand(name, text, expected):
    assert digits(property_of(name, letters(text))) == expected


def test_tokens_take_the_value_of_their_last_or_first_character():
    reading = in_words('Doug said "Jane saw" Spot 7.')
    assert list(reading.tokens)[:4] == ["Doug", "said", " ", '"']
    shown = [reading.text[a:b] for a, b in zip(reading.firsts, reading.ends, strict=True)]
    assert shown == list(reading.tokens)
    inside = dict(zip(map(str, reading.tokens), property_of("quotes", reading).values, strict=True))
    assert (inside["said"], inside["Jane"], inside["saw"], inside["Spot"]) == (0, 1, 1, 0)
    capital = dict(zip(map(str, reading.tokens), property_of("capital", reading).values, strict=True))
    assert (capital["Doug"], capital["said"], capital["Spot"]) == (1, 0, 1)
    assert property_of("line", reading).values[1] == len("Doug said")


def test_an_empty_token_is_no_letter():
    reading = in_words("a(b)")  # the join token stands between ) and what would take a space
    for name in PROPERTIES:
        assert len(property_of(name, reading).values) == len(reading.tokens)


@given(st.text(alphabet='ab "(\n)“', max_size=30))
def test_any_text_has_every_property(text):
    for name in PROPERTIES:
        found = property_of(name, letters(text)).values
        assert len(found) == len(text) and np.isfinite(found).all() and (found >= 0).all()


def test_two_values_are_levels_of_zero_and_one():
    assert Property("x", "x", np.array([-1.0, 3.0])).levels.tolist() == [0.0, 1.0]
    assert Property("x", "x", np.array([-1.0, 3.0, 0.0])).numeric


def test_after_counts_characters_since_the_last_match():
    assert digits(property_after(r"[.!]", letters("ab.cd!.e"))) == "12012001"
    assert property_after("saw", in_words("Doug saw Jane.")).values.tolist() == [4, 0, 5, 6]
    with pytest.raises(UsageError, match="no regular expression"):
        property_after("(", letters("ab"))
    with pytest.raises(TextError, match="matches nothing"):
        property_after("x", letters("ab"))
    with pytest.raises(TextError, match="matches nothing"):
        property_after("x*", letters("ab"))


def test_labels_for_tokens_characters_and_lines():
    assert digits(property_of_labels("1 0\n1", letters("abc"))) == "101"
    assert digits(property_of_labels("101", letters("abc"))) == "101"
    assert property_of_labels("0.5,-1", letters("ab")).values.tolist() == [0.5, -1]
    assert digits(property_of_labels("1\n0\n", letters("ab\nc\n"))) == "11100"
    reading = in_words("Doug saw")
    assert digits(property_of_labels("1 0", reading)) == "10"
    assert digits(property_of_labels("1111" + "0001", reading)) == "11"


@pytest.mark.parametrize(
    ("labels", "words"),
    (("1 2", "has 2 numbers; the text has 3 tokens"), ("a b c", "numbers alone"), ("1 nan 2", "finite")),
)
def test_labels_that_do_not_fit(labels, words):
    with pytest.raises(UsageError, match=re.escape(words)):
        property_of_labels(labels, letters("abc"))


def test_no_such_property():
    with pytest.raises(UsageError, match="no property 'mood'"):
        property_of("mood", letters("abc"))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    (
        ("quotes", "彼は「はい、『ね』と」言う", "0011111111000"),  # Japanese, one inside the other
        ("quotes", "他说：“好‘吧’！”我", "00011111100"),  # Chinese
        ("quotes", "a «b “c” d» e", "0011111111000"),  # French, English inside
        ("quotes", "„a ‚b‘ c“ d", "11111111000"),  # German
        ("quotes", "‘It’s,’ he", "1111110000"),  # an apostrophe does not close
        ("quotes", "It’s, the dogs’ ", "0000000000000000"),
        ("quotes", "›a‹ »b« ＂c＂", "11001100110"),
        ("brackets", "（a【b】）《c》﴿d﴾", "112210110110"),
        ("brackets", "「a」『b』", "000000"),  # quotation marks
        ("indent", "　　あ\nい", "12200"),
        ("word", "हिन्दी में कहा", "10000001000100"),
        ("word", "my_name is don’t", "1000000010010000"),
        ("word", "мой дом", "1000100"),
        ("word", "o'neill, x", "1000000001"),
        ("capital", "Мой Дом", "1000100"),
        ("digit", "१२ a٣", "11001"),
        ("vowel", "हिन्दी आम", "010001010"),  # signs, and a letter that stands alone
        ("vowel", "мой Ёж ў", "01001000"),  # й and ў are none
        ("vowel", "äß Øx œ ı", "100100101"),
        ("vowel", "ά Ώ β", "10100"),
        ("vowel", "あかぁーアキｱ", "1010101"),
        ("vowel", "กาเแโ", "01111"),
        ("vowel", "كَتَب", "01010"),
        ("vowel", "ㄅㄚㅏㄱ", "0110"),
        ("vowel", "თბილისი", "0010101"),
    ),
)  # fmt: skip
def test_by_hand_in_other_scripts(name, text, expected):
    assert digits(property_of(name, letters(text))) == expected


@pytest.mark.parametrize(
    ("name", "text", "said"),
    (
        ("vowel", "他说好。", "Which characters of Han are vowels is not known here."),
        ("vowel", "كتب", "Which characters of Arabic are vowels is not known here."),
        ("capital", "हिन्दी", "Devanagari has no capital letters."),
        ("capital", "他说好", "Han has no capital letters."),
        ("word", "他说好。我", "Han has no spaces between words, so where they begin is not known here."),
        ("word", "かなかな漢", "Hiragana has no spaces between words, so where they begin is not known here."),
        ("capital", "all small", ""),  # which it could have
        ("quotes", "他说好", ""),
        ("digit", "他说好", ""),
        ("vowel", "12 34!", ""),  # no letters
        ("vowel", "abc", ""),  # it has one
    ),
)
def test_a_script_that_a_property_does_not_know_is_named(name, text, said):
    assert property_of(name, letters(text)).script_note == said
