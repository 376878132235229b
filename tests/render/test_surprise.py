"""A text by its surprise: nothing lost, lines where they belong, digits under their tokens."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.score.surprise_picture import SurpriseText, draw_surprise, surprise_key


def inked(text: str, bits=None, signed: bool = False) -> SurpriseText:
    values = np.arange(float(len(text))) if bits is None else np.array(bits)
    labels = ["↵" if c == "\n" else c for c in text]
    return SurpriseText(labels, values, [c == "\n" for c in text], signed)


def test_digits_stand_under_their_tokens() -> None:
    drawn, shown = draw_surprise(
        SurpriseText(["Doug", " saw", "."], np.array([2.9, 11.0, 0.2]), [False] * 3), Frame(40, 8, None), 6
    )
    assert drawn.plain == "Doug saw.\n2   9   0\n"
    assert shown == 3


def test_lines_end_at_line_ends_and_spaces() -> None:
    drawn, shown = draw_surprise(inked("one two three\nfour five"), Frame(9, 3, "truecolor"), 6)
    assert drawn.plain.splitlines() == ["one two", "three↵", "four five"]
    assert shown == 23


def test_differences_have_signs() -> None:
    drawn, _ = draw_surprise(inked("abcd", [1.5, -2.0, 0.3, float("nan")], signed=True), Frame(40, 8, None), 4)
    assert drawn.plain == "abcd\n+- ?\n"


def test_infinite_and_missing_numbers_are_drawn() -> None:
    drawn, _ = draw_surprise(inked("abc", [np.inf, np.nan, -0.0]), Frame(40, 8, None), 4)
    assert drawn.plain == "abc\n9?0\n"
    assert draw_surprise(inked("abc", [np.inf, np.nan, -0.0]), Frame(40, 8, "256"), 4)[0].plain == "abc\n"


@given(st.text(st.sampled_from("ab \n"), min_size=1, max_size=200), st.integers(1, 30), st.integers(1, 12))
def test_what_is_shown_is_the_beginning(text: str, width: int, height: int) -> None:
    drawn, shown = draw_surprise(inked(text), Frame(width, height, "truecolor"), 6)
    pieces = ["".join(piece.text for piece in line) for line in drawn.lines]
    assert "".join(pieces) == text[:shown].replace("\n", "↵")
    assert len(pieces) <= height
    assert drawn.width <= width
    assert shown == len(text) or len(pieces) == height


def test_the_key_fits() -> None:
    for signed in (False, True):
        for colours in (None, "truecolor"):
            key = surprise_key(inked("a", signed=signed), Frame(60, 22, colours), 6.0)
            assert len("".join(piece.text for piece in key)) <= 60
