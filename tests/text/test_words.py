"""Word level: cutting and joining give back every text, whatever chunks it came in."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text import words

WHITE = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
AWKWARD = [
    *WHITE,
    *"abZ019.,;:!?)('’-‐‑\"“”",
    "é",
    "e\u0301",
    "ก็",
    "我",
    "カ\u3099",
    "न्",
    "❤\ufe0f",
    "\u200d",
    "\U0001f600",
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.sampled_from(AWKWARD), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=2))).map(
        "".join
    ),
)


@given(TEXTS)
@settings(max_examples=400)
def test_joining_gives_every_text_back(text: str) -> None:
    assert words.join(words.split(text)) == text


def test_joining_gives_back_every_character_between_words() -> None:
    for code in range(0x3100):
        text = f"a{chr(code)}b {chr(code)} {chr(code)}{chr(code)}"
        assert words.join(words.split(text)) == text


@given(TEXTS, st.lists(st.integers(0, 6)))
@settings(max_examples=300)
def test_tokens_do_not_depend_on_chunks(text: str, lengths: list[int]) -> None:
    chunks, place = [], 0
    for length in lengths:
        chunks.append(text[place : place + length])
        place += length
    found = [words.token_of(piece) for pieces in words.split_chunks([*chunks, text[place:]]) for piece in pieces]
    assert found == words.split(text)


def test_a_text_without_borders_takes_linear_time() -> None:
    scanned = 0
    find = words._matches

    def counting(text: str, position: int = 0) -> list[str]:
        nonlocal scanned
        scanned += len(text)
        return find(text, position)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_matches", counting)
        assert sum(map(len, words.split_chunks(["a" * 100] * 1_000))) == 1
    assert scanned < 5 * 100_000


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Doug saw Jane. Jane saw Spot.", ["Doug", "saw", "Jane", ".", "Jane", "saw", "Spot", "."]),
        ("don't o'clock well-known it’s", ["don't", "o'clock", "well-known", "it’s"]),
        ("'tis Jones' a--b -c", ["'", "tis", "Jones", "'", " ", "a", "-", "-", "b", " ", "-", "c"]),
        ("one, two; (three) four", ["one", ",", "two", ";", " ", "(", "three", ")", "four"]),
        ("3.14 is .25", ["3", ".", "", "14", "is", " ", ".", "", "25"]),
        ("two  spaces\tand\n\nlines", ["two", "  ", "spaces", "\t", "and", "\n", "\n", "lines"]),
        ("a \tb\r\nc \n", ["a", " ", "\t", "b", "\r\n", "c", " ", "\n"]),
        ("café naïve e\u0301te\u0301 पानी में", ["café", "naïve", "e\u0301te\u0301", "पानी", "में"]),
        ("我用Python写。", ["我", "用", "Python", "写", "。"]),
        ("カ\u3099ラス ภาษา", ["カ\u3099", "ラ", "ス", " ", "ภ", "า", "ษ", "า"]),
        ("안녕 하세요", ["안녕", "하세요"]),
        ("I ❤\ufe0f you \U0001f600!", ["I", " ", "❤\ufe0f", " ", "you", " ", "\U0001f600", "!"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("x_y", ["x", "_", "y"]),
        ("", []),
        (" ", [" "]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert words.split(text) == tokens
    assert words.join(tokens) == text


def test_white_space_known_to_the_pattern_is_python_s() -> None:
    assert all(words.split(space) == [space] for space in WHITE)
    spelled = {space: len(words.split(space * 3)) for space in WHITE}
    assert {space for space, tokens in spelled.items() if tokens == 3} == set("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
    assert all(tokens in {1, 3} for tokens in spelled.values())


def test_the_three_patterns_agree_where_two_apply() -> None:
    text = 'Well-known: "3.14", don\'t (a  b)?\n\tYes!x'
    assert words._pattern(0).findall(text) == words._pattern(1).findall(text) == words._pattern(2).findall(text)
    wide = "é पानी, 我 ก็ ❤\ufe0f ça-va"
    assert words._pattern(1).findall(wide) == words._pattern(2).findall(wide)
