"""Lines as documents: which are equal, and what is held back where some are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.text import Corpus, load_corpus, load_text, spool
from lstmgen.text.lines import (
    MAX_COPIES_SHARE,
    MAX_LINES_RATIO,
    MIN_VALIDATION_SHARE,
    choose_validation_lines,
    count_new_lines,
    find_lines,
    number_equal_lines,
)


def both_sides(corpus: Corpus) -> tuple[list[str], list[str]]:
    """The lines learned from and those held back."""
    learned, held = (corpus.vocabulary.decode(ids).splitlines() for ids in (corpus.training, corpus.validation))
    return learned, held


@given(st.lists(st.text("ab", max_size=12), min_size=1, max_size=40), st.integers(1, 9))
def test_equal_lines_have_one_number(texts: list[str], block: int) -> None:
    ids = np.array(["ab\n".index(letter) for letter in "".join(f"{text}\n" for text in texts)], np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "BLOCK", block)  # lines longer than a block too
        begins, lengths = find_lines(ids, 2)
        kinds = number_equal_lines(ids, begins, lengths).tolist() if len(begins) else []
    full = [text for text in texts if text]
    assert [
        bytes(ids[a : a + n]).translate(bytes([97, 98, 10]) + bytes(253)).decode()
        for a, n in zip(begins, lengths, strict=True)
    ] == [f"{text}\n" for text in full]
    assert len(set(kinds)) == len(set(full)) == len(set(zip(kinds, full, strict=True)))
    assert set(kinds) == set(range(len(set(full))))


@given(st.lists(st.integers(0, 30), min_size=2, max_size=300), st.floats(0.01, 0.9), st.integers(0, 99))
def test_all_copies_of_a_line_are_held_back_or_none(kinds: list[int], share: float, seed: int) -> None:
    names = sorted(set(kinds))
    numbers = np.array([names.index(kind) for kind in kinds])
    size = np.random.default_rng(seed).integers(2, 30, len(names))
    lengths = size[numbers]
    wanted = max(1, int(share * lengths.sum()))
    held = choose_validation_lines(numbers, lengths, wanted)
    chosen, copies = set(numbers[held].tolist()), np.bincount(numbers)
    assert chosen.isdisjoint(numbers[~held].tolist())
    assert not held.all()
    assert not chosen or lengths[held].sum() >= MIN_VALIDATION_SHARE * wanted
    assert len(chosen) <= MAX_LINES_RATIO * wanted / lengths.sum() * len(names) + 1
    assert all(copies[k] == 1 or copies[k] * size[k] <= MAX_COPIES_SHARE * wanted for k in chosen)
    if len(names) == len(kinds) > 1 and chosen:
        ends = np.cumsum(lengths[::-1])
        assert (
            abs(lengths[held].sum() - wanted) == min(abs(ends[:-1] - wanted)) or len(chosen) >= MAX_LINES_RATIO * share
        )
        assert held.tolist() == sorted(held.tolist())  # the last ones


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("share", [None, 0.05, 0.3])
def test_what_is_held_back_is_not_learned_from(level: str, share: float | None) -> None:
    rng = np.random.default_rng(5)
    lines = [f"item {n} here" for n in rng.zipf(1.5, 4_000).clip(max=10**6)]
    corpus = load_text("\n".join(lines), lines=True, level=level, validation=share, min_count=1)
    learned, held = both_sides(corpus)
    assert set(held).isdisjoint(learned)
    assert Counter(learned + held) == Counter(lines)
    asked = 0.05 if share is None else share
    assert len(corpus.validation) == pytest.approx(asked * len(corpus.ids), rel=0.1)
    repeats = len(lines) - len(set(lines))
    said = f"{repeats:,} of 4,000 lines repeat another line. No validation line occurs in the training part."
    assert said in corpus.notes
    assert corpus.validation_characters == len("\n".join(held)) + 1


def test_where_no_line_is_repeated_nothing_is_said_and_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"line {k} of {k * k}\n" for k in range(300)), encoding="utf-8")
    new, old = (load_corpus([str(path)], lines=True, repeats_together=kept) for kept in (True, False))
    assert (new.ids == old.ids).all() and (new.starts == old.starts).all() and new.split == old.split < len(new.ids)
    assert new.notes == old.notes == []


def test_0_1_0_let_copies_stand_on_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"line {k % 150}\n" for k in range(300)), encoding="utf-8")
    new, old = (load_corpus([str(path)], lines=True, repeats_together=kept) for kept in (True, False))
    learned, held = both_sides(old)
    assert not set(held).isdisjoint(learned)
    assert (new.digest, len(new.ids)) == (old.digest, len(old.ids))
    learned, held = both_sides(new)
    assert held and set(held).isdisjoint(learned)
    assert new.load_options == old.load_options | {"repeats_together": True}


def test_one_line_that_is_most_of_a_text_is_learned_from() -> None:
    text = "".join("the same\n" if k % 5 < 3 else f"only {k} here\n" for k in range(2_000))
    learned, held = both_sides(load_text(text, lines=True))
    assert (learned.count("the same"), held.count("the same")) == (1_200, 0)
    assert len(held) == pytest.approx(0.05 * 2_000, abs=25)  # by tokens, of lines that differ in length
    few = "".join(f"only {k} here\n" if k % 20 == 0 else "the same\n" for k in range(2_000))
    corpus = load_text(few, lines=True)
    assert len(corpus.validation) == 0  # else it would take all the others, or some rare ones would stand for the text
    assert corpus.notes[0].startswith("1,899 of 2,000 lines repeat another line. With only 101 different lines none")


def test_few_different_lines_are_all_learned_from() -> None:
    corpus = load_text("yes\nno\nmaybe\n" * 400, lines=True)
    assert (len(corpus.validation), corpus.notes) == (
        0,
        [
            "1,197 of 1,200 lines repeat another line. With only 3 different lines none is set aside, so there will "
            "be no validation loss."
        ],
    )
    assert (
        load_text("yes\n" * 400, lines=True)
        .notes[0]
        .endswith("With only 1 different line none is set aside, so there will be no validation loss.")
    )
    assert load_text("yes\nno\nno\n" * 100, lines=True, validation=0.0).notes == [
        "298 of 300 lines repeat another line."
    ]
    short = load_text("yes\nno\nno\n", lines=True).notes
    assert short[0] == "1 of 3 lines repeats another line." and "no part is set aside" in short[1]


def test_the_longest_line() -> None:
    assert load_text("ab\n\nabcd\nc", lines=True).longest_document == 5


def test_new_lines_are_counted_once_and_cut_ones_by_their_beginnings() -> None:
    learned = [b"ab", b"abcd", b"abcdef"]
    ids = np.frombuffer(b"\n".join([*learned, b""]), np.uint8)
    starts = np.array([0, 3, 8])
    rows = [np.frombuffer(row, np.uint8) for row in (b"ab", b"abc", b"abc", b"abcd", b"abce", b"d", b"a")]
    assert count_new_lines(ids, starts, np.array([2, 4, 6]), rows, cut=4) == 4  # abc, abce, d, a
    assert count_new_lines(ids, starts, np.array([2, 4, 6]), [], cut=4) == 0
