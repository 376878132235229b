"""What the end of training says of copies, and that saying it changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmgen.errors import InterruptedTraining
from lstmgen.settings import ModelSettings
from lstmgen.text import load_text
from lstmgen.text.copies import Copies
from lstmgen.training import StopFlag, train
from lstmgen.training import samples as module
from tests.naive import copies as naive
from tests.training.runs import TINY, Clock, corpus, finish, go_on, members, settings, text


def copies_of(run) -> Copies:
    found = finish(run).copies
    assert found is not None
    return found


def test_of_a_small_text_learned_for_a_while() -> None:
    whole = text(10_000)
    how = settings(300, seq_length=32, batch_size=16, learning_rate=0.01, dropout=0.0)
    found = copies_of(train(load_text(whole, validation=0.05), ModelSettings(hidden_size=48), how))
    learned, held_out = whole[:9_500], whole[9_500:]
    assert (found.searched, found.whole, found.texts, found.pieces, found.sequence) == (9_500, True, 1, 1, 10)
    assert (found.written.tokens, found.held_out.tokens) == (2_000, 500)
    assert found.held_out.longest == naive.longest([learned], [[held_out]])
    assert found.held_out.new == pytest.approx(naive.new_share([learned], [held_out], 10))
    assert len(found.example) == found.written.longest > 10
    assert found.example in learned
    assert 0.0 < found.written.new < 1.0


def test_a_text_learned_by_heart() -> None:
    line = "the quick brown fox jumps over the lazy dog; "
    how = settings(300, seq_length=32, batch_size=8, learning_rate=0.02, dropout=0.0)
    found = copies_of(train(load_text(line * 20), ModelSettings(hidden_size=32), how))
    assert found.written.longest > 100
    assert found.written.new < 0.2
    assert found.held_out is None  # too short to hold a part back


def test_words_and_lines() -> None:
    found = copies_of(train(corpus(9_000, level="word"), TINY, settings(4)))
    assert (found.sequence, found.written.tokens, found.written.lines) == (4, 500, None)
    lines = corpus(9_000, lines=True)
    found = copies_of(train(lines, TINY, settings(4)))
    learned, held_out = (lines.vocabulary.decode(ids).splitlines() for ids in (lines.training, lines.validation))
    assert (found.texts, found.written.lines, found.pieces) == (100, 0, 1)
    assert found.held_out.lines == sum(line in learned for line in held_out)
    assert found.written.tokens <= 100 * 160


def test_it_is_the_same_every_time_and_changes_no_file(tmp_path: Path) -> None:
    found = []
    for name, shown in (("a", True), ("b", True), ("c", False)):
        end = finish(train(corpus(), TINY, settings(), tmp_path / f"{name}.npz", samples=shown, now=Clock()))
        found.append(end.copies)
    assert found[0] is not None
    assert found[1] == found[0]
    assert found[2] is None
    files = [members(tmp_path / f"{name}.npz") for name in "abc"]
    assert files[0] == files[1] == files[2]


def test_interrupted_it_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = finish(train(corpus(), TINY, settings(), tmp_path / "a.npz", now=Clock()))
    flag, measure = StopFlag(), module.measured_copies

    def stopped(*arguments):
        flag.set(130)
        return measure(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("lstmgen.training.ending.measured_copies", stopped)
        with pytest.raises(InterruptedTraining):
            finish(train(corpus(), TINY, settings(), tmp_path / "b.npz", stop=flag, now=Clock()))
    again = go_on(tmp_path / "b.npz", corpus=corpus())
    assert again.copies == expected.copies
    assert members(tmp_path / "b.npz") == members(tmp_path / "a.npz")
