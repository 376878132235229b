"""The token axis: every token visible, on one line, in its column."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lstmgen.inspect.canvas.columns import split_columns
from lstmgen.inspect.canvas.labels import LABEL_CELLS, token_label
from lstmgen.inspect.canvas.picture import fill, fit, wrap


@pytest.mark.parametrize(
    ("token", "label"),
    (
        ("a", "a"),
        (" ", "·"),
        ("\n", "↵"),
        ("\t", "→"),
        ("\u00a0", "␣"),
        ("\u3000", "␣"),
        ("  ", "··"),
        ("\x1b", "\\x1b"),
        ("don't", "don't"),
        ("\u0301", "◌\u0301"),
        ("\u200d", "◌"),
        ("extraordinarily-long", "extraordinari…"),
        ("漢", "漢"),
    ),
)
def test_labels(token, label):
    assert token_label(token) == label


@given(st.text(max_size=40))
def test_a_label_is_one_line_of_some_width(token):
    assert 1 <= cell_len(token_label(token)) <= LABEL_CELLS
    assert "\n" not in token_label(token)


@given(st.lists(st.text("abc漢😀", min_size=1, max_size=9), max_size=40), st.integers(20, 60), st.booleans())
def test_columns_hold_every_token_once_in_order(labels, room, spaced):
    blocks = split_columns(labels, room, spaced=spaced)
    assert [label for block in blocks for label in block.labels] == labels
    for block, following in itertools.pairwise(blocks):
        assert block.stop == following.start
        first = cell_len(following.labels[0])
        assert cell_len(block.row(block.labels)) + spaced + first > room  # no block ends early
    for block in blocks:
        row = block.row(block.labels)
        assert cell_len(row) <= room
        assert row == (" " if spaced else "").join(block.labels)


def test_a_column_wider_than_the_room_is_cut():
    (block,) = split_columns(["extraordinary"], 5, spaced=True)
    assert block.row(block.labels) == "extr…"


@given(st.text("ab漢😀 ", max_size=20), st.integers(1, 12))
def test_fit_and_fill(text, width):
    assert cell_len(fit(text, width)) <= width
    assert cell_len(fill(text, width)) == width
    assert (fit(text, width) == text) == (cell_len(text) <= width)


@given(st.text("ab漢 ", max_size=60), st.integers(2, 20))
def test_wrap_keeps_every_character_but_spaces(text, width):
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
