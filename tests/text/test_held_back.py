"""What is held back where no share is asked for: pieces from all over the text, of whole lines, moved to its end."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.text import load_text
from lstmgen.text.documents import MAX_PIECES, MIN_SPLIT_TOKENS, choose_validation_pieces, move_pieces_to_end
from lstmgen.text.spool import Spool
from tests.training.runs import text

NEWLINE = 7


@given(st.data())
def test_moving_is_a_change_of_order_alone(data):
    size = data.draw(st.integers(1, 60))
    edges = sorted(data.draw(st.sets(st.integers(1, size), max_size=8)))
    pieces = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    starts = np.array(sorted({0} | data.draw(st.sets(st.integers(0, size - 1), max_size=5))), np.int64)
    if not pieces or sum(b - a for a, b in pieces) == size:
        return
    text = np.arange(size, dtype=np.uint8)
    held = [k for a, b in pieces for k in range(a, b)]
    expected = [k for k in range(size) if k not in held] + held
    cuts = {0, *starts.tolist(), *(k for piece in pieces for k in piece if k < size)}
    for writeable in (True, False):
        ids = text.copy()
        ids.flags.writeable = writeable
        moved, begins, split = move_pieces_to_end(ids, starts, pieces, Spool(0.00001))
        assert moved.tolist() == expected
        assert split == size - len(held)
        assert begins.tolist() == [at for at, k in enumerate(expected) if k in cuts]


@given(st.lists(st.integers(0, NEWLINE), min_size=1, max_size=400), st.integers(1, 100))
def test_pieces_are_whole_lines_apart_from_each_other(tokens, wanted):
    ids = np.array(tokens, np.uint8)
    found = choose_validation_pieces(ids, NEWLINE, min(wanted, len(ids)))
    for a, b in found:
        assert 0 < a < b < len(ids)
        assert ids[a - 1] == ids[b - 1] == NEWLINE
    assert all(b <= a for (_, b), (a, _) in pairwise(found))


@pytest.mark.parametrize("level", ["char", "word"])
def test_of_a_text(level):
    whole = text(150_000).rpartition("\n")[0] + "\n"
    c = load_text(whole, level=level)
    assert c.validation_pieces == (MAX_PIECES if level == "char" else 4)
    assert len(c.validation) == pytest.approx(0.05 * len(c.ids), rel=0.05)
    assert c.characters == len(whole)
    edges = [*c.starts.tolist(), len(c.ids)]
    documents = [c.vocabulary.decode(c.ids[a:b]) for a, b in pairwise(edges)]
    learned, held = documents[: c.validation_pieces + 1], documents[c.validation_pieces + 1 :]
    assert len(held) == c.validation_pieces
    assert whole == "".join(a + b for a, b in zip(learned, [*held, ""], strict=True))
    assert sum(map(len, held)) == c.validation_characters
    assert c.validation_starts.tolist() == [s - c.split for s in c.starts.tolist() if s >= c.split]
    places = [whole.index(piece) / len(whole) for piece in held]
    assert np.diff(places) == pytest.approx(1 / c.validation_pieces, abs=0.02)


def test_a_share_asked_for_and_a_text_without_lines_are_cut_at_the_end():
    whole = text(20_000)
    for c in (load_text(whole, validation=0.05), load_text(whole.replace("\n", " "))):
        assert (c.validation_pieces, c.split, c.starts.tolist()) == (0, 19_000, [0])
        assert (
            c.vocabulary.decode(c.validation) == whole.replace("\n", " ")[19_000:]
            or c.load_options["validation"] == 0.05
        )
    tiny = load_text(text(MIN_SPLIT_TOKENS - 1))
    assert (tiny.validation_pieces, len(tiny.validation)) == (0, 0)


def test_kept_in_a_file_it_is_the_same():
    whole = text(30_000)
    memory, file = load_text(whole), load_text(whole, mmap_above=0.001)
    assert (memory.ids == file.ids).all()
    assert (memory.starts == file.starts).all()
    assert memory.split == file.split
