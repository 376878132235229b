"""The flag that a signal sets, what hears it before the first update, and what becomes of one that comes too late."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmgen import api
from lstmgen.errors import InterruptedTraining
from lstmgen.modelfile import read_state
from lstmgen.training import StopFlag, events, stop_on_signals, train
from lstmgen.training.checkpoint import Checkpointer
from tests.training.runs import TINY, corpus, settings, text

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


@pytest.fixture
def before() -> Iterator[list[int]]:
    """Handlers of before, which only note what came."""
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    kept = {number: signal.signal(number, lambda number, _: came.append(number)) for number in numbers}
    yield came
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_second_ctrl_c_does_what_it_did_before(before: list[int]) -> None:
    with stop_on_signals() as flag:
        signal.raise_signal(signal.SIGINT)
        assert (flag.exit_code, before) == (130, [])
        signal.raise_signal(signal.SIGINT)
    assert before == [signal.SIGINT]


def test_what_a_supervisor_sends_twice_still_waits_for_the_saving(before: list[int]) -> None:
    with stop_on_signals() as flag:
        for _ in range(3):
            signal.raise_signal(signal.SIGTERM)
    assert (flag.exit_code, before) == (143, [])
    signal.raise_signal(signal.SIGTERM)
    assert before == [signal.SIGTERM]


@pytest.mark.parametrize("after", [events.Compiling, events.Compiled, events.Planned])
def test_it_is_heard_before_the_first_update(tmp_path: Path, after: type) -> None:
    """While the kernels are made ready, while speeds are measured, while n-grams are counted."""
    how = settings(steps=None, time=60.0) if after is events.Compiled else settings()
    flag = StopFlag()
    run = train(corpus(), TINY, how, tmp_path / "m.npz", stop=flag)
    for event in run:
        if isinstance(event, after):
            flag.set(143)
            break
    with pytest.raises(
        InterruptedTraining, match=r"^interrupted before the first update, so there is nothing"
    ) as caught:
        next(run)
    assert caught.value.exit_code == 143
    assert list(tmp_path.iterdir()) == []


def test_one_that_comes_too_late_is_not_lost(
    tmp_path: Path, before: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Checkpointer._write

    def saved(self: Checkpointer, *arguments: object) -> object:
        found = save(self, *arguments)
        if read_state(tmp_path / "m.state.npz")[2]["counters"]["finished"]:
            signal.raise_signal(signal.SIGTERM)
        return found

    monkeypatch.setattr(Checkpointer, "_write", saved)
    model = api.train(text=text(), out=tmp_path / "m.npz", steps=3, hidden_size=4, threads=1)
    assert before == [signal.SIGTERM]  # as if nobody had taken it over
    assert model.header["training"]["updates"] == 3
