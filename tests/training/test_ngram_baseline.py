"""The n-gram's mark: on the same tokens as the network's loss, bounded in advance, never a part of training."""

from __future__ import annotations

import json
import math
import tracemalloc
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from lstmgen.errors import ModelFileError
from lstmgen.modelfile import read_model, read_state
from lstmgen.settings import Architecture
from lstmgen.text import load_corpus, load_text
from lstmgen.text.bits import validation_bits_per_character
from lstmgen.text.ngram import NGram
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training import ngram_baseline, resume, train
from lstmgen.training.memory import counting_growth
from lstmgen.training.ngram_baseline import (
    MAX_COUNTED_TOKENS,
    MIN_COUNTED_TOKENS,
    baseline_from_record,
    count_baseline,
    tokens_to_count,
)
from lstmgen.training.schedule import Budget
from lstmgen.training.state import TrainingState
from lstmgen.training.validation import validation_subset
from tests.training.runs import TINY, Clock, corpus, corpus_file, finish, members, settings, stop_at

SIZES = Architecture("lstm", 60, 0, 128, 1)


@pytest.mark.parametrize(
    ("options", "order", "lines"),
    [
        ({}, 7, False),
        ({"level": "word"}, 5, False),
        ({"lines": True}, 7, True),
        ({"level": "word", "min_count": 40}, 5, False),
    ],
)
def test_what_the_n_gram_costs_on_the_tokens_that_are_scored(options: dict[str, Any], order: int, lines: bool) -> None:
    c = corpus(12_000, **options)
    sample = validation_subset(c, 200)
    assert sample is not None
    found = count_baseline(c, 3_000 if not options else len(c.training), sample)
    assert found is not None
    part = c.training[-found.tokens :]
    starts = c.training_starts if lines else None
    model = NGram.build(part, len(c.vocabulary), order, starts)
    expected, whole = (
        model.nats(sample.ids, sample.starts)[sample.scored].mean(),
        model.nats(c.validation, c.validation_starts).mean(),
    )
    assert (found.order, found.name) == (order, f"{order}-gram")
    assert found.sample_nats == pytest.approx(expected)
    assert found.nats == pytest.approx(whole)
    assert found.bits == pytest.approx(validation_bits_per_character(c).convert(whole))
    assert found.sample_bits == pytest.approx(validation_bits_per_character(c).convert(expected))


