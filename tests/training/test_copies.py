"""What the end of training says of copies, and that saying it changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import InterruptedTraining
from lstmgen.modelfile import read_header, read_model
from lstmgen.paths import state_path
from lstmgen.settings import ModelSettings
from lstmgen.text import Vocabulary, load_text, spans
from lstmgen.text.copies import Copies, CopyReference
from lstmgen.training import StopFlag, train
from lstmgen.training import events as E  # noqa: N812
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
    assert found.held_out is None  # too short to set a part aside for validation


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


def header_of(path: Path) -> dict[str, Any]:
    return read_model(path).header


def test_what_is_copied_is_looked_for_when_all_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, seen = tmp_path / "a.npz", []

    def look(*arguments):
        header, facts = read_header(state_path(out))
        seen.append((header_of(out)["training"]["final_validation"], header["training"], facts["counters"]["finished"]))
        return module.search_copies(*arguments)

    monkeypatch.setattr("lstmgen.training.finalize.search_copies", look)
    end = finish(train(corpus(), TINY, settings(), out, now=Clock()))
    [(validation, training, finished)] = seen
    assert validation == training["final_validation"] == end.validation
    assert finished
    assert end.copies is not None


def interrupted(out: Path | None, monkeypatch: pytest.MonkeyPatch) -> tuple[list[E.Event], InterruptedTraining]:
    """The events of a run that is interrupted while copies are looked for, and the error it ends with."""
    flag, told = StopFlag(), []

    def look(*arguments):
        flag.set(143)
        return module.search_copies(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("lstmgen.training.finalize.search_copies", look)
        with pytest.raises(InterruptedTraining) as caught:
            for event in train(corpus(), TINY, settings(), out, stop=flag, now=Clock()):
                told.append(event)
    return told, caught.value


def test_interrupted_then_the_run_has_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = finish(train(corpus(), TINY, settings(), tmp_path / "a.npz", now=Clock()))
    told, error = interrupted(tmp_path / "b.npz", monkeypatch)
    assert (error.exit_code, "--resume" in str(error), "everything is saved" in str(error)) == (143, False, True)
    end = told[-1]
    assert isinstance(end, E.Finished)
    assert (end.copies, end.validation, end.path) == (None, expected.validation, tmp_path / "b.npz")
    for ending in (".npz", ".state.npz"):
        assert members(tmp_path / f"b{ending}").keys() == members(tmp_path / f"a{ending}").keys()
    assert members(tmp_path / "b.npz") == members(tmp_path / "a.npz")
    longer = [go_on(tmp_path / f"{name}.npz", corpus=corpus(), asked={"steps": 40}) for name in "ab"]
    assert longer[0].validation == longer[1].validation
    assert "saved" not in str(interrupted(None, monkeypatch)[1])


@pytest.mark.parametrize("kind", [E.Saved, E.Sampled, E.Finished])
def test_who_hears_no_more_after_the_end_keeps_its_figures(tmp_path: Path, kind: type[E.Event]) -> None:
    expected = finish(train(corpus(), TINY, settings(), tmp_path / "a.npz", now=Clock()))
    run = train(corpus(), TINY, settings(), tmp_path / "b.npz", now=Clock())
    for event in run:
        done = (tmp_path / "b.npz").exists() and "final_tokens" in header_of(tmp_path / "b.npz")["training"]
        if done and isinstance(event, kind):
            break
    run.close()
    assert header_of(tmp_path / "b.npz")["training"]["final_validation"] == expected.validation
    assert members(tmp_path / "b.npz") == members(tmp_path / "a.npz")


def long_material() -> tuple[CopyReference, list[np.ndarray]]:
    rng = np.random.default_rng(2)
    learned, held_out = rng.integers(0, 3, 4_000), rng.integers(0, 3, 600)
    starts = np.zeros(1, np.int64)
    return CopyReference(learned, starts, held_out, starts, Vocabulary("char", [*"abc"]), False), [
        learned[-9:],
        held_out,
    ]


@pytest.mark.parametrize(("seconds", "searched"), [(1e-4, 4_000), (0.25, 2_660), (2.0, 210), (4.9, 200), (60.0, 200)])
def test_no_more_is_searched_than_there_is_time_for(
    seconds: float, searched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """seconds: what the first 200 of 4,000 tokens take."""
    monkeypatch.setattr(module, "FIRST_SEARCH_TOKENS", 200)
    material, texts = long_material()
    looks = iter([0.0])
    found = module.copies_in_time(material, texts, lambda: False, lambda: next(looks, seconds))
    whole = searched == 4_000
    assert (found.searched, found.whole, found.seconds) == (
        searched,
        whole,
        None if whole else module.COPY_SEARCH_SECONDS,
    )
    assert replace(found, seconds=None) == module.measure_copies(material, texts, searched)


def test_time_that_runs_out_leaves_what_was_found_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_SEARCH_TOKENS", 200)
    monkeypatch.setattr(spans, "SEARCH_BLOCK", 50)
    material, texts = long_material()
    looks = iter([0.0, 1e-6])  # seconds: the first part takes next to nothing, then an hour goes by
    found = module.copies_in_time(material, texts, lambda: False, lambda: next(looks, 3_600.0))
    assert (found.searched, found.whole, found.seconds) == (200, False, module.COPY_SEARCH_SECONDS)


def test_a_stop_is_heard_in_every_part_of_the_search() -> None:
    material, texts = long_material()
    looks = []
    module.copies_in_time(material, texts, lambda: looks.append(1), Clock())
    for last in range(len(looks)):
        flags = iter([False] * last)
        with pytest.raises(InterruptedTraining):
            module.copies_in_time(material, texts, lambda flags=flags: next(flags, True), Clock())
