"""Sizes, budget, rate and reasons, with a made-up speed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import ResourceError, UsageError
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings
from lstmgen.text import Corpus, load_text
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training import memory, session
from lstmgen.training.evaluation_cost import multiplications_per_token, update_budget
from lstmgen.training.fine_tuning import fine_tuning_factor
from lstmgen.training.plan import make_plan
from lstmgen.training.schedule import Budget, ScheduleSegment, learning_rate_at, make_budget
from lstmgen.training.session import plan_only
from lstmgen.training.sizes import (
    HURRIED,
    LADDER,
    NARROW,
    SPEED_STEP,
    UPDATING,
    candidates,
    dropout_share_for,
    memorization,
    peak_rate,
    target_passes,
)
from tests.training.runs import Clock, corpus, text


def machine(products_a_second: float):
    """A speed that follows from the work alone."""
    return lambda sizes, rows, window, precision: products_a_second / multiplications_per_token(sizes)


def planned(tokens: int, seconds: float, strength: float = 1e11, **more: object):
    return make_plan(corpus(tokens), ModelSettings(), TrainingSettings(time=seconds, seed=1, **more), machine(strength))


def test_more_time_and_a_faster_machine_allow_a_larger_model() -> None:
    units = [planned(60_000, seconds).parameters for seconds in (0.05, 1.0, 5.0, 60.0)]
    assert units == sorted(units)
    assert units[0] < units[-1]
    assert planned(60_000, 1.0, 1e10).parameters <= planned(60_000, 1.0, 1e12).parameters


def test_the_largest_that_reads_the_text_often_enough() -> None:
    plan = planned(60_000, 2.0)
    rung = (plan.architecture.layers, plan.architecture.units)
    tokens = 57_000
    wanted = target_passes(tokens) * (HURRIED if rung[1] <= NARROW else 1.0)
    assert plan.passes >= wanted * 0.99
    bigger = LADDER[LADDER.index(rung) + 1]
    sizes = Architecture("lstm", plan.architecture.vocabulary, 0, bigger[1], bigger[0])
    assert 1e11 / multiplications_per_token(sizes) * 2.0 / tokens < wanted * SPEED_STEP


@pytest.mark.parametrize(("share", "units"), [(1.2, 128), (0.6, 128), (0.3, 128), (0.2, 64)])
def test_narrow_networks_grow_though_they_read_the_text_less_often(share: float, units: int) -> None:
    seconds, tokens = 10.0, 142_500
    reads = {16: 9.0, 32: 5.0, 64: 1.5, 128: share, 192: 0.8}  # times as often as would be best
    often = target_passes(tokens) * tokens / seconds / UPDATING
    plan = make_plan(
        corpus(150_000),
        ModelSettings(),
        TrainingSettings(time=seconds, seed=1),
        lambda sizes, *_: reads[sizes.units] * often,
    )
    assert plan.architecture.units == units
    reason = next(choice.reason for choice in plan.choices if choice.name == "layers")
    enough = "smaller ones learn little, " if units == 128 and share < 1 else "the largest that reads the text "
    assert reason.startswith(enough)


def test_sizes_asked_for_in_part_go_from_small_to_large() -> None:
    for asked in (ModelSettings(num_layers=1), ModelSettings(num_layers=3), ModelSettings(hidden_size=20)):
        sizes = candidates(corpus(150_000), asked, measured=True)
        assert sizes == sorted(sizes, key=multiplications_per_token) and len(set(sizes)) == len(sizes)
        assert {one.layers for one in sizes} == {asked.num_layers or 1}
    assert [one.units for one in candidates(corpus(150_000), ModelSettings(num_layers=1), measured=True)] == [
        16, 32, 64, 128, 192, 256]  # fmt: skip
    both = [(one.layers, one.units) for one in candidates(corpus(150_000), ModelSettings(), measured=True)]
    assert both == [rung for rung in LADDER if rung <= (1, 256)]


def test_a_small_text_gets_a_small_net_however_long_the_time() -> None:
    assert planned(150, 1e5).architecture.units == 16
    assert planned(900, 1e5).architecture.units == 32
    assert planned(15_000, 1e5).architecture.units == 64


@given(st.floats(0.93, 1.07))
def test_a_speed_that_wavers_a_little_about_a_step_changes_nothing(factor: float) -> None:
    still = make_plan(
        corpus(1_000),
        ModelSettings(),
        TrainingSettings(time=9.0, seed=1),
        lambda *_: SPEED_STEP**40 * factor / UPDATING,
    )
    assert still.speed == SPEED_STEP**40


def test_updates_and_passes_are_planned_without_looking_at_the_clock() -> None:
    def refuse(*_: object) -> float:
        raise AssertionError("measured")

    for training in (TrainingSettings(steps=50, seed=1), TrainingSettings(epochs=2.5, seed=1)):
        plan = make_plan(corpus(40_000), ModelSettings(), training, refuse)
        assert plan == make_plan(corpus(40_000), ModelSettings(), training, None)
    assert plan.budget.steps == math.ceil(2.5 * 38_000 / (64 * 16))


def test_a_plan_depends_on_its_arguments_alone() -> None:
    one, other = (make_plan(corpus(400), ModelSettings(), TrainingSettings(steps=3), cores=3, seed=9) for _ in range(2))
    assert one == other and (one.threads, one.seed) == (3, 9)
    drawn = {plan_only(corpus(400), ModelSettings(), TrainingSettings(steps=3)).seed for _ in range(3)}
    assert len(drawn) > 1


def test_what_is_asked_for_is_kept() -> None:
    model = ModelSettings("peephole", hidden_size=7, num_layers=3, embedding_size=4)
    training = TrainingSettings(
        time=3.0, seq_length=5, batch_size=6, learning_rate=0.5, dropout=0.25, seed=9, threads=1, weight_decay=0.1
    )
    plan = make_plan(corpus(), model, training, machine(1e11))
    assert plan.architecture == Architecture(
        "peephole", plan.architecture.vocabulary, 4, 7, 3, "identity", skip_sum=True
    )
    assert (plan.seq_length, plan.batch_size, plan.learning_rate, plan.dropout) == (5, 6, 0.5, 0.25)
    assert (plan.seed, plan.threads, plan.weight_decay) == (9, 1, 0.1)
    reasons = {choice.name: choice.reason for choice in plan.choices}
    assert all(
        "asked for" in reasons[name]
        for name in ("layers", "embedding", "seq-length", "batch-size", "learning-rate", "dropout", "seed")
    )


@pytest.mark.parametrize(
    ("tokens", "budget", "said"),
    [
        (60_000, {"time": 20.0}, None),
        (60_000, {"time": 3_600.0}, None),
        (400, {"steps": 3}, None),
        (60_000, {"time": 3_601.0}, "these choices were only tested with 20 s to 1 h"),
        (399, {"epochs": 2.0}, "these choices were only tested with 400 to 2,700,000 characters"),
        (399, {"time": 19.0}, "these choices were only tested with 20 s to 1 h and 400 to 2,700,000 characters"),
    ],
)
def test_beyond_what_was_tried_the_plan_says_so(tokens, budget, said) -> None:
    plan = make_plan(corpus(tokens), ModelSettings(), TrainingSettings(seed=1, **budget), machine(1e11))
    rows = [(choice.value, choice.reason) for choice in plan.choices if choice.name == "note"]
    assert rows == ([] if said is None else [("extrapolated", said)])


WORDY = " ".join(f"w{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(300)) + "."


@pytest.mark.parametrize(
    ("asked", "embedding", "units", "tied"),
    [
        ({}, 256, 256, True),
        ({"hidden_size": 24}, 24, 24, True),
        ({"tied": False, "hidden_size": 80}, 64, 80, False),
        ({"embedding_size": 9}, 9, 256, False),
        ({"embedding_size": 9, "tied": True}, 9, 9, True),
        ({"embedding_size": 9, "hidden_size": 9}, 9, 9, False),
    ],
)
def test_words_are_read_and_written_by_one_table(asked, embedding, units, tied) -> None:
    words = load_text((WORDY + "\n") * 700, level="word")
    plan = make_plan(words, ModelSettings(**asked), TrainingSettings(steps=1, seed=1))
    sizes = plan.architecture
    assert (sizes.embedding, sizes.units, sizes.tied) == (embedding, units, tied)
    row = next(choice for choice in plan.choices if choice.name == "embedding")
    assert row.value == f"{embedding} values{', tied' * tied}"
    assert ("asked for" in row.reason) == ("embedding_size" in asked)


def test_few_words_or_characters_are_not_tied_unless_that_is_asked_for() -> None:
    few = load_text("Doug saw Jane. " * 100, level="word")
    for one in (few, corpus()):
        assert not make_plan(one, ModelSettings(), TrainingSettings(steps=1)).architecture.tied
        sizes = make_plan(one, ModelSettings(tied=True), TrainingSettings(steps=1)).architecture
        assert sizes.tied and sizes.embedding == sizes.units


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"embedding_size": 0}, "--tied needs an embedding"),
     ({"embedding_size": 9, "hidden_size": 8}, "not --embedding-size 9 and --hidden-size 8.\nLeave one of the two")],
)  # fmt: skip
def test_a_tied_embedding_is_as_wide_as_a_layer(asked, said) -> None:
    with pytest.raises(UsageError, match=said):
        ModelSettings(tied=True, **asked)
    with pytest.raises(UsageError, match="as wide as a layer: 3 values, 4 units"):
        Architecture("lstm", 5, 3, 4, 1, tied=True)


def test_every_choice_has_a_reason() -> None:
    plan = make_plan(corpus(), ModelSettings(), TrainingSettings(), machine(1e11))
    assert all(choice.value and choice.reason for choice in plan.choices)
    assert plan.budget == Budget("time", 20.0)  # for a text so short


def noise(tokens: int) -> Corpus:
    """Letters drawn one by one: whatever is held back is new."""
    letters = np.random.default_rng(5).choice([*"abcdefghijklmnop"], size=tokens)
    return load_text("".join(letters))


def dropped_of(text: Corpus, heart: float, **asked: float) -> tuple[float, float]:
    sizes = Architecture("lstm", len(text.vocabulary), 0, 16, 1)
    passes = 1.0 + heart * len(text.training) / sizes.parameter_count()
    plan = make_plan(text, ModelSettings(hidden_size=16), TrainingSettings(epochs=passes, seed=1, **asked))
    assert (plan.architecture, plan.parameters) == (sizes, sizes.parameter_count())
    shown = "weight-drop" in {choice.name for choice in plan.choices}
    assert shown == bool(plan.weight_drop or "weight_drop" in asked)
    return plan.dropout, plan.weight_drop


DROPPED = ((1, 0.0, 0.0), (6, 0.1, 0.0), (14, 0.2, 0.0), (25, 0.3, 0.0), (200, 0.4, 0.3), (450, 0.3, 0.5))


def test_dropout_and_weight_drop_follow_the_parameters_that_read_each_token_again() -> None:
    strange, familiar = noise(2_400), "abcdefg\n" * 300
    for heart, outputs, weights in DROPPED:
        assert dropped_of(strange, heart) == (outputs, weights)
        assert dropped_of(load_text(familiar, lines=True), heart) == (outputs, 0.5 if weights else 0.0)
    for heart in (1, 6, 14, 25, 50):
        assert dropped_of(load_text(familiar), heart) == (0.0, 0.0)
    assert dropped_of(load_text(familiar), 450) == (0.3, 0.5)
    assert dropped_of(strange, 200, dropout=0.25) == (0.25, 0.3)
    assert dropped_of(strange, 200, weight_drop=0.0) == (0.4, 0.0)


def test_what_is_read_once_is_not_known_by_heart() -> None:
    sizes = Architecture("lstm", 50, 0, 16, 2)
    assert [memorization(sizes, passes, 1_000) for passes in (0.5, 1.0, 3.0)] == [
        0,
        0,
        2 * sizes.parameter_count() / 1_000,
    ]


WEARING = math.sqrt(60 * 400)
SHARES = (
    *((1, 0.0, 0.0), (1, 0.1, 0.0), (1, 0.35, 0.5), (59, 0.35, 0.5), (1, 0.6, 1.0), (1, 1.0, 1.0)),
    *((WEARING, 0.0, 0.5), (WEARING, 0.5, 0.8), (400, 0.0, 1.0), (4_000, 0.0, 1.0)),
)


@pytest.mark.parametrize(("heart", "novelty", "share"), SHARES)
def test_what_comes_again_may_be_known_by_heart(heart: float, novelty: float, share: float) -> None:
    assert dropout_share_for(heart, novelty) == pytest.approx(share)


def test_what_is_new_is_said_where_it_matters() -> None:
    def reason(**asked: float) -> str:
        plan = make_plan(noise(2_400), ModelSettings(hidden_size=16), TrainingSettings(seed=1, **asked))
        return next(choice.reason for choice in plan.choices if choice.name == "dropout")

    assert (
        reason(epochs=40) == "against memorizing; the text is read about 40 times; 100 % of the validation text is new"
    )
    assert reason(epochs=1) == "none needed: the text is read about 1.3 times"


def test_rows_of_an_embedding_are_dropped_where_there_is_one() -> None:
    asked = TrainingSettings(epochs=5, seed=1, embedding_dropout=0.2)
    plan = make_plan(corpus(), ModelSettings(embedding_size=8), asked)
    assert plan.embedding_dropout == 0.2
    shown = next(choice for choice in plan.choices if choice.name == "embedding-dropout")
    assert (shown.value, shown.reason) == ("0.2", "asked for")
    assert make_plan(corpus(), ModelSettings(), TrainingSettings(epochs=5, seed=1)).embedding_dropout == 0.0
    with pytest.raises(UsageError, match="Add --embedding-size N"):
        make_plan(corpus(), ModelSettings(), asked)


@pytest.mark.parametrize("tokens", [1, 2, 5, 40, 130])
def test_the_tiniest_texts_have_a_plan(tokens: int) -> None:
    plan = make_plan(corpus(tokens + 20 if tokens > 20 else 20), ModelSettings(), TrainingSettings(steps=1), None)
    assert 1 <= plan.seq_length <= 64
    assert plan.batch_size >= 1


@pytest.mark.parametrize(("tokens", "passes"), [(1e4, 100.0), (1e6, 4.0), (1e7, 1.5), (1e8, 0.5), (10, 300.0)])
def test_passes_wanted(tokens: float, passes: float) -> None:
    assert target_passes(int(tokens)) == pytest.approx(passes)


def test_rate_warms_up_falls_as_a_cosine_and_ends_at_its_floor() -> None:
    assert learning_rate_at(0.01, 1.0, 0.03) == pytest.approx(0.5 * (0.03 + 0.97 * (1 + math.cos(0.01 * math.pi)) / 2))
    assert learning_rate_at(0.5, 0.004, 0.05) == pytest.approx(0.004 * 0.525)
    assert learning_rate_at(1.0, 0.004, 0.05) == pytest.approx(0.0002)
    assert [peak_rate(h, 12.0) for h in (1, 64, 256, 512, 1024)] == [0.024, 0.024, 0.012, 0.0085, 0.006]
    assert [peak_rate(256, passes) for passes in (0.1, 5.9, 6.0, 11.9, 12.0, 1e3)] == [
        0.024, 0.024, 0.018, 0.018, 0.012, 0.012
    ]  # fmt: skip
    assert [peak_rate(512, 3.0, "word"), peak_rate(256, 3.0, "char", "rnn"), peak_rate(64, 3.0, cell="peephole")] == [
        0.0057, 0.004, 0.008
    ]  # fmt: skip


def test_a_long_run_has_a_lower_rate_though_its_text_is_longer_still() -> None:
    """By updates, so that a batch of more rows, which makes fewer of as many tokens, keeps a higher one."""

    def rate(steps: int, rows: int) -> float:
        how = TrainingSettings(steps=steps, seq_length=1, batch_size=rows)
        plan = make_plan(corpus(150_000), ModelSettings(hidden_size=256), how)
        assert plan.passes < 1.0
        return plan.learning_rate

    assert [rate(steps, 1) for steps in (5_999, 6_000, 11_999, 12_000)] == [0.024, 0.018, 0.018, 0.012]
    assert [rate(48_000 // rows, rows) for rows in (1, 4, 16)] == [0.012, 0.012, 0.024]


def test_a_batch_of_more_than_64_rows_has_a_higher_rate_and_a_longer_warm_up() -> None:
    plans = {
        rows: make_plan(corpus(40_000), ModelSettings(hidden_size=256), TrainingSettings(steps=1, batch_size=rows))
        for rows in (16, 64, 128, 256, 1_024)
    }
    assert {rows: plan.learning_rate for rows, plan in plans.items()} == {
        16: 0.024, 64: 0.024, 128: 0.034, 256: 0.048, 1_024: 0.048
    }  # fmt: skip
    assert {rows: plan.warm_up for rows, plan in plans.items()} == {
        16: 0.02, 64: 0.02, 128: 0.04, 256: 0.08, 1_024: 0.08
    }  # fmt: skip
    rnn = make_plan(
        corpus(40_000), ModelSettings(hidden_size=256, cell="rnn"), TrainingSettings(steps=1, batch_size=256)
    )
    assert (rnn.learning_rate, rnn.warm_up) == (0.004, 0.02)
    many = {
        steps: make_plan(
            corpus(150_000),
            ModelSettings(hidden_size=256),
            TrainingSettings(steps=steps, seq_length=1, batch_size=256),
        )
        for steps in (625, 1_250, 2_500)
    }  # that many steps need not be as large
    assert {steps: (plan.learning_rate, plan.warm_up) for steps, plan in many.items()} == {
        625: (0.048, 0.08), 1_250: (0.034, 0.04), 2_500: (0.024, 0.02)
    }  # fmt: skip
    narrow = make_plan(corpus(40_000), ModelSettings(hidden_size=32), TrainingSettings(steps=1, batch_size=256))
    assert narrow.learning_rate == 0.068  # no higher than was tried
    asked = TrainingSettings(steps=9, batch_size=256, learning_rate=0.01)
    assert make_plan(corpus(40_000), ModelSettings(), asked).learning_rate == 0.01
    begun = make_plan(corpus(40_000), ModelSettings(), TrainingSettings(steps=9, batch_size=256), from_weights=True)
    assert begun.warm_up == 0.1


def test_the_schedule_ends_with_the_budget_and_after_an_early_stop_with_a_fifth_of_it() -> None:
    steps, time = Budget("steps", 100, 100), Budget("time", 60.0)
    assert ScheduleSegment().position(steps, 50, 1e9) == ScheduleSegment().position(time, 10**9, 30.0)
    assert not ScheduleSegment().position(steps, 99, 0.0).over
    assert ScheduleSegment().position(steps, 100, 0.0).over
    early = ScheduleSegment(stopped=0.3)
    assert early.position(steps, 30, 0.0).schedule == pytest.approx(0.8)
    assert early.position(steps, 40, 0.0).schedule == pytest.approx(0.9)
    assert not early.position(steps, 49, 0.0).over
    assert early.position(steps, 51, 0.0).over
    assert ScheduleSegment(first_step=100).position(Budget("steps", 300, 300), 200, 0.0).fraction == 0.5


def test_budgets() -> None:
    assert make_budget("epochs", 2.0, 1_000, 300) == Budget("epochs", 2.0, 7)
    assert make_budget("steps", 12.0, 1_000, 300).describe() == "12 updates"
    assert Budget("time", 145.0).describe() == "2 min 25 s"
    with pytest.raises(UsageError):
        Budget("time", 0.0)
    with pytest.raises(UsageError):
        Budget("steps", 5)


def test_text_helper_is_as_long_as_it_says() -> None:
    assert len(text(2_400)) == 2_400


def test_a_text_with_nothing_held_back_is_not_trained_for_minutes_unasked() -> None:
    tiny, long = load_text("Doug saw Jane."), load_text("Doug saw Jane. " * 100)
    assert make_plan(tiny, ModelSettings(), TrainingSettings()).budget.amount == TrainingSettings.TINY_TIME == 20.0
    assert make_plan(long, ModelSettings(), TrainingSettings()).budget.amount == 20.0
    assert make_plan(tiny, ModelSettings(), TrainingSettings(time=60.0)).budget.amount == 60.0


def test_sizes_beyond_the_machines_memory_are_refused_before_anything_is_made(monkeypatch) -> None:
    monkeypatch.setattr(memory, "_machine_memory", lambda: 10**9)
    model = ModelSettings(hidden_size=9_000)
    for budget in ({"steps": 1}, {"time": 5.0}):
        with pytest.raises(
            ResourceError, match=r"of memory; this machine has 1\.0 GB\.\nChoose a smaller --hidden-size"
        ):
            list(session.train(load_text("Doug saw Jane. " * 100), model, TrainingSettings(**budget)))


def test_many_threads_read_more_rows_where_time_is_the_budget() -> None:
    rows = {
        threads: make_plan(corpus(40_000), ModelSettings(), TrainingSettings(time=9.0, threads=threads)).batch_size
        for threads in (1, 2, 4, 64)
    }
    assert rows == {1: 16, 2: 16, 4: 32, 64: 64}
    assert make_plan(corpus(40_000), ModelSettings(), TrainingSettings(steps=9, threads=64)).batch_size == 16


def test_scoring_at_the_end_is_paid_from_the_time() -> None:
    sizes, minute = Architecture("lstm", 65, 0, 256, 1), Budget("time", 60.0)
    assert update_budget(Budget("steps", 9, 9), sizes, 1e4, 50_000) == Budget("steps", 9, 9)
    assert update_budget(minute, sizes, None, 50_000) == minute
    assert update_budget(minute, sizes, 1e4, 0) == minute
    assert update_budget(minute, sizes, 1e4, 20_000) == Budget("time", 58.0)
    assert update_budget(minute, sizes, 1e2, 10**9) == Budget("time", 48.0)  # at most a fifth


def test_the_last_update_leaves_time_to_score(monkeypatch: pytest.MonkeyPatch) -> None:
    """120 tokens held back at 60 tokens/s: two seconds; the clock ticks by halves of one."""
    monkeypatch.setattr(session, "SpeedMeter", lambda *_: lambda *_: 60.0 / UPDATING)
    monkeypatch.setattr("lstmgen.training.plan.quantized", lambda speed, tried: lambda *sizes: 60.0)
    how = TrainingSettings(time=30.0, seq_length=8, batch_size=4, seed=3, threads=1)
    heard = list(session.train(corpus(), ModelSettings(hidden_size=5), how, now=Clock()))
    end, last = heard[-1], [e for e in heard if isinstance(e, E.Progress)][-1]
    assert isinstance(end, E.Finished)
    assert 27.0 <= last.seconds <= 29.5
    assert last.seconds < end.seconds <= 31.0
    assert last.fraction == 1.0


def test_a_run_from_weights_has_a_lower_rate_the_shorter_the_text() -> None:
    assert [fine_tuning_factor(n) for n in (100, 12_000, 600_000, 10**9)] == pytest.approx([0.3, 0.3, 1.0, 1.0])
    assert fine_tuning_factor(60_000) == pytest.approx(0.6)
    assert 0.3 < fine_tuning_factor(20_000) < 0.6 < fine_tuning_factor(100_000) < 1.0
    how = TrainingSettings(steps=400, seed=1)
    new, begun = (make_plan(corpus(6_000), ModelSettings(), how, from_weights=begun) for begun in (False, True))
    assert begun.learning_rate == pytest.approx(0.3 * new.learning_rate, rel=0.02)  # two digits are kept
    assert (new.warm_up, new.dropout_rise) == (0.02, 0.0)
    assert (begun.warm_up, begun.dropout_rise) == (0.1, pytest.approx(40.0 / begun.passes))
    assert make_plan(corpus(6_000), ModelSettings(), TrainingSettings(steps=9), from_weights=True).dropout_rise == 1.0
    given = make_plan(corpus(6_000), ModelSettings(), TrainingSettings(steps=9, learning_rate=0.1), from_weights=True)
    assert given.learning_rate == 0.1


def test_a_run_from_weights_on_a_few_lines_drops_nothing() -> None:
    how = TrainingSettings(steps=3_000, seed=1)
    few, new = (
        make_plan(corpus(900), ModelSettings(hidden_size=64), how, from_weights=begun) for begun in (True, False)
    )
    assert (few.dropout, few.weight_drop) == (0.0, 0.0) and new.dropout > 0 and new.weight_drop > 0
    said = {choice.name: choice.reason for choice in few.choices}
    assert said["dropout"] == "none needed: so short a text that starts from a model can only be learned by heart"
    asked = TrainingSettings(steps=3_000, seed=1, dropout=0.2, weight_drop=0.1)
    given = make_plan(corpus(900), ModelSettings(), asked, from_weights=True)
    assert (given.dropout, given.weight_drop) == (0.2, 0.1)


@pytest.mark.parametrize(
    ("characters", "seconds"), [(30_000, 20.0), (30_001, 60.0), (250_000, 180.0), (400_001, 300.0)]
)
def test_a_longer_text_is_trained_on_for_longer_unasked(characters: int, seconds: int) -> None:
    plan = make_plan(load_text("ab " * (characters // 3) + "ab"[: characters % 3]), ModelSettings(), TrainingSettings())
    assert plan.budget == Budget("time", seconds)
    (row,) = (row for row in plan.choices if row.name == "budget")
    assert row.reason == "the default for its length; --time changes it"
