"""Stopping early: what an evaluation means, when its figures arouse suspicion, and the trial that decides.

A validation loss that rises is no proof of overfitting: at the height of the rate it wanders, and the end of the
schedule is what brings it down. So a rise is only where suspicion begins. Then two copies are annealed for a moment,
from the best weights and from those in hand: both show what they are worth without the height of the rate. If the copy
from the weights in hand is surely worse, token by token, training since the best has done harm that annealing does not
undo; and as far as it goes on like that, the end will be worse by more. Then the run ends from the best weights.
Nothing of the run itself is changed by a trial.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array
from lstmgen.errors import DivergedError
from lstmgen.standard_errors import standard_error
from lstmgen.training import events
from lstmgen.training.run import Run
from lstmgen.training.schedule import ANNEALING_SHARE, Budget, SchedulePosition, learning_rate_at
from lstmgen.training.sizes import memorization
from lstmgen.training.state import Counters, TrainingState
from lstmgen.training.update import return_to_best
from lstmgen.training.validation import SIGNIFICANT_ERRORS, significantly_above, temporary_weights

_PATIENCE = 5  # evaluations above the best ...
_PATIENCE_PART = 0.1  # ... over at least this share of the budget; as much lies between two trials
_LEARNED = 4.0  # parameters a token times passes after the first, from which on a text can be known by heart ...
_FEWEST_PASSES = 2.0  # ... and passes at least
_SHARE = 0.02  # of the budget, for each copy
_FEWEST_UPDATES = 8
_FEWEST_TOKENS = 400  # of the validation subset: fewer prove nothing
_MARGIN = 0.01  # nats that the rest of a schedule may still bring, and that no stop may cost
_SEEDS = 5  # of the trials' own random numbers, with the run's seed and the step


def record_evaluation(state: TrainingState, validation: float | None) -> bool:
    """Note an evaluation of the weights in hand; True, and they are kept, when they are the best so far.

    Without a validation part the newest are the best. A loss that is not finite is never the best.
    """
    counters = state.counters
    counters.evaluated_step, counters.evaluated_second = counters.step, counters.seconds
    if validation is None:
        state.keep_as_best(state.weights, None)
        return True
    if math.isfinite(validation) and (counters.low is None or validation < counters.low):
        counters.low, counters.low_train, counters.worse = validation, counters.train, 0
        counters.low_step, counters.low_second = counters.step, counters.seconds
    else:
        counters.worse = 0 if validation == counters.low else counters.worse + 1
        counters.low_train = counters.train if counters.low_train is None else counters.low_train  # lowest untrained
    if not math.isfinite(validation) or (counters.best_loss is not None and validation >= counters.best_loss):
        return False
    state.keep_as_best(state.weights, validation)
    return True


def suspects_overfitting(counters: Counters, budget: Budget, by_heart: float, passes: float) -> bool:
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
    used, risen = _used_and_risen(counters, budget)
    return risen >= _PATIENCE_PART and counters.tried + _PATIENCE_PART <= used < 1.0 - ANNEALING_SHARE


def _used_and_risen(counters: Counters, budget: Budget) -> tuple[float, float]:
    """Of this leg's budget: what is used, and what of it since the lowest validation loss."""
    if budget.steps is not None:
        leg = max(1, budget.steps - counters.first_step)
        return (counters.step - counters.first_step) / leg, (counters.step - counters.low_step) / leg
    time = max(1e-9, budget.amount - counters.first_second)
    return (counters.seconds - counters.first_second) / time, (counters.seconds - counters.low_second) / time


def may_overfit(run: Run) -> bool:
    """Whether the figures of the last evaluation are reason for a trial."""
    counters, tokens = run.state.counters, max(1, len(run.corpus.training))
    passes = counters.tokens_seen / tokens
    return suspects_overfitting(counters, run.budget, memorization(run.plan.architecture, passes, tokens), passes)


def consider_stopping(run: Run) -> Iterator[events.Event]:
    """If the loss has surely risen, a trial; the run goes on, or anneals from its best weights and ends."""
    counters, place = run.state.counters, run.position()
    if not _has_risen(run):
        counters.suspicious = False
        return
    verdict = yield from _tried(run)
    counters.suspicious, counters.tried = False, place.fraction
    yield events.Trial(counters.step, counters.low_step, verdict.annealed, verdict.projected, verdict.stop)
    if verdict.stop:
        yield _stopped(run, place, verdict)


