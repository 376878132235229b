"""Best, worse, and when to stop: DESIGN's sentence on overfitting, word by word."""

from __future__ import annotations

import math

import numpy as np

from lstmgen.training.budget import Budget
from lstmgen.training.judge import evaluation_due, has_turned, take_in
from lstmgen.training.state import TrainingState, generators_from


def state(n: int = 3) -> TrainingState:
    zeros = [np.zeros(n, np.float32) for _ in range(5)]
    generators = generators_from(0)
    generators.pop("initialisation")
    return TrainingState(*zeros, np.zeros((2, 1, 1, 1), np.float32), generators, {})  # type: ignore[arg-type]


def evaluated(s: TrainingState, step: int, loss: float | None) -> bool:
    s.counters.step, s.counters.seconds = step, float(step)
    s.weights[:] = step
    return take_in(s, loss)


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


def test_five_evaluations_above_the_best_over_a_tenth_of_the_budget() -> None:
    for budget in (Budget("steps", 1_000, 1_000), Budget("time", 1_000.0)):
        s = state()
        evaluated(s, 200, 1.0)
        for step in (220, 240, 260, 280):
            evaluated(s, step, 1.1)
            assert not has_turned(s.counters, budget)  # four
        evaluated(s, 299, 1.1)
        assert not has_turned(s.counters, budget)  # five, but not over a tenth
        evaluated(s, 300, 1.1)
        assert has_turned(s.counters, budget)
        s.counters.stopped = 0.3
        assert not has_turned(s.counters, budget)  # once


def test_in_the_last_fifth_there_is_nothing_to_stop_for() -> None:
    s = state()
    evaluated(s, 690, 1.0)
    for step in (710, 730, 750, 770, 800):
        evaluated(s, step, 1.1)
    assert not has_turned(s.counters, Budget("steps", 1_000, 1_000))


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
