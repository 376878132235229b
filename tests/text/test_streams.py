"""Streams: every token about once an epoch, states that start anew where they should, a cursor that is exact."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text import Streams, load_text, validation_windows

ZERO = np.zeros(1, np.int64)


def streams(tokens: int, rows: int, window: int, starts: list[int] | None = None, **more: object) -> Streams:
    """Streams over ids that are their own places."""
    begins = ZERO if starts is None else np.array(starts)
    return Streams(np.arange(tokens, dtype=np.uint16), begins, rows, window, np.random.default_rng(3), **more)  # type: ignore[arg-type]


def test_windows_have_their_shape_and_type() -> None:
    for x, y in [streams(1_000, 4, 10).next_window(), streams(5, 32, 64).next_window(), streams(1, 1, 1).next_window()]:
        assert x.shape == y.shape and x.dtype == y.dtype == np.int32
    assert streams(1_000, 4, 10).next_window()[0].shape == (10, 4)


def test_x_is_the_token_before_y_or_nothing() -> None:
    source = streams(1_000, 4, 10, restart=0.2)
    last = np.full(4, -1)
    for k in range(100):
        x, y = source.next_window()
        before = np.vstack([last, y[:-1]])
        anew = x == -1
        assert (x[~anew] == before[~anew]).all() and (y[~anew] == before[~anew] + 1).all()
        assert k or anew[0].all()
        assert anew[y == 0].all()
        last = y[-1]


def test_every_token_is_a_target_once_an_epoch_in_a_new_rotation() -> None:
    source = streams(1_200, 4, 30, restart=0.0)
    begins = []
    for epoch in range(5):
        assert source.epoch == epoch
        windows = [source.next_window() for _ in range(10)]
        assert sorted(np.concatenate([y.ravel() for _, y in windows])) == list(range(1_200))
        assert np.concatenate([x.ravel() for x, _ in windows]).tolist().count(-1) in {4, 5}
        begins.append(int(windows[0][1][0, 0]))
    assert len(set(begins)) == 5 and source.tokens_per_epoch == 1_200


@given(
    st.integers(1, 300),
    st.integers(1, 12),
    st.integers(1, 40),
    st.lists(st.integers(1, 300), max_size=6),
    st.booleans(),
)
@settings(max_examples=80)
def test_no_token_is_left_out(tokens: int, rows: int, window: int, starts: list[int], natural: bool) -> None:
    begins = sorted({0, *(s for s in starts if s < tokens)})
    places = (lambda found: found % 3 == 1) if natural else None
    source = streams(tokens, rows, window, begins, restart=0.0, beginnings=places)
    counts = np.zeros(tokens, int)
    epochs = 20
    for _ in range(-(-epochs * max(tokens, rows) // (rows * window)) + 40):
        _, y = source.next_window()
        np.add.at(counts, y[y >= 0], 1)
    assert (counts > 0).all()


def test_tiny_texts_still_have_a_past() -> None:
    source = streams(5, 32, 64)
    x, y = source.next_window()
    assert (y[:5] >= 0).all() and (x[0] == -1).all()
    assert (x[1:5] >= 0).sum() >= 3 * 32
    assert source.tokens_per_epoch == 5


def test_restarts_are_as_frequent_as_said() -> None:
    source = streams(50_000, 8, 5, restart=0.1)
    anew = sum(int((source.next_window()[0] == -1).sum()) for _ in range(1_000))
    assert 700 < anew < 900


def test_restarts_keep_to_beginnings() -> None:
    source = streams(50_000, 8, 200, restart=0.5, beginnings=lambda found: (found % 100 == 0) & (found > 0))
    first = True
    scored = 0
    for _ in range(60):
        x, y = source.next_window()
        assert (y[x == -1] % 100 == 0)[y[x == -1] >= 0].all()
        unscored = y == -1
        assert (x[unscored] == -1).all()
        assert first or unscored.sum() <= 8
        scored += int(((x == -1) & ~unscored).sum())
        first = False
    assert 150 < scored < 330


def test_documents_are_shuffled_and_each_starts_anew() -> None:
    starts = list(range(0, 1_000, 10))
    source = streams(1_000, 1, 50, starts)
    orders = []
    for _ in range(3):
        windows = [source.next_window() for _ in range(20)]
        x, y = (np.concatenate([w[k][:, 0] for w in windows]) for k in (0, 1))
        first_place = int(np.flatnonzero(y % 10 == 0)[0])
        assert ((x == -1) == (y % 10 == 0))[first_place:].all()
        assert sorted(y[y >= 0].tolist()) == list(range(1_000))
        orders.append(tuple(y[y % 10 == 0]))
    assert len(set(orders)) == 3 and orders[0] != tuple(starts)


def test_rows_that_begin_within_a_short_document_are_not_scored_there() -> None:
    source = streams(1_000, 7, 50, list(range(0, 1_000, 10)))
    for _ in range(40):
        x, y = source.next_window()
        anew = x == -1
        assert ((y[anew] % 10 == 0) | (y[anew] == -1)).all()


@pytest.mark.parametrize("starts", [[0], [0, 7, 400], list(range(0, 1_000, 5))])
@pytest.mark.parametrize("before", [0, 1, 7, 30])
def test_a_cursor_goes_on_exactly(starts: list[int], before: int) -> None:
    rng = np.random.default_rng(9)
    ids = np.arange(1_000, dtype=np.uint16)
    places = lambda found: found % 17 == 3  # noqa: E731
    source = Streams(ids, np.array(starts), 4, 30, rng, restart=0.1, beginnings=places)
    for _ in range(before):
        source.next_window()
    cursor, state = source.cursor(), rng.bit_generator.state
    wanted = [source.next_window() for _ in range(25)]
    saved = json.loads(json.dumps(cursor))
    other_rng = np.random.default_rng(0)
    other = Streams(ids, np.array(starts), 4, 30, other_rng, restart=0.1, beginnings=places)
    for one, generator in ((source, rng), (other, other_rng)):
        one.restore(saved)
        generator.bit_generator.state = state
        for x, y in wanted:
            got = one.next_window()
            assert (got[0] == x).all() and (got[1] == y).all()
    assert source.cursor() == other.cursor() and source.epoch == other.epoch


def test_streams_over_nothing_are_refused() -> None:
    for sizes in ((0, 1, 1), (5, 0, 1), (5, 1, 0)):
        with pytest.raises(ValueError, match="at least one"):
            streams(*sizes)


@given(st.integers(1, 400), st.integers(1, 20), st.integers(1, 50), st.lists(st.integers(1, 399), max_size=8))
@settings(max_examples=150)
def test_validation_scores_every_token_once(tokens: int, rows: int, window: int, starts: list[int]) -> None:
    begins = np.array(sorted({0, *(s for s in starts if s < tokens)}))
    ids = np.arange(tokens, dtype=np.uint16)
    windows = list(validation_windows(ids, begins, rows, window))
    y = np.concatenate([w[1] for w in windows])
    x = np.concatenate([w[0] for w in windows])
    assert sorted(y[y >= 0].tolist()) == list(range(tokens))
    assert all(len(one[0]) == window for one, _ in pairwise(windows))
    assert (x[0] == -1).all() and x.dtype == y.dtype == np.int32
    anew = (x == -1) & (y >= 0)
    inner = ~anew & (y >= 0)
    assert (x[inner] == y[inner] - 1).all()
    assert set(y[anew].tolist()) == set(begins.tolist()) | set(y[0].tolist())
    assert (x[y == -1] == -1).all()


def test_validation_of_a_corpus_in_one_stream() -> None:
    corpus = load_text("abcde" * 400)
    windows = list(validation_windows(corpus.validation, corpus.validation_starts, batch_size=1))
    assert len(windows) == 1 and windows[0][1].shape == (100, 1)
    assert corpus.vocabulary.decode(windows[0][1][:, 0]) == "abcde" * 20
    assert list(validation_windows(corpus.ids[:0], ZERO)) == []