def test_lines_counted_from_the_middle_begin_where_lines_begin() -> None:
    c = corpus(12_000, lines=True)
    begin = int(c.training_starts[len(c.training_starts) // 2]) + 3  # inside of a line
    found = count_baseline(c, len(c.training) - begin, validation_subset(c, 10_000))
    assert found is not None
    inside = c.training_starts[c.training_starts >= begin] - begin
    model = NGram.build(c.training[begin:], len(c.vocabulary), 7, inside)
    assert found.nats == pytest.approx(model.nats(c.validation, c.validation_starts).mean())


def test_how_much_is_counted_follows_from_the_budget() -> None:
    def count(kind: str, amount: float, training: int = 10**9, validation: int = 200_000) -> int:
        steps = None if kind == "time" else int(amount)
        return tokens_to_count(Budget(kind, amount, steps), SIZES, 2_048, training, validation)

    assert count("time", 0.01) == MIN_COUNTED_TOKENS
    assert count("time", 10.0) == 500_000  # a twentieth, at a million tokens a second
    assert count("time", 300.0) == count("time", 3e7) == MAX_COUNTED_TOKENS
    assert count("steps", 1) == MIN_COUNTED_TOKENS
    assert (
        MIN_COUNTED_TOKENS
        < count("steps", 1_000)
        < count("steps", 3_000)
        < MAX_COUNTED_TOKENS
        == count("steps", 10**12)
    )
    assert count("time", 300.0, training=700) == 700
    assert count("time", 300.0, validation=0) == 0


def test_a_validation_part_longer_than_what_is_counted_is_not_scored_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ngram_baseline, "MIN_COUNTED_TOKENS", 1_000)
    c = corpus(8_000, validation=0.5)
    found = count_baseline(c, 1_500, validation_subset(c, 500))
    assert found is not None
    assert (found.tokens, found.nats, found.bits) == (1_500, None, None)
    assert baseline_from_record(json.loads(json.dumps(asdict(found)))) == found


def test_it_is_told_and_recorded_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    heard = list(train(c, TINY, settings(), out, now=Clock()))
    counted = [e for e in heard if isinstance(e, E.BaselineReady)]
    kinds = [type(e) for e in heard]
    assert len(counted) == 1
    assert kinds.index(E.Planned) + 1 == kinds.index(E.BaselineReady) < kinds.index(E.Progress)
    found = counted[0].baseline
    assert counted[0].training == found.tokens == len(c.training)
    assert {(e.ngram, e.ngram_bits_per_character) for e in heard if isinstance(e, E.Evaluated)} == {
        (found.sample_nats, found.sample_bits)
    }
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert end.baseline == found
    header = read_model(out).header
    assert header["training"]["ngram"] == asdict(found)
    monkeypatch.setattr("lstmgen.training.loop.count_baseline", lambda *_: None)
    heard = list(train(c, TINY, settings(), tmp_path / "n.npz", now=Clock()))
    assert not any(isinstance(e, E.BaselineReady) for e in heard)
    with_it, without = members(out), members(tmp_path / "n.npz")
    assert {name for name in with_it if with_it[name] != without[name]} == {"header"}
    del header["training"]["ngram"]
    other = read_model(tmp_path / "n.npz").header
    assert other == header


def test_a_run_that_goes_on_shows_it_without_counting_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, c = corpus_file(tmp_path)
    straight, out = tmp_path / "straight.npz", tmp_path / "m.npz"
    end = finish(train(c, TINY, settings(), straight, now=Clock()))
    stop_at(9, out, c, TINY, settings())
    monkeypatch.setattr("lstmgen.training.loop.count_baseline", lambda *_: pytest.fail("counted again"))
    heard = list(resume(tmp_path / "m.state.npz", now=Clock()))
    assert [e.baseline for e in heard if isinstance(e, E.BaselineReady)] == [end.baseline]
    assert members(out) == members(straight)


def test_a_state_of_before_counts_once_it_goes_on(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    stop_at(9, tmp_path / "m.npz", c, TINY, settings())
    file, arrays, facts = read_state(tmp_path / "m.state.npz")
    kept = facts.pop("mark")
    assert TrainingState.from_arrays(arrays, facts, file.history, file.clock).baseline is None
    for wrong in ({"order": 7.0}, {"tokens": -1}, {"nats": math.inf}, {"bits": None}, {"sample_nats": "1"}, {"x": 1}):
        with pytest.raises(ModelFileError, match="The state file cannot be used"):
            TrainingState.from_arrays(arrays, {**facts, "mark": kept | wrong}, file.history, file.clock)


def test_without_a_validation_part_there_is_none(tmp_path: Path) -> None:
    heard = list(train(load_text("abc " * 100), TINY, settings(), tmp_path / "m.npz", now=Clock()))
    assert not any(isinstance(e, E.BaselineReady) for e in heard)
    assert "ngram" not in read_model(tmp_path / "m.npz").header["training"]
    assert {e.ngram for e in heard if isinstance(e, E.Evaluated)} == {None}


def test_ids_in_a_file_are_counted_alike_and_only_their_end_is_read() -> None:
    marks = []
    for megabytes in (1000.0, 0.0):
        c = corpus(30_000, mmap_above=megabytes)
        marks.append(count_baseline(c, 20_000, validation_subset(c, 1_000)))
    assert marks[0] == marks[1] is not None


def test_so_much_memory_for_counting() -> None:
    c = load_corpus(["storybook"])
    sample = validation_subset(c, 5_000)
    tracemalloc.start()
    try:
        count_baseline(c, len(c.training), sample)
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    none = counting_growth(SIZES, 0)
    assert counting_growth(SIZES, len(c.training)) - none == pytest.approx(grown, rel=0.4)
