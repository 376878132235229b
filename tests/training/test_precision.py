"""Training in bf16 or float32: which is chosen, what the plan and the files say of it, what a resumed run does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmgen
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import ModelFileError, UsageError
from lstmgen.modelfile import architecture_of, read_state, write_state
from lstmgen.network import Network
from lstmgen.network.window import never_stop
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training import plan_only, probe, resume, state_path, train
from lstmgen.training.evaluation_cost import max_final_tokens, multiplications_per_token, subset_size, update_budget
from lstmgen.training.plan import Plan, make_plan, possible_precisions
from lstmgen.training.precision import choose_precision
from lstmgen.training.schedule import Budget
from lstmgen.training.sizes import HURRIED, SPEED_STEP, UPDATING, target_passes
from lstmgen.training.validation import score_validation
from tests.training.runs import TINY, Clock, corpus, corpus_file, finish, go_on, members, settings, stop_at
from tests.training.test_resume import overfitting

BF16 = "lstmgen.network.precision.BF16"
NEEDS = "needs a CPU with AVX-512 bfloat16 instructions"
FASTER = "faster on this CPU; products take 16-bit numbers, all else is float32"


@pytest.fixture
def possible(monkeypatch: pytest.MonkeyPatch) -> None:
    """bf16 may be trained in; without the instructions it is computed by plain code."""
    monkeypatch.setattr(BF16, True)


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU without the instructions."""
    monkeypatch.setattr(BF16, False)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if bf16 were faster only from 128 units on, so that the ladder of sizes passes from one to the other."""
    monkeypatch.setattr("lstmgen.training.precision._FASTER_FROM", 128)


def row(plan: Plan) -> tuple[str, str]:
    return next((choice.value, choice.reason) for choice in plan.choices if choice.name == "precision")


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize(
    ("asked", "kind", "units", "has_bf16", "precision", "reason"),
    [
        ("auto", "time", 16, True, "bf16", FASTER),
        ("auto", "time", 15, True, "float32", "bf16 gains nothing below 16 units"),
        ("auto", "time", 1024, False, "float32", f"bf16 {NEEDS}"),
        ("auto", "steps", 1024, True, "float32", "the default with --steps and --epochs"),
        ("auto", "epochs", 1024, True, "float32", "the default with --steps and --epochs"),
        ("bf16", "steps", 1, True, "bf16", "asked for"),
        ("float32", "time", 1024, True, "float32", "asked for"),
    ],
)
def test_the_table(cell: str, asked: str, kind: str, units: int, has_bf16: bool, precision: str, reason: str) -> None:
    sizes = Architecture(cell, 65, 0, units, 1)
    assert choose_precision(asked, kind, sizes, 16, 64, has_bf16=has_bf16) == (precision, reason)


def test_any_other_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--precision must be auto, bf16 or float32, not 'half'\.$"):
        TrainingSettings(precision="half")


@pytest.mark.usefixtures("wide")
def test_each_size_is_measured_in_the_precision_that_it_would_be_trained_in() -> None:
    asked: list[tuple[int, str]] = []

    def speed(sizes: Architecture, rows: int, window: int, precision: str) -> float:
        asked.append((sizes.units, precision))
        return 1e12 / multiplications_per_token(sizes) * (2.0 if precision == "bf16" else 1.0)

    def planned(precision: str = "auto", **more: bool) -> Plan:
        asked.clear()
        how = TrainingSettings(time=60.0, seed=1, precision=precision)
        return make_plan(corpus(60_000), ModelSettings(), how, speed, **more)

    quick = planned(has_bf16=True)
    assert asked == [(16, "float32"), (32, "float32"), (64, "float32"), (128, "bf16")]
    assert (quick.architecture.units, quick.precision, row(quick)) == (128, "bf16", ("bf16", FASTER))
    slow = planned()
    assert {precision for _, precision in asked} == {"float32"}
    assert (slow.architecture.units, slow.precision, row(slow)) == (128, "float32", ("float32", f"bf16 {NEEDS}"))
    assert quick.speed == pytest.approx(2 * (slow.speed or 0.0), rel=0.25)  # speeds are rounded to steps
    planned(precision="bf16")
    assert {precision for _, precision in asked} == {"bf16"}


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(("has_bf16", "units"), [(True, 128), (False, 64)])
def test_a_size_that_only_bf16_makes_fast_enough_is_tried(has_bf16: bool, units: int) -> None:
    """By the work alone its next smaller's speed promises less than half of what is needed."""
    text, seconds = corpus(60_000), 10.0
    needed = HURRIED * target_passes(text.training_characters) * len(text.training) / seconds / UPDATING
    works = [multiplications_per_token(Architecture("lstm", 20, 0, units, 1)) for units in (64, 128)]
    promising = 0.4 * needed * works[1] / works[0]  # of 64 units, for 128
    assert promising > SPEED_STEP * needed
    speeds = {16: 100.0 * needed, 32: 50.0 * needed, 64: promising, 128: SPEED_STEP * needed}
    how = TrainingSettings(time=seconds, seed=1)
    plan = make_plan(text, ModelSettings(), how, lambda sizes, *_: speeds[sizes.units], has_bf16=has_bf16)
    assert plan.architecture.units == units


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(
    ("model", "how", "has_bf16", "found"),
    [
        ({}, {"time": 9.0}, True, ("float32", "bf16")),
        ({"hidden_size": 256}, {"time": 9.0}, True, ("bf16",)),
        ({"hidden_size": 64}, {}, True, ("float32",)),
        ({}, {"time": 9.0}, False, ("float32",)),
        ({}, {"steps": 9}, True, ("float32",)),
        ({}, {"steps": 9, "precision": "bf16"}, True, ("bf16",)),
        ({}, {"time": 9.0, "precision": "float32"}, True, ("float32",)),
    ],
)
def test_what_is_compiled_is_what_the_sizes_may_need(
    model: dict[str, Any], how: dict[str, Any], has_bf16: bool, found: tuple[str, ...]
) -> None:
    text = corpus(60_000)
    assert possible_precisions(text, ModelSettings(**model), TrainingSettings(**how), has_bf16=has_bf16) == found


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_what_is_compiled_and_measured_is_a_network_of_that_precision(
    monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    made = []

    def network(*arguments: Any, **more: Any) -> Network:
        made.append(Network(*arguments, **more))
        return made[-1]

    monkeypatch.setattr(probe, "Network", network)
    probe.compile_kernels(TINY, 1, False, precisions=(precision,))
    meter = probe.SpeedMeter(corpus(), 1)
    assert meter(Architecture("lstm", 20, 0, 4, 1), 2, 8, precision) > 0
    assert [one.precision for one in made] == [precision] * 3


def test_scoring_takes_no_larger_share_of_a_faster_run() -> None:
    """It stays in float32, so fewer tokens are scored, and for as many more time is set aside."""
    sizes, minute = Architecture("lstm", 65, 0, 256, 1), Budget("time", 60.0)
    scored = [subset_size(minute, 50 * 1e6, 10**6, precision) for precision in ("float32", "bf16")]
    assert scored == [150_000, 75_000]
    assert [max_final_tokens(sizes, 10**8, precision) for precision in ("float32", "bf16")] == [5_000_000, 2_500_000]
    assert update_budget(minute, sizes, 1e4, 20_000, "bf16") == Budget("time", 56.0)


def test_a_new_run_is_refused_where_it_cannot_be(lacking: None, tmp_path: Path) -> None:
    how, out = settings(precision="bf16"), r"Leave it out, or give --precision float32, which runs everywhere\.$"
    said = rf"^--precision bf16 {NEEDS} \(and .* unset\)\.\n{out}"
    with pytest.raises(UsageError, match=said):
        plan_only(corpus(), TINY, how)
    with pytest.raises(UsageError, match=said):
        next(train(corpus(), TINY, how, tmp_path / "m.npz"))
    with pytest.raises(UsageError, match=rf'^precision="bf16" {NEEDS} '):
        lstmgen.train(tmp_path / "not even looked for", precision="bf16")
    assert list(tmp_path.iterdir()) == []


def test_python_trains_in_it(possible: None) -> None:
    heard: list[E.Event] = []
    small: dict[str, Any] = {"hidden_size": 5, "steps": 3, "threads": 1, "seed": 1}
    model = lstmgen.train(text="Doug saw Jane. " * 9, precision="bf16", on_event=heard.append, **small)
    training = model.header["training"]
    assert training["options"]["precision"] == "bf16" and " --precision bf16 " in training["command"]
    assert [row(e.plan) for e in heard if isinstance(e, E.Planned)] == [("bf16", "asked for")]


def test_what_is_scored_at_the_end_is_what_anybody_finds_in_float32(possible: None) -> None:
    c = corpus()
    end = finish(train(c, TINY, settings(precision="bf16"), now=Clock()))
    arrays = [array.ravel() for array in end.model.arrays.values()]
    network = Network(architecture_of(end.model.header), np.concatenate(arrays))
    score = score_validation(network, c, never_stop)
    assert score is not None
    assert (score.nats, score.tokens) == (end.validation, end.model.header["training"]["final_tokens"])


LEARNED = {"lstm": 1.2, "peephole": 1.2, "gru": 0.9, "rnn": 0.9}
"""Nats a token that sixty updates come below, from 3.0; six seeds in float32 came to 1.0, 1.0, 0.7 and 0.9 at most."""


@pytest.mark.parametrize("cell", LEARNED)
def test_it_learns(possible: None, cell: str) -> None:
    model = ModelSettings(cell, hidden_size=17, num_layers=2)
    how = settings(steps=60, seq_length=16, batch_size=8, learning_rate=0.02, precision="bf16")
    end = finish(train(corpus(), model, how, now=Clock()))
    assert end.validation is not None
    assert end.validation < LEARNED[cell]


@pytest.mark.parametrize("cell", CELL_FACTS)
def test_stopped_and_resumed_is_the_same_file(possible: None, tmp_path: Path, cell: str) -> None:
    model = ModelSettings(cell, hidden_size=6, num_layers=2, embedding_size=5)
    how = settings(steps=40, dropout=0.3, weight_drop=0.4, embedding_dropout=0.2, precision="bf16")
    _, c = corpus_file(tmp_path)
    straight = tmp_path / "straight.npz"
    finish(train(c, model, how, straight, now=Clock()))
    for k, threads in ((1, 2), (33, 1)):
        out = tmp_path / f"stopped{k}.npz"
        stop_at(k, out, c, model, how)
        go_on(out, asked={"threads": threads})
        assert members(out) == members(straight)


def test_early_stop_and_annealing_are_exact_too(possible: None, tmp_path: Path) -> None:
    c, model, how = overfitting(tmp_path)
    how, out = replace(how, precision="bf16"), tmp_path / "straight.npz"
    turned = [e.step for e in train(c, model, how, out, now=Clock()) if isinstance(e, E.EarlyStop)]
    assert len(turned) == 1
    again = tmp_path / "again.npz"
    stop_at(turned[0] + 1, again, c, model, how)
    go_on(again)
    assert members(again) == members(out)


def test_in_shards_it_is_exact_too(possible: None, tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    whole, out, how = tmp_path / "whole.npz", tmp_path / "m.npz", settings(precision="bf16", shards=2)
    finish(train(c, TINY, how, whole, now=Clock()))
    stop_at(7, out, c, TINY, how)
    go_on(out)
    assert members(out) == members(whole)


def test_the_recorded_command_repeats_it(possible: None, tmp_path: Path) -> None:
    """A run by time has chosen bf16; by updates it must be asked for."""
    c, (first, second) = corpus(), (tmp_path / "first.npz", tmp_path / "second.npz")
    finish(train(c, TINY, settings(steps=6, precision="bf16"), first, now=Clock()))
    header = json.loads(dict(np.load(first))["header"].tobytes())
    words = header["training"]["command"].split()
    asked = words[words.index("--precision") + 1]
    assert header["training"]["options"]["precision"] == asked == "bf16"
    finish(train(c, TINY, settings(steps=6, precision=asked), second, now=Clock()))
    assert members(first) == members(second)
    finish(train(c, TINY, settings(steps=6), second, now=Clock(), force=True))
    header = json.loads(dict(np.load(second))["header"].tobytes())
    assert header["training"]["options"]["precision"] == "float32"
    assert "--precision" not in header["training"]["command"]


def test_where_it_cannot_be_a_run_goes_on_in_float32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BF16, True)
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    stop_at(10, out, c, TINY, settings(precision="bf16"))
    assert read_state(state_path(out))[2]["plan"]["precision"] == "bf16"
    monkeypatch.setattr(BF16, False)
    heard = list(resume(state_path(out), now=Clock()))
    resumed = next(e for e in heard if isinstance(e, E.Resumed))
    assert row(resumed.plan) == ("float32", f"in bf16 up to update 10; that {NEEDS}")
    assert [e.text for e in heard if isinstance(e, E.Notice)] == [
        f"This run began in bf16, which {NEEDS}. It continues in float32, so it can no longer be repeated exactly."
    ]
    end = heard[-1]
    assert isinstance(end, E.Finished)
    training = end.model.header["training"]
    assert (training["bf16_updates"], training["options"]["precision"]) == (10, "float32")
    assert "--precision" not in training["command"]
    monkeypatch.setattr(BF16, True)  # back on the first machine it stays as it has become
    heard = list(resume(state_path(out), {"steps": 30, "precision": "float32"}, now=Clock()))
    assert not any(isinstance(e, E.Notice) and "bf16" in e.text for e in heard)
    assert heard[-1].model.header["training"]["bf16_updates"] == 10  # type: ignore[union-attr]


def test_float32_it_is_where_a_run_began_without(possible: None, tmp_path: Path) -> None:
    """States of earlier versions do not say in what they were computed: it was float32."""
    _, c = corpus_file(tmp_path)
    whole, out = tmp_path / "whole.npz", tmp_path / "m.npz"
    finish(train(c, TINY, settings(), whole, now=Clock()))
    stop_at(10, out, c, TINY, settings())
    file, arrays, facts = read_state(state_path(out))
    del facts["plan"]["precision"], facts["counters"]["bf16_updates"]
    write_state(state_path(out), file, arrays, facts)
    assert go_on(out, asked={"precision": "auto"}).step == 24
    assert members(out) == members(whole)


def test_a_resumed_run_keeps_its_precision(possible: None, tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    for began, other in (("bf16", "float32"), ("float32", "bf16")):
        out = tmp_path / f"{began}.npz"
        stop_at(4, out, c, TINY, settings(precision=began))
        with pytest.raises(UsageError, match=f"^This run has --precision {began}, not {other}; a resumed run keeps"):
            finish(resume(state_path(out), {"precision": other}))
        for asked in (began, "auto"):
            again = next(e for e in resume(state_path(out), {"precision": asked}) if isinstance(e, E.Resumed))
            assert again.plan.precision == began


@pytest.mark.parametrize("nonsense", ["half", None, 16])
def test_a_state_that_names_no_precision_is_refused(tmp_path: Path, nonsense: Any) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "m.npz"
    stop_at(4, out, c, TINY, settings())
    file, arrays, facts = read_state(state_path(out))
    facts["plan"]["precision"] = nonsense
    write_state(state_path(out), file, arrays, facts)
    with pytest.raises(ModelFileError, match=f"precision of the plan is {nonsense!r}"):
        go_on(out)
