"""What an evaluation means: a new best, one more that is worse, or reason to suspect overfitting.

A validation loss that rises is no proof: at the height of the rate it wanders, and the end of the schedule is what
brings it down. So a rise is only where suspicion begins; trial.py has what decides.
"""

from __future__ import annotations

import math

from lstmgen.training.budget import Budget
from lstmgen.training.schedule import LAST_PART
from lstmgen.training.state import Counters, TrainingState

PARTS = 50  # evaluations in a budget
_PATIENCE = 5  # evaluations above the best ...
_PATIENCE_PART = 0.1  # ... over at least this share of the budget; as much lies between two trials
_LEARNED = 4.0  # parameters a token times passes after the first, from which on a text can be known by heart ...
_FEWEST_PASSES = 2.0  # ... and passes at least


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
        _keep_as_best(state, None)
        return True
    if math.isfinite(validation) and (counters.low is None or validation < counters.low):
        counters.low, counters.low_train, counters.worse = validation, counters.train, 0
        counters.low_step, counters.low_second = counters.step, counters.seconds
    else:
        counters.worse = 0 if validation == counters.low else counters.worse + 1
        counters.low_train = counters.train if counters.low_train is None else counters.low_train  # lowest untrained
    if not math.isfinite(validation) or (counters.best_loss is not None and validation >= counters.best_loss):
        return False
    _keep_as_best(state, validation)
    return True


def _keep_as_best(state: TrainingState, validation: float | None) -> None:
    """The weights in hand become the best."""
    counters = state.counters
    state.best[:] = state.weights
    counters.best_loss, counters.best_averaged, counters.best_temperature = validation, False, 1.0
    counters.best_step, counters.best_tokens = counters.step, counters.tokens_seen


def is_suspicious(counters: Counters, budget: Budget, by_heart: float, passes: float) -> bool:
    """Whether these figures may be those of overfitting, so that a trial is worth its time.

    The text was read often enough to be known by heart (`by_heart`: see sizes.by_heart); the validation loss was above
    its lowest at five evaluations running, over at least a tenth of the budget; since then the training loss has
    fallen, so that the gap between the two has grown. In the last fifth the rate is annealing anyway. Where the best
    weights are of an earlier leg they are annealed already, and no copy could be compared with them.
    """
    if counters.stopped is not None or counters.worse < _PATIENCE or counters.low is None:
        return False
    if counters.best_step != counters.low_step:
        return False
    if by_heart < _LEARNED or passes < _FEWEST_PASSES:
        return False
    if counters.train is None or counters.low_train is None or counters.train >= counters.low_train:
        return False
    used, risen = _shares(counters, budget)
    return risen >= _PATIENCE_PART and counters.tried + _PATIENCE_PART <= used < 1.0 - LAST_PART


def _shares(counters: Counters, budget: Budget) -> tuple[float, float]:
    """Of this leg's budget: what is used, and what of it since the lowest validation loss."""
    if budget.steps is not None:
        leg = max(1, budget.steps - counters.first_step)
        return (counters.step - counters.first_step) / leg, (counters.step - counters.low_step) / leg
    time = max(1e-9, budget.amount - counters.first_second)
    return (counters.seconds - counters.first_second) / time, (counters.seconds - counters.low_second) / time