@dataclass(frozen=True)
class _Verdict:
    """Nats a token: of the best weights annealed, and where going on is projected to end; whether to stop."""

    annealed: float
    projected: float
    stop: bool


def _stopped(run: Run, place: SchedulePosition, verdict: _Verdict) -> events.EarlyStop:
    """From the best weights, in the last part of the schedule."""
    counters = run.state.counters
    counters.stopped, counters.stopped_step = place.fraction, counters.step
    return_to_best(run.network, run.state)
    seconds_left, steps_left = run.remaining()
    best = counters.best_loss if counters.best_loss is not None else math.nan
    return events.EarlyStop(
        counters.step, counters.best_step, best, verdict.annealed, verdict.projected, steps_left, seconds_left
    )


def _has_risen(run: Run) -> bool:
    """Whether the weights in hand are worse than the best by more than the error, token by token, of enough tokens."""
    if run.subset is None or run.subset.count < _FEWEST_TOKENS:
        return False
    here = run.subset.nats(run.network, run.stop)
    with temporary_weights(run.network, run.state.best):
        return significantly_above(here, run.subset.nats(run.network, run.stop))


def _tried(run: Run) -> Generator[events.Event, None, _Verdict]:
    """Both copies annealed and compared."""
    stopping = yield from _annealed(run, run.state.best.copy(), run.dropout_share(of_best=True))
    going_on = yield from _annealed(run, run.state.weights.copy(), run.dropout_share())
    place, leg = run.position(), run.segment()
    low = leg.fraction(run.budget, run.state.counters.low_step, run.state.counters.low_second)
    return compare_copies(stopping, going_on, low, place.fraction)


def compare_copies(stopping: Float64Array | None, going_on: Float64Array | None, low: float, here: float) -> _Verdict:
    """Of the losses (n,) of the two copies; at the shares of the budget `low` and `here` their weights were met."""
    if stopping is None or going_on is None:
        return _Verdict(math.nan, math.nan, False)
    worse = going_on - stopping
    sure = float(worse.mean()) - SIGNIFICANT_ERRORS * standard_error(worse)
    slope = max(0.0, sure) / max(here - low, 1e-9)  # nats for the whole budget
    projected = float(going_on.mean()) + slope * (1.0 - here)
    annealed = float(stopping.mean())
    return _Verdict(annealed, projected, sure > 0.0 and projected - annealed > _MARGIN)


def _annealed(run: Run, weights: Float32Array, drops: float) -> Generator[events.Event, None, Float64Array | None]:
    """Losses of the validation subset after a short annealing from `weights`; None where it diverges.

    Both copies read the same windows.
    """
    assert run.subset is not None
    seed = np.random.SeedSequence([_SEEDS, run.plan.seed, run.state.counters.step])
    data, dropout = (np.random.Generator(np.random.PCG64(child)) for child in seed.spawn(2))
    with temporary_weights(run.network, weights):
        copy = TrainingState(
            weights=run.network.parameters,
            best=weights,
            first=np.zeros_like(weights),
            second=np.zeros_like(weights),
            average=np.zeros(0, np.float32),
            carried=run.network.zero_state(run.plan.batch_size),
            generators={"data": data, "dropout": dropout, "samples": data},
            cursor={},
        )
        updater = run.leader.updater(run.network, run.streams.independent(data), run.plan, copy)
        rate, schedule = run.learning_rate(), run.position().schedule
        try:
            for share in _shares(run):
                updater.update(
                    rate * learning_rate_at(0.5 + 0.5 * share, 1.0), schedule, drops
                )  # the second half of a schedule
                run.tick()
                yield from run.progress()
        except DivergedError:
            return None
        nats = run.subset.nats(run.network, run.stop)
        run.tick()
    return nats if np.isfinite(nats).all() else None


def _shares(run: Run) -> Iterator[float]:
    """How much of the annealing is done before each update of it: by updates alone where the budget is updates."""
    counters, budget = run.state.counters, run.budget
    if budget.steps is not None:
        many = max(_FEWEST_UPDATES, round(_SHARE * (budget.steps - counters.first_step)))
        yield from (k / many for k in range(many))
        return
    began, seconds, made = counters.seconds, _SHARE * (budget.amount - counters.first_second), 0
    while True:
        share = (counters.seconds - began) / seconds
        if share >= 1.0 and made >= _FEWEST_UPDATES:
            return
        yield min(1.0, share)
        made += 1
