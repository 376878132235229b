"""NaN, Inf and 1e38 wherever a number is kept: undone, told, and never in a saved model. Disks that fill up."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import DivergedError, ResourceError
from lstmgen.modelfile import read_model, read_state, writer
from lstmgen.network import Network
from lstmgen.settings import ModelSettings
from lstmgen.training import checkpoint, session, train
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training.run import Run
from lstmgen.training.update import MAX_HALVINGS
from tests.disks import FullDisk
from tests.training.runs import TINY, Clock, corpus, corpus_file, finish, go_on, members, settings

BAD = (float("nan"), float("inf"), float("-inf"), 1e38)


class Planter:
    """Keeps hold of a run that `train` makes, so that a test can reach into its state."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run: Run | None = None
        real = session._run_of

        def kept(*arguments: Any) -> Run:
            self.run = real(*arguments)
            return self.run

        monkeypatch.setattr(session, "_run_of", kept)

    @property
    def state(self) -> Any:
        assert self.run is not None
        return self.run.state


@pytest.mark.parametrize(
    "where", ["weights", "best", "first", "second", "average", "carried", "output.b", "layers.0.U"]
)
@pytest.mark.parametrize("value", BAD)
def test_what_is_not_finite_never_reaches_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, value: float
) -> None:
    planter = Planter(monkeypatch)
    out = tmp_path / "m.npz"
    for event in train(corpus(), TINY, settings(steps=60), out, now=Clock(2.0)):
        if isinstance(event, E.Progress) and event.step == 20:
            state, run = planter.state, planter.run
            assert run is not None
            array = run.network.views[where] if "." in where else getattr(state, where)
            array.reshape(-1)[::7] = value
            run.network.refresh()
        if isinstance(event, E.Saved):
            for array in read_model(out).arrays.values():
                assert np.isfinite(array).all()
    assert isinstance(event, E.Finished)
    assert event.step == 60
    assert event.validation is not None
    assert event.validation < 3.4  # it has learned all the same (25 kinds of character: 3.2 untrained)


def spoil_gradients(
    monkeypatch: pytest.MonkeyPatch, when: Callable[[int], bool], where: slice, value: float = math.nan
) -> None:
    """Put a value into the gradients of the calls, numbered from 1, for which `when` says so."""
    real, calls = Network.gradient, count(1)

    def spoiled(self: Network, *arguments: Any, **more: Any) -> Any:
        got = real(self, *arguments, **more)
        if when(next(calls)):
            got.gradient[where] = value
        return got

    monkeypatch.setattr(Network, "gradient", spoiled)


@pytest.mark.parametrize("value", BAD)
def test_a_gradient_that_is_not_finite_is_not_applied(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    planter = Planter(monkeypatch)
    spoil_gradients(monkeypatch, lambda call: call == 12, slice(3, 4), value)
    seen: dict[int, np.ndarray[Any, Any]] = {}
    notices: list[str] = []
    monkeypatch.setattr(session, "compile_kernels", lambda *_: 0.0)
    for event in train(corpus(), TINY, settings(), now=Clock()):
        if isinstance(event, E.Progress):
            seen[event.step] = planter.state.weights.copy()
        elif isinstance(event, E.Notice):
            notices.append(event.text)
    assert isinstance(event, E.Finished)
    if value == 1e38:  # finite: clipped like any other
        assert notices == []
        assert 0.0 < np.abs(seen[12] - seen[11]).max() < 0.05
    else:
        assert notices == ["Update 12 was undone: the gradient was not finite."]
        assert (seen[12] == seen[11]).all()
        assert event.skipped == 1
    assert (seen[13] != seen[12]).any()


def test_three_failures_in_a_row_halve_the_rate_and_bring_the_best_back(monkeypatch: pytest.MonkeyPatch) -> None:
    planter = Planter(monkeypatch)
    spoil_gradients(monkeypatch, lambda call: call in (10, 11, 12), slice(None))
    monkeypatch.setattr(session, "compile_kernels", lambda *_: 0.0)
    rates = {}
    for event in train(corpus(), TINY, settings(steps=2_000), now=Clock()):
        if isinstance(event, E.Progress):
            rates[event.step] = event.rate
            if event.step == 12:
                assert (planter.state.weights == planter.state.best).all()
                assert not planter.state.first.any()
                assert planter.state.counters.moments_step == 0
            if event.step == 13:
                break
    assert rates[12] == pytest.approx(rates[11] * 0.5, rel=0.1)


def test_a_run_that_cannot_be_saved_from_diverging_ends_with_its_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [False]
    spoil_gradients(monkeypatch, lambda _: broken[0], slice(0, 1))
    _, c = corpus_file(tmp_path)
    out, last = tmp_path / "m.npz", 0
    with pytest.raises(DivergedError, match="smaller --learning-rate"):
        for event in train(c, TINY, settings(steps=200), out, now=Clock()):
            if isinstance(event, E.Progress):
                last = event.step
                broken[0] = last >= 30
    assert last == 30 + 3 * (MAX_HALVINGS + 1) - 1
    assert all(np.isfinite(a).all() for a in read_model(out).arrays.values())
    broken[0] = False
    _, _, facts = read_state(tmp_path / "m.state.npz")
    assert facts["counters"]["halvings"] == MAX_HALVINGS + 1
    assert go_on(out).step > last


def test_an_absurd_learning_rate_ends_well_or_is_said_to_diverge(tmp_path: Path) -> None:
    out = tmp_path / "m.npz"
    for cell in CELL_FACTS:
        model, how = ModelSettings(cell=cell, hidden_size=8), settings(steps=120, learning_rate=100.0)
        with contextlib.suppress(DivergedError):
            finish(train(corpus(), model, how, out, force=True, now=Clock()))
        assert all(np.isfinite(a).all() for a in read_model(out).arrays.values())


@pytest.mark.parametrize("room", [0, 100, 2_000, 6_000, 12_000])
def test_a_full_disk_leaves_the_old_files_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    _, c = corpus_file(tmp_path)
    out, before = tmp_path / "m.npz", {}
    names = ("m.npz", "m.state.npz")
    full = lambda path: FullDisk(path, room)  # noqa: E731
    monkeypatch.setattr(checkpoint, "RETRY_PAUSE", 0.0)
    with pytest.raises(ResourceError, match="No space left") as caught:
        for event in train(c, TINY, settings(steps=100), out, now=Clock(3.0)):
            if isinstance(event, E.Progress) and event.step == 40:
                before = {name: (tmp_path / name).read_bytes() for name in names}
                for function in (writer.write_model, writer.write_state):
                    monkeypatch.setitem(function.__kwdefaults__, "open_file", full)
    assert caught.value.exit_code == 5
    assert before
    assert {name: (tmp_path / name).read_bytes() for name in names} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.npz", "m.state.npz", "story.txt"]
    monkeypatch.undo()
    go_on(out)
    finish(train(c, TINY, settings(steps=100), tmp_path / "straight.npz", now=Clock()))
    assert members(out) == members(tmp_path / "straight.npz")
