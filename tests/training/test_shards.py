"""A batch in shards: gradients made apart, summed by a fixed tree; recorded, resumed, refused where it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import UsageError
from lstmgen.network import Network
from lstmgen.network.window import never_stop
from lstmgen.ranks.tree import TreeSum, in_halves, tree_sum, widen
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training import plan_only, train
from lstmgen.training.shards import Masks, window_gradient
from tests.training.runs import TINY, Clock, corpus, corpus_file, finish, go_on, members, settings, stop_at

SIZES = Architecture("lstm", vocabulary=11, embedding=3, units=6, layers=2, skip_sum=True)


def test_eight_arrays_are_summed_two_by_two() -> None:
    rng = np.random.default_rng(1)
    g = [rng.standard_normal(50, dtype=np.float32) * np.float32(10.0**k) for k in range(8)]
    expected = ((g[0] + g[1]) + (g[2] + g[3])) + ((g[4] + g[5]) + (g[6] + g[7]))
    total, scratch = TreeSum(), np.empty(50, np.float32)
    for one in g:
        scratch[:] = one
        total.add(scratch)
    assert total.total().tobytes() == expected.tobytes()
    assert expected.tobytes() != sum(g[1:], g[0]).tobytes()
    assert tree_sum([1e16, 1.0, -1e16, 1.0]) == (1e16 + 1.0) + (-1e16 + 1.0)


def _window(rows: int) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    x, y = (rng.integers(0, SIZES.vocabulary, (7, rows), dtype=np.int32) for _ in range(2))
    x[3, 1], y[2, :3] = -1, -1
    outputs = (rng.random((SIZES.layers, rows, SIZES.units)) > 0.3).astype(np.float32)
    weights = (rng.random((SIZES.layers, 4, SIZES.units, SIZES.units)) > 0.3).astype(np.float32)
    state = rng.standard_normal((2, SIZES.layers, rows, SIZES.units), dtype=np.float32)
    return {"x": x, "y": y, "carried": state, "masks": Masks(outputs, weights)}


def _network() -> Network:
    rng = np.random.default_rng(2)
    return Network(SIZES, rng.standard_normal(SIZES.parameter_count(), dtype=np.float32) * np.float32(0.3))


def test_the_shards_of_a_window_make_its_gradient() -> None:
    window = _window(rows=8)
    whole = window_gradient(_network(), **window, stop=never_stop)
    kept = whole.gradient.copy()
    for shards in (2, 4, 8):
        parts = window_gradient(_network(), **window, stop=never_stop, shards=shards)
        assert parts.count == whole.count == 7 * 8 - 3
        assert parts.loss == pytest.approx(whole.loss, abs=1e-6)
        np.testing.assert_allclose(parts.gradient, kept, rtol=0, atol=2e-6)
        assert parts.carried.tobytes() == whole.carried.tobytes()  # a row's arithmetic does not know its neighbours


def test_each_shard_is_divided_by_the_whole_windows_targets() -> None:
    window, network = _window(rows=4), _network()
    x, y, state, masks = window["x"], window["y"], window["carried"], window["masks"]
    halves = []
    for rows in (slice(0, 2), slice(2, 4)):
        half = [np.ascontiguousarray(a[:, rows]) for a in (x, y)]
        got = network.gradient(*half, state[:, :, rows], masks.outputs[:, rows], weight_masks=masks.weights, of=25)
        halves.append(got.gradient.copy())
    both = window_gradient(network, **window, stop=never_stop, shards=2)
    assert both.count == 25
    assert both.gradient.tobytes() == (halves[0] + halves[1]).tobytes()


def test_a_run_in_shards_is_resumed_exactly_and_says_what_it_is(tmp_path: Path) -> None:
    training = settings(steps=20, dropout=0.3, weight_drop=0.2, shards=2)
    _, c = corpus_file(tmp_path)
    straight, stopped = tmp_path / "straight.npz", tmp_path / "stopped.npz"
    done = finish(train(c, TINY, training, straight, now=Clock()))
    assert done.model.header["training"]["options"]["shards"] == 2
    assert "--batch-size 4 --shards 2 --steps 20" in done.repeat
    stop_at(7, stopped, c, TINY, training)
    go_on(stopped)
    assert members(stopped) == members(straight)
    with pytest.raises(UsageError, match="This run has --shards 2, not 4"):
        go_on(stopped, asked={"shards": 4})
    alone = finish(train(c, TINY, settings(steps=20, dropout=0.3, weight_drop=0.2), now=Clock()))
    assert "shards" not in alone.model.header["training"]["options"]
    assert "shards" not in alone.repeat


def test_the_plan_has_rows_for_every_shard() -> None:
    def planned(**more: Any) -> Any:
        return plan_only(corpus(), ModelSettings(hidden_size=5), TrainingSettings(steps=5, seq_length=8, **more))

    assert planned().batch_size == 16
    assert [row.name for row in planned().choices].count("shards") == 0
    assert planned(shards=32).batch_size == 32
    row = next(row for row in planned(shards=4).choices if row.name == "shards")
    assert row.value == "4 of 4 sequences"
    with pytest.raises(UsageError, match="--batch-size 12 cannot be cut into 8") as caught:
        planned(batch_size=12, shards=8)
    assert "Give --batch-size 8 or 16, or --shards 4." in str(caught.value)
    with pytest.raises(UsageError, match="Give --batch-size 8, or --shards 1"):
        planned(batch_size=3, shards=8)


def test_shards_are_a_power_of_two() -> None:
    with pytest.raises(UsageError, match="--shards must be a power of two, not 6"):
        TrainingSettings(shards=6)
    with pytest.raises(UsageError, match="whole number"):
        TrainingSettings(shards=0)


def test_one_shard_that_is_not_finite_undoes_the_whole_update(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, calls = Network.gradient, []

    def spoiled(self: Network, *window: Any, **how: Any) -> Any:
        got = plain(self, *window, **how)
        calls.append(0)
        if len(calls) == 20:  # the compiler's one, then four an update
            got.gradient[3] = np.nan
        return got

    monkeypatch.setattr(Network, "gradient", spoiled)
    run = list(train(corpus(), TINY, settings(steps=6, shards=4), now=Clock()))
    (said,) = [event.text for event in run if isinstance(event, E.Notice) and "undone" in event.text]
    assert "the gradient was not finite" in said
    done = run[-1]
    assert isinstance(done, E.Finished)
    assert (done.step, done.skipped) == (6, 1)


def test_halved_sums_round_every_number_on_its_way() -> None:
    rng = np.random.default_rng(4)
    numbers = [rng.standard_normal(33, dtype=np.float32) * np.float32(10.0**k) for k in range(4)]

    def near(array: Any) -> Any:  # to nearest, ties to even: the halves of a number's bits
        high = array.view(np.uint32) >> np.uint32(16)
        below, above = ((high + np.uint32(k)) << np.uint32(16) for k in (0, 1))
        down, up = (abs(bits.view(np.float32).astype(np.float64) - array) for bits in (below, above))
        return np.where((up < down) | ((up == down) & (high % 2 == 1)), above, below).astype(np.uint32).view(np.float32)

    total = TreeSum(halved=True)
    for one in numbers:
        total.add(one.copy())
    a, b, c, d = (near(one) for one in numbers)
    assert total.total().tobytes() == near(near(a + b) + near(c + d)).tobytes()
    odd = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1e-45, 3.4e38, 1.00390625, 1.01171875], np.float32)
    kept = odd.copy()
    widen(in_halves(odd), kept)
    assert kept[:2].tolist() == [np.inf, -np.inf] and np.isnan(kept[2])
    assert kept[3:5].tobytes() == odd[3:5].tobytes()
    assert kept[5:].tolist() == [0.0, np.inf, 1.0, 1.015625]


def test_gradients_in_bf16_are_recorded_and_refused_where_nothing_is_exchanged(tmp_path: Path) -> None:
    training = settings(steps=12, shards=4, exchange="bf16")
    _, c = corpus_file(tmp_path)
    straight, stopped = tmp_path / "straight.npz", tmp_path / "stopped.npz"
    done = finish(train(c, TINY, training, straight, now=Clock()))
    assert done.model.header["training"]["options"]["exchange"] == "bf16"
    assert "--shards 4 --exchange bf16" in done.repeat
    stop_at(5, stopped, c, TINY, training)
    go_on(stopped)
    assert members(stopped) == members(straight)
    plain = finish(train(c, TINY, settings(steps=12, shards=4), now=Clock()))
    assert "exchange" not in plain.model.header["training"]["options"]
    assert plain.validation == pytest.approx(done.validation, abs=0.02)
    with pytest.raises(UsageError, match="the batch is one shard"):
        plan_only(c, TINY, settings(exchange="bf16"))
    with pytest.raises(UsageError, match="--exchange must be"):
        TrainingSettings(exchange="int8")
