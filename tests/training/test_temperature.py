"""One scalar at the end: found, folded into the output layer, told, and nothing of training changed by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstmgen.modelfile import read_model, read_state
from lstmgen.network import Network, initialise, parameter_views
from lstmgen.settings import Architecture, ModelSettings
from lstmgen.training import finalize, train
from lstmgen.training.temperature import best_temperature_for, scale_logits
from tests import naive
from tests.training.runs import TINY, Clock, corpus, corpus_file, finish, go_on, members, settings, stop_at


@pytest.mark.parametrize("true", [0.6, 0.97, 1.0, 1.04, 1.5])
def test_the_temperature_that_made_the_draws_is_found(true: float) -> None:
    rng = np.random.default_rng(1)
    logits = 2 * rng.normal(size=(4_000, 12))
    drawn = (naive.softmax(logits / true).cumsum(axis=1) > rng.random((4_000, 1))).argmax(axis=1)

    def loss(temperature: float) -> float:
        return -float(naive.log_softmax(logits / temperature)[np.arange(4_000), drawn].mean())

    found = best_temperature_for(loss)
    assert found == pytest.approx(true, rel=0.1)
    best = min(loss(t) for t in np.linspace(0.5, 2.0, 301))
    assert loss(found) - best <= 0.02 * (loss(1.0) - best) + 1e-6


def test_what_has_no_lowest_place_is_left_or_held_within_bounds() -> None:
    assert best_temperature_for(lambda t: float("nan")) == 1.0
    assert best_temperature_for(lambda t: 3.0) == 1.0
    assert best_temperature_for(lambda t: (1 / t - 9.0) ** 2) == 0.5
    assert best_temperature_for(lambda t: (1 / t + 9.0) ** 2) == 2.0


def test_logits_are_divided_by_it() -> None:
    sizes = Architecture("lstm", 7, 0, 5, 2)
    weights = initialise(sizes, np.random.default_rng(0), np.arange(7.0))
    x = np.array([[1, 2], [3, -1]], np.int32)
    whole, tempered = (Network(sizes, scale_logits(sizes, weights, t)) for t in (1.0, 1.25))
    state = whole.zero_state(2)
    np.testing.assert_array_equal(whole.parameters, weights)
    np.testing.assert_allclose(tempered.logits(x, state)[0] * 1.25, whole.logits(x, state)[0], rtol=1e-5, atol=1e-6)


WIDE = ModelSettings(hidden_size=16)
# The more is dropped, the less sure a net is with all its units.
UNSURE = settings(steps=120, dropout=0.6, learning_rate=0.024)


def test_it_is_in_the_model_and_not_in_the_state(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path, 60_000)
    out = tmp_path / "m.npz"
    end = finish(train(c, WIDE, UNSURE, out, now=Clock()))
    facts = read_model(out).header["training"]
    temperature = facts["softmax_temperature"]
    assert end.temperature == temperature and 0.5 <= temperature < 0.9
    model, arrays, _ = read_state(tmp_path / "m.state.npz")
    kept = parameter_views(Architecture("lstm", len(c.vocabulary), 0, 16, 1), arrays["best"])
    for name, view in kept.items():
        factor = np.float32(temperature if name.startswith("output.") else 1.0)
        np.testing.assert_array_equal(model.arrays[name], view / factor, err_msg=name)
    assert facts["final_validation"] < facts["best_validation"] - 0.1  # the best was found without it


def test_going_on_goes_on_from_the_weights_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, c = corpus_file(tmp_path, 6_000)
    found = {}
    for temperature in (1.0, 1.3):
        monkeypatch.setattr(finalize, "best_temperature_for", lambda loss, temperature=temperature: temperature)
        monkeypatch.setattr(finalize, "significantly_above", lambda nats, others: True)
        out = tmp_path / f"t{temperature}.npz"
        finish(train(c, TINY, settings(steps=8), out, now=Clock()))
        assert read_model(out).header["training"]["softmax_temperature"] == temperature
        assert go_on(out, asked={"steps": 16}).temperature == temperature
        found[temperature] = read_state(out.with_name(f"t{temperature}.state.npz"))[1]
    for name in ("weights", "best", "first", "second", "carried"):
        np.testing.assert_array_equal(found[1.0][name], found[1.3][name], err_msg=name)


def test_stopped_in_the_last_scoring_and_resumed_is_the_same_file(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path, 60_000)
    finish(train(c, WIDE, UNSURE, tmp_path / "straight.npz", now=Clock()))
    stop_at(120, tmp_path / "stopped.npz", c, WIDE, UNSURE)
    go_on(tmp_path / "stopped.npz")
    assert members(tmp_path / "stopped.npz") == members(tmp_path / "straight.npz")


def test_a_tied_net_and_one_that_is_no_better_for_it_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    tied = ModelSettings(hidden_size=16, tied=True)
    assert finish(train(corpus(60_000), tied, UNSURE)).temperature == 1.0
    monkeypatch.setattr(finalize, "best_temperature_for", lambda loss: 1.7)
    assert finish(train(corpus(60_000), TINY, settings(steps=30, seed=5))).temperature == 1.0
    assert finish(train(corpus(200), TINY, settings())).temperature == 1.0  # nothing to tune it on
