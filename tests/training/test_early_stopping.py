"""Best, worse, suspicion of overfitting, and what proves it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstmgen.training.early_stopping import compare_copies, record_evaluation, suspects_overfitting
from lstmgen.training.evaluation import evaluation_due
from lstmgen.training.schedule import Budget
from lstmgen.training.state import TrainingState, generators_from


def state(n: int = 3) -> TrainingState:
    zeros = [np.zeros(n, np.float32) for _ in range(5)]
    generators = generators_from(0)
    generators.pop("initialisation")
    return TrainingState(*zeros, np.zeros((2, 1, 1, 1), np.float32), generators, {})  # type: ignore[arg-type]


def evaluated(s: TrainingState, step: int, loss: float | None) -> bool:
    s.counters.step, s.counters.seconds = step, float(step)
    s.weights[:] = step
    return record_evaluation(s, loss)


def test_the_best_is_kept_and_the_worse_are_counted() -> None:
    s = state()
    assert evaluated(s, 10, 2.0)
    assert evaluated(s, 20, 1.5)
    assert not evaluated(s, 30, 1.6)
    assert not evaluated(s, 40, math.nan)
    assert (s.counters.best_loss, s.counters.best_step, s.counters.worse) == (1.5, 20, 2)
    assert (s.best == 20).all()
    assert not evaluated(s, 50, 1.5)
    assert s.counters.worse == 0  # not above its best
    assert evaluated(s, 60, 1.4)
    assert (s.best == 60).all()


def test_without_validation_the_newest_are_the_best() -> None:
    s = state()
    assert evaluated(s, 10, None)
    assert evaluated(s, 20, None)
    assert (s.best == 20).all()
    assert s.counters.best_loss is None


def rising(train: float = 0.9) -> TrainingState:
    """Lowest at step 200 with a training loss of 1; above it ever since, training at `train`."""
    s = state()
    s.counters.train = 1.0
    evaluated(s, 200, 1.0)
    s.counters.train = train
    for step in (220, 240, 260, 280):
        evaluated(s, step, 1.1)
    return s


BUDGETS = (Budget("steps", 1_000, 1_000), Budget("time", 1_000.0))
HEART, PASSES = 4.0, 2.0  # the least that is enough


def test_five_evaluations_above_the_best_over_a_tenth_of_the_budget() -> None:
    for budget in BUDGETS:
        s = rising()
        assert not suspects_overfitting(s.counters, budget, HEART, PASSES)  # four
        evaluated(s, 299, 1.1)
        assert not suspects_overfitting(s.counters, budget, HEART, PASSES)  # five, but not over a tenth
        evaluated(s, 300, 1.1)
        assert suspects_overfitting(s.counters, budget, HEART, PASSES)
        s.counters.tried = 0.21
        assert not suspects_overfitting(s.counters, budget, HEART, PASSES)  # tried a moment ago
        s.counters.tried = 0.15
        assert suspects_overfitting(s.counters, budget, HEART, PASSES)
        s.counters.stopped = 0.3
        assert not suspects_overfitting(s.counters, budget, HEART, PASSES)  # once


def test_a_text_that_was_hardly_read_is_not_known_by_heart() -> None:
    s = rising()
    evaluated(s, 320, 1.1)
    assert not suspects_overfitting(s.counters, BUDGETS[0], 3.9, 9.0)
    assert not suspects_overfitting(s.counters, BUDGETS[0], 90.0, 1.9)
    assert suspects_overfitting(s.counters, BUDGETS[0], HEART, PASSES)


def test_annealed_weights_of_an_earlier_leg_are_no_measure() -> None:
    s = rising()
    s.counters.best_loss, s.counters.best_step = 0.5, 100
    evaluated(s, 320, 1.1)
    assert not suspects_overfitting(s.counters, BUDGETS[0], HEART, PASSES)


def test_where_training_learns_no_more_either_the_gap_does_not_grow() -> None:
    s = rising(train=1.0)
    evaluated(s, 320, 1.1)
    assert not suspects_overfitting(s.counters, BUDGETS[0], HEART, PASSES)


def test_in_the_last_fifth_there_is_nothing_to_stop_for() -> None:
    s = state()
    s.counters.train = 1.0
    evaluated(s, 690, 1.0)
    s.counters.train = 0.9
    for step in (710, 730, 750, 770, 799):
        evaluated(s, step, 1.1)
    assert suspects_overfitting(s.counters, BUDGETS[0], HEART, PASSES)
    evaluated(s, 800, 1.1)
    assert not suspects_overfitting(s.counters, BUDGETS[0], HEART, PASSES)


def test_a_verdict_needs_more_than_the_error_and_a_dear_end() -> None:
    noise = np.tile(np.resize([0.3, -0.3], 32) + np.repeat([[0.05], [-0.05]], 16, axis=0), (100, 1)).ravel()
    best = np.full(len(noise), 1.0)
    error = 0.05 / math.sqrt(len(noise) // 32)  # 0.00125
    assert not compare_copies(best, best + noise + 1.9 * error, 0.2, 0.4).stop  # may be chance
    assert compare_copies(best, best + noise + 9.0 * error, 0.2, 0.4).stop
    found = compare_copies(best, best + 0.1, 0.2, 0.4)
    assert (found.annealed, found.projected) == pytest.approx((1.0, 1.1 + 0.1 / 0.2 * 0.6))
    assert not compare_copies(best, best + 0.004, 0.2, 0.7).stop  # sure, and not worth a word
    assert not compare_copies(best, best - 0.1, 0.2, 0.4).stop
    assert not compare_copies(None, best, 0.2, 0.4).stop


def test_one_evaluation_for_each_fiftieth() -> None:
    s = state()
    budget = Budget("steps", 120, 120)
    due = []
    for step in range(1, 121):
        s.counters.step = step
        if evaluation_due(s.counters, budget):
            due.append(step)
            evaluated(s, step, 1.0)
    assert due == list(range(3, 121, 3))
    assert evaluation_due(s.counters, Budget("time", 5_000.0)) is False
    s.counters.seconds += 100.0
    assert evaluation_due(s.counters, Budget("time", 5_000.0)) is True
