"""An evaluation on the way: the weights in hand are scored, and what follows from their loss is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from lstmgen.training import events
from lstmgen.training.early_stopping import may_overfit, record_evaluation
from lstmgen.training.run import Run
from lstmgen.training.schedule import EVALUATIONS, Budget
from lstmgen.training.state import MEASURED, Counters
from lstmgen.training.validation import temporary_weights


def evaluation_due(counters: Counters, budget: Budget) -> bool:
    """One after every fiftieth of the budget; by steps alone where the budget is steps."""
    if budget.steps is not None:
        segment = max(1, budget.steps - counters.first_step)
        return counters.step - counters.evaluated_step >= max(1, -(-segment // EVALUATIONS))
    return counters.seconds - counters.evaluated_second >= (budget.amount - counters.first_second) / EVALUATIONS


def evaluate(run: Run) -> events.Evaluated:
    """Score the weights in hand; all changes of the state are made before anything is shown."""
    state, counters, mark = run.state, run.state.counters, run.state.baseline
    score = run.subset.score(run.network, run.stop) if run.subset else None
    validation = score.nats if score else None
    updates = max(1, counters.updates)
    counters.train = counters.loss_sum / updates if counters.updates else counters.train
    is_best = record_evaluation(state, validation)
    counters.suspicious = score is not None and may_overfit(run)
    norm, clipped = counters.norm_sum / updates, counters.clipped / updates
    counters.loss_sum, counters.norm_sum, counters.clipped, counters.updates = 0.0, 0.0, 0, 0
    train = float("nan") if counters.train is None else counters.train
    rate, speed = run.learning_rate(), run.speed()
    seen = float("nan") if validation is None else validation
    state.history.append((float(counters.step), float(counters.tokens_seen), rate, train, seen, norm))
    state.clock.append((counters.seconds, speed))
    return events.Evaluated(
        step=counters.step,
        tokens_seen=counters.tokens_seen,
        fraction=run.position().fraction,
        train=train,
        validation=validation,
        best=counters.best_loss,
        is_best=is_best,
        bits_per_character=score.bits if score else None,
        gradient_norm=norm,
        clipped=clipped,
        rate=rate,
        seconds=counters.seconds,
        tokens_per_second=speed,
        ngram=mark.sample_nats if mark else None,
        ngram_bits_per_character=mark.sample_bits if mark else None,
    )


def remeasure(run: Run) -> Iterator[events.Notice]:
    """Where an earlier version measured otherwise: the loss of the best weights, before anything is compared to it."""
    state, counters = run.state, run.state.counters
    if counters.measured == MEASURED:
        return
    before, now = counters.best_loss, None
    if run.subset is not None and before is not None:
        with temporary_weights(run.network, state.best):
            now = run.subset.score(run.network, run.stop).nats
    counters.measured, state.baseline = MEASURED, None
    if before is None or now is None:
        return
    counters.best_loss = now
    counters.low, counters.low_train, counters.worse, counters.best_temperature = None, None, 0, 1.0
    yield events.Notice(
        "An earlier version measured this run's validation loss in another way: that of its best weights is now "
        f"{now:.4f} nats, not {before:.4f}."
    )
