"""A run that was stopped and resumed is the run that was not: every array of the model but the clock, byte for byte."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import InterruptedTraining, TextError, UsageError
from lstmgen.modelfile import read_state, write_state
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.text import Corpus, load_corpus
from lstmgen.training import StopFlag, resume, state_path, train
from lstmgen.training import events as E  # noqa: N812
from tests.training.runs import (
    TINY,
    Clock,
    corpus,
    corpus_file,
    finish,
    go_on,
    members,
    settings,
    stop_at,
    text,
)

CELLS = list(CELL_FACTS)


def straight(folder: Path, c: Any, model: ModelSettings, training: TrainingSettings) -> Path:
    out = folder / "straight.npz"
    finish(train(c, model, training, out, now=Clock()))
    return out


@pytest.mark.parametrize("cell", CELLS)
def test_stopped_anywhere_and_resumed_is_the_same_file(tmp_path: Path, cell: str) -> None:
    """k = 1, past an evaluation (every 4 updates) and a rotation (every 71), in the final scoring (160); dropouts."""
    model = ModelSettings(cell=cell, hidden_size=6, num_layers=2, embedding_size=5)
    training = settings(steps=160, dropout=0.3, weight_drop=0.4, embedding_dropout=0.2)
    _, c = corpus_file(tmp_path)
    expected = members(straight(tmp_path, c, model, training))
    assert len(c.training) < 160 * 8 * 4 / 2  # the text is read more than twice
    for k in (1, 33, 75, 159, 160):
        out = tmp_path / f"stopped{k}.npz"
        stop_at(k, out, c, model, training)
        assert read_state(tmp_path / f"stopped{k}.state.npz")[2]["counters"]["step"] == k
        done = go_on(out)
        assert done.step == 160
        assert members(out) == expected


def test_stopped_many_times_with_another_number_of_threads(tmp_path: Path) -> None:
    training = settings(steps=40, dropout=0.2)
    _, c = corpus_file(tmp_path)
    expected = members(straight(tmp_path, c, TINY, training))
    out = tmp_path / "often.npz"
    stop_at(3, out, c, TINY, training)
    for k in (7, 8, 29):
        run = resume(out.with_name("often.state.npz"), asked={"threads": 2}, now=Clock())
        for event in run:
            if isinstance(event, E.Progress) and event.step == k:
                run.close()  # whoever listens goes away: saved as well
                break
    go_on(out)
    assert members(out) == expected


def test_listening_sampling_and_threads_do_not_change_the_file(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    expected = members(straight(tmp_path, c, TINY, settings()))
    for name, more in (("quiet", {"samples": False}), ("slow", {"now": Clock(40.0)}), ("quick", {})):
        out = tmp_path / f"{name}.npz"
        finish(train(c, TINY, settings(threads=1 + len(name) % 2), out, **more))
        assert members(out) == expected


@pytest.mark.parametrize("options", [{"level": "word"}, {"lines": True}, {"level": "word", "min_count": 40}])
def test_other_kinds_of_text_resume_as_exactly(tmp_path: Path, options: dict[str, Any]) -> None:
    _, c = corpus_file(tmp_path, 6_000, **options)
    expected = members(straight(tmp_path, c, TINY, settings(steps=60)))
    out = tmp_path / "stopped.npz"
    stop_at(41, out, c, TINY, settings(steps=60))
    go_on(out)
    assert members(out) == expected


@pytest.mark.parametrize("together", [True, False])
def test_copies_of_lines_stay_on_the_sides_they_were_on(tmp_path: Path, together: bool) -> None:
    """A state of 0.1.0 does not say that they are on one side: in its run they were not."""
    path = tmp_path / "lines.txt"
    path.write_text("".join(f"line {k % 150}\n" for k in range(300)), encoding="utf-8")
    c = load_corpus([str(path)], lines=True, repeats_together=together)
    expected = members(straight(tmp_path, c, TINY, settings()))
    out, state = tmp_path / "stopped.npz", tmp_path / "stopped.state.npz"
    stop_at(9, out, c, TINY, settings())
    file, arrays, facts = read_state(state)
    assert facts["text"].pop("repeats_together") is together
    if together:
        with pytest.raises(TextError, match=r"not the text this run was started with"):
            write_state(state, file, arrays, facts)
            go_on(out)
        write_state(state, file, arrays, facts | {"text": facts["text"] | {"repeats_together": True}})
    else:
        write_state(state, file, arrays, facts)
    go_on(out)
    assert members(out) == expected
    header = json.loads(dict(np.load(out))["header"].tobytes())
    new = {"repeats_together", "longest_line"}
    assert new & header["corpus"].keys() == (new if together else set())
    assert not any("together" in word for word in (header["training"]["command"], *header["training"]["options"]))


def overfitting(folder: Path) -> tuple[Corpus, ModelSettings, TrainingSettings]:
    """A net that learns a few hundred characters by heart."""
    path = folder / "story.txt"
    path.write_text(text(1_100), encoding="utf-8")
    how = settings(steps=400, learning_rate=0.02, dropout=0.0, weight_decay=0.0)
    return load_corpus([str(path)], validation=0.6), ModelSettings(hidden_size=48), how


def test_early_stop_and_annealing_are_exact_too(tmp_path: Path) -> None:
    """Stopped by validation, interrupted while annealing."""
    c, model, training = overfitting(tmp_path)
    out = tmp_path / "straight.npz"
    heard = list(train(c, model, training, out, now=Clock()))
    turned = [e for e in heard if isinstance(e, E.EarlyStop)]
    assert len(turned) == 1
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert end.stopped_early
    assert turned[0].step + 80 == end.step < 400  # a fifth of the budget more
    expected = members(out)
    for k in (turned[0].step, turned[0].step + 1, end.step - 1):
        again = tmp_path / f"again{k}.npz"
        stop_at(k, again, c, model, training)
        go_on(again)
        assert members(again) == expected


def test_a_trial_that_is_interrupted_is_made_again(tmp_path: Path) -> None:
    c, model, training = overfitting(tmp_path)
    again = tmp_path / "again.npz"
    turned = next(e for e in train(c, model, training, now=Clock()) if isinstance(e, E.EarlyStop))
    flag, met = StopFlag(), 0
    with pytest.raises(InterruptedTraining):
        for event in train(c, model, training, again, stop=flag, now=Clock()):
            met += isinstance(event, E.Progress) and event.step == turned.step
            if met == 5:  # the first is the update's own
                flag.set(130)
    saved, _, facts = read_state(state_path(again))
    assert facts["counters"]["suspicious"]
    assert saved.header["training"]["updates"] == turned.step
    go_on(again)
    assert members(again) == members(straight(tmp_path, c, model, training))


def test_the_best_of_a_run_that_was_measured_otherwise_is_measured_anew(tmp_path: Path) -> None:
    """States of 0.1.0 do not say how: their losses were of rows that began anywhere, and cannot be compared."""
    _, c = corpus_file(tmp_path, 20_000)
    out = tmp_path / "m.npz"
    stop_at(20, out, c, TINY, settings())
    file, arrays, facts = read_state(state_path(out))
    for name in ("measured", "suspicious", "tried", "low_train"):
        del facts["counters"][name]
    facts["counters"] |= {"best_loss": 0.001, "low": 0.001}
    write_state(state_path(out), file, arrays, facts)
    heard = list(resume(state_path(out), now=Clock()))
    told = [e.text for e in heard if isinstance(e, E.Notice)]
    assert len(told) == 1
    assert "not 0.0010" in told[0]
    found = [e for e in heard if isinstance(e, E.Evaluated)]
    assert found[0].is_best  # nothing can be below 0.001
    assert found[0].best == found[0].validation


def test_what_may_not_differ_is_refused(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    stop_at(4, out, c, TINY, settings())
    state = tmp_path / "m.state.npz"
    for asked, word in [
        ({"hidden_size": 6}, "--hidden-size"),
        ({"cell": "rnn"}, "--cell"),
        ({"seq_length": 9}, "--seq-length"),
        ({"dropout": 0.5}, "--dropout"),
        ({"seed": 4}, "--seed"),
        ({"clip_norm": 2.0}, "--clip-norm"),
        ({"validation": 0.2}, "--validation"),
        ({"steps": 4}, "nothing left"),
        ({"steps": 2}, "nothing left"),
    ]:
        with pytest.raises(UsageError, match=word):
            finish(resume(state, asked))


def test_an_option_that_is_usual_but_not_the_runs_is_refused_too(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    model, training = ModelSettings("rnn", hidden_size=5, num_layers=1), settings(weight_decay=0.5)
    stop_at(4, tmp_path / "m.npz", c, model, training)
    with pytest.raises(UsageError, match=r"^This run has --cell rnn, not lstm; "):
        finish(resume(tmp_path / "m.state.npz", {"cell": "lstm"}))
    with pytest.raises(UsageError, match=r"^This run has --weight-decay 0\.5, not 0\.01; "):
        finish(resume(tmp_path / "m.state.npz", {"weight_decay": 0.01}))
    own = {"cell": "rnn", "hidden_size": 5, "weight_decay": 0.5, "learning_rate": None}
    assert finish(resume(tmp_path / "m.state.npz", own, now=Clock())).step == 24


def test_a_changed_or_missing_text_is_refused(tmp_path: Path) -> None:
    path, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    stop_at(4, out, c, TINY, settings())
    state = tmp_path / "m.state.npz"
    path.write_text(text() + "x", encoding="utf-8")
    with pytest.raises(TextError, match=r"not the text this run was started with \(story.txt\)"):
        finish(resume(state))
    path.rename(tmp_path / "elsewhere.txt")
    with pytest.raises(TextError, match="no longer exists"):
        finish(resume(state))
    with pytest.raises(TextError, match=r"not the text this run was started with \(story.txt\)"):
        finish(resume(state, names=[str(tmp_path / "elsewhere.txt")]))
    (tmp_path / "elsewhere.txt").write_text(text(), encoding="utf-8")
    moved = finish(resume(state, names=[str(tmp_path / "elsewhere.txt")]))
    assert moved.model.header["corpus"]["names"] == ["story.txt"]


def test_a_text_that_was_never_a_file_must_be_given_again(tmp_path: Path) -> None:
    c = corpus()
    stop_at(4, tmp_path / "m.npz", c, TINY, settings())
    with pytest.raises(TextError, match="not read from a file"):
        go_on(tmp_path / "m.npz")
    assert go_on(tmp_path / "m.npz", corpus=c).step == 24


def test_a_text_from_standard_input_must_be_piped_again(tmp_path: Path) -> None:
    c = load_corpus(["-"], stdin=io.BytesIO(text().encode()))
    stop_at(4, tmp_path / "m.npz", c, TINY, settings())
    with pytest.raises(TextError, match=r"came from standard input\.\nName the text again: lstmgen train - --resume"):
        finish(resume(tmp_path / "m.state.npz"))
    again = resume(tmp_path / "m.state.npz", names=["-"], stdin=io.BytesIO(text().encode()))
    assert finish(again).step == 24


def test_a_larger_budget_goes_on_from_the_end_with_the_rate_warmed_up(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    finish(train(c, TINY, settings(steps=100), out, now=Clock()))
    with pytest.raises(UsageError, match="has ended"):
        go_on(out)
    heard = list(resume(tmp_path / "m.state.npz", {"steps": 200}, now=Clock()))
    resumed = next(e for e in heard if isinstance(e, E.Resumed))
    assert resumed.extended
    assert resumed.step == 100
    assert any(isinstance(e, E.Notice) and "warmed up again" in e.text for e in heard)
    rates = {e.step: e.rate for e in heard if isinstance(e, E.Progress)}
    assert rates[101] < rates[103]  # warm-up
    assert rates[103] > 20 * rates[199]
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert end.step == 200
    history = end.model.history
    assert history[0, 0] == 2
    assert (np.diff(history[:, 0]) > 0).all()
    assert history[-1, 0] == 200


def test_an_unfinished_run_takes_another_budget(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    stop_at(10, out, c, TINY, settings())
    assert go_on(out, asked={"steps": 30}).step == 30
    stop_at(10, tmp_path / "n.npz", c, TINY, settings())
    timed = go_on(tmp_path / "n.npz", asked={"time": 60.0})
    assert timed.step > 10
    assert timed.seconds >= 60.0


def test_time_used_before_counts(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    timed = settings(steps=None, time=100.0)
    stop_at(20, out, c, TINY, timed)
    used = read_state(tmp_path / "m.state.npz")[2]["counters"]["seconds"]
    assert 5.0 < used < 50.0
    heard = list(resume(tmp_path / "m.state.npz", now=Clock()))
    resumed = next(e for e in heard if isinstance(e, E.Resumed))
    assert resumed.seconds == used
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert 100.0 <= end.seconds < 106.0


def test_the_recorded_command_repeats_the_run(tmp_path: Path) -> None:
    """Its options, read back as settings, give the same file."""
    _, c = corpus_file(tmp_path)
    first = straight(tmp_path, c, ModelSettings(), TrainingSettings(steps=6, threads=1))
    with np.load(first) as file:
        header = json.loads(file["header"].tobytes())
    o = header["training"]["options"]
    assert header["training"]["command"].startswith("lstmgen train story.txt --level char --validation 0.05")
    assert f"--seed {header['training']['seed']}" in header["training"]["command"]
    model = ModelSettings(o["cell"], o["hidden-size"], o["num-layers"], o["embedding-size"])
    names = ("steps", "seq-length", "batch-size", "learning-rate", "dropout", "weight-decay", "clip-norm", "seed")
    training = TrainingSettings(**{n.replace("-", "_"): o[n] for n in names})
    second = tmp_path / "second.npz"
    finish(train(c, model, training, second))
    assert members(second) == members(first)
