"""What an evaluation means: a new best, one more that is worse, or the moment to stop."""

from __future__ import annotations

import math

from lstmgen.training.budget import Budget
from lstmgen.training.schedule import LAST_PART
from lstmgen.training.state import Counters, TrainingState

PARTS = 50  # evaluations in a budget
PATIENCE = 5  # evaluations above the best ...
PATIENCE_PART = 10  # ... over at least a tenth of the budget


def evaluation_due(counters: Counters, budget: Budget) -> bool:
    """One after every fiftieth of the budget; by steps alone where the budget is steps."""
    if budget.steps is not None:
        leg = max(1, budget.steps - counters.first_step)
        return counters.step - counters.evaluated_step >= max(1, -(-leg // PARTS))
    return counters.seconds - counters.evaluated_second >= (budget.amount - counters.first_second) / PARTS


def take_in(state: TrainingState, validation: float | None) -> bool:
    """Note an evaluation of the weights in hand; True, and they are kept, when they are the best so far.

    Without a validation part the newest are the best. A loss that is not finite is never the best.
    """
    counters = state.counters
    counters.evaluated_step, counters.evaluated_second = counters.step, counters.seconds
    if validation is None:
        keep_as_best(state, None)
        return True
    if math.isfinite(validation) and (counters.low is None or validation < counters.low):
        counters.low, counters.worse = validation, 0
        counters.low_step, counters.low_second = counters.step, counters.seconds
    else:
        counters.worse = 0 if validation == counters.low else counters.worse + 1
    if not math.isfinite(validation) or (counters.best_loss is not None and validation >= counters.best_loss):
        return False
    keep_as_best(state, validation)
    return True


def keep_as_best(state: TrainingState, validation: float | None) -> None:
    """The weights in hand become the best."""
    counters = state.counters
    state.best[:] = state.weights
    counters.best_loss, counters.best_averaged, counters.best_temperature = validation, False, 1.0
    counters.best_step, counters.best_tokens = counters.step, counters.tokens_seen


def has_turned(counters: Counters, budget: Budget) -> bool:
    """Validation above its best at five evaluations running over at least a tenth of the budget.

    In the last fifth the rate is annealing anyway, so there is nothing to stop for.
    """
    if counters.stopped is not None or counters.worse < PATIENCE:
        return False
    if budget.steps is not None:
        leg, used = budget.steps - counters.first_step, counters.step - counters.first_step
        return PATIENCE_PART * (counters.step - counters.low_step) >= leg and used < (1 - LAST_PART) * leg
    time, spent = budget.amount - counters.first_second, counters.seconds - counters.first_second
    return PATIENCE_PART * (counters.seconds - counters.low_second) >= time and spent < (1 - LAST_PART) * time
