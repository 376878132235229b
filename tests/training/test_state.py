"""The one state goes to arrays and back without loss, and refuses what is not one; saving follows its rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import ModelFileError, UsageError
from lstmgen.modelfile import ModelFile
from lstmgen.paths import refuse_to_replace
from lstmgen.training import model_path, state_path
from lstmgen.training.checkpoint import Checkpointer
from lstmgen.training.state import TrainingState, generator_from, generator_state, generators_from
from tests.training.test_early_stopping import state


def filled() -> TrainingState:
    s = state(7)
    rng = np.random.default_rng(1)
    for array in (s.weights, s.best, s.first, s.second, s.average):
        array[:] = rng.standard_normal(7)
    s.second **= 2
    s.cursor = {"position": 3, "order": [2, 0, 1]}
    s.counters.step, s.counters.averaged, s.counters.loss_sum = 11, 2, 0.1 + 0.2
    s.history, s.clock = [(1.0, 2.0, 0.1, 0.2, float("nan"), 0.3)], [(0.5, 1e5)]
    s.generators["dropout"].random(3, dtype=np.float32)  # leaves half a draw behind
    return s


def test_there_and_back() -> None:
    s = filled()
    arrays, header = s.to_arrays()
    header = json.loads(json.dumps(header))
    t = TrainingState.from_arrays(arrays, header, np.array(s.history), np.array(s.clock))
    for name in ("weights", "best", "first", "second", "average", "carried"):
        assert (getattr(t, name) == getattr(s, name)).all()
        assert getattr(t, name) is not getattr(s, name)
    assert t.counters == s.counters
    assert t.cursor == s.cursor
    assert np.array_equal(t.history, s.history, equal_nan=True)
    assert t.clock == s.clock
    for name, generator in s.generators.items():
        a, b = generator, t.generators[name]
        assert (a.random(3, dtype=np.float32) == b.random(3, dtype=np.float32)).all()
        assert (a.random(3) == b.random(3)).all()


def test_generators_are_four_and_independent() -> None:
    first, again, other = generators_from(5), generators_from(5), generators_from(6)
    assert list(first) == ["initialisation", "data", "dropout", "samples"]
    draws = {name: g.random() for name, g in first.items()}
    assert len(set(draws.values())) == 4
    assert draws == {name: g.random() for name, g in again.items()}
    assert draws != {name: g.random() for name, g in other.items()}
    half = np.random.Generator(np.random.PCG64(1))
    half.integers(0, 10, dtype=np.uint32)
    assert generator_from(generator_state(half)).bit_generator.state == half.bit_generator.state


@pytest.mark.parametrize(
    "spoil",
    [
        lambda arrays, header: arrays.pop("first"),
        lambda arrays, header: arrays.update(best=np.zeros(6, np.float32)),
        lambda arrays, header: arrays.update(second=np.full(7, np.nan, np.float32)),
        lambda arrays, header: header.pop("counters"),
        lambda arrays, header: header["counters"].pop("step") and header["counters"].update(steps=3),
        lambda arrays, header: header["counters"].update(step="3"),
        lambda arrays, header: header["counters"].update(finished=1),
        lambda arrays, header: header["counters"].update(step=True),
        lambda arrays, header: header.update(counters=[1]),
        lambda arrays, header: header["generators"].pop("data"),
        lambda arrays, header: header["generators"]["data"].update(state="xyz"),
        lambda arrays, header: header["generators"]["data"].update(state="f" * 99),
        lambda arrays, header: header.update(cursor=3),
    ],
)
def test_what_is_no_state_is_one_clear_error(spoil: Any) -> None:
    s = filled()
    arrays, header = s.to_arrays()
    header = json.loads(json.dumps(header))
    spoil(arrays, header)
    with pytest.raises(ModelFileError, match="state file"):
        TrainingState.from_arrays(arrays, header, np.array(s.history), np.array(s.clock))


def test_names_of_the_two_files(tmp_path: Path) -> None:
    assert state_path(Path("models/a.b.npz")) == Path("models/a.b.state.npz")
    assert model_path(Path("models/a.b.state.npz")) == Path("models/a.b.npz")
    assert model_path(Path("models/a.b.npz")) == Path("models/a.b.npz")
    refuse_to_replace(tmp_path / "m.npz", ".")
    (tmp_path / "m.npz").symlink_to("nowhere")
    with pytest.raises(UsageError, match="already exists: look"):
        refuse_to_replace(tmp_path / "m.npz", lambda: ": look")


def test_saved_at_first_at_each_best_and_every_30_seconds_but_never_too_often(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    time, order = [0.0], list[str]()

    def write(path: Path, *_: object) -> None:
        path.touch()
        order.append(path.name)

    for name in ("write_state", "write_model"):
        monkeypatch.setattr(f"lstmgen.training.checkpoint.{name}", write)
    checkpointer = Checkpointer(tmp_path / "m.npz", lambda: time[0], None)
    assert checkpointer.due(is_best=False)
    model = ModelFile({}, {})
    assert checkpointer.write(model, {}, {}, (1,))[0] == tmp_path / "m.npz"
    assert checkpointer.write(model, {}, {}, (1,))[0] is None
    assert checkpointer.write(model, {}, {}, (2,))[0] == tmp_path / "m.npz"
    assert order == ["m.state.npz", "m.npz", "m.state.npz", "m.state.npz", "m.npz"]
    (tmp_path / "m.npz").unlink()
    assert checkpointer.write(model, {}, {}, (2,))[0] == tmp_path / "m.npz"  # whoever deleted it finds it again
    assert order[5:] == ["m.state.npz", "m.npz"]
    time[0] = 5.0
    assert checkpointer.due(is_best=True)
    assert not checkpointer.due(is_best=False)
    checkpointer.cost = 1.0
    assert not checkpointer.due(is_best=True)  # it would take a fifth of the time
    time[0] = 40.0
    assert checkpointer.due(is_best=False)
    checkpointer.budget_seconds = 3_600.0
    assert not checkpointer.due(is_best=False)  # 2 % are 72 s
    assert not Checkpointer(None, lambda: 0.0, None).due(is_best=True)
