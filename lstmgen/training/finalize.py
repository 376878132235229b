"""The end of a run: the better of the last weights, the best and their average, at their temperature; the figures."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.errors import InterruptedTraining
from lstmgen.text.copies import Copies
from lstmgen.training import events
from lstmgen.training.evaluation import evaluate
from lstmgen.training.evaluation_cost import max_final_tokens
from lstmgen.training.record import best_weights, model_file
from lstmgen.training.run import Run
from lstmgen.training.samples import (
    CAREFUL_TEMPERATURE,
    COPY_SEARCH_SECONDS,
    FIRST_SEARCH_TOKENS,
    SAMPLE_TEMPERATURE,
    WILD_TEMPERATURE,
    search_copies,
    write_sample,
)
from lstmgen.training.temperature import best_temperature_for, scale_logits
from lstmgen.training.validation import ValidationScore, score_validation, significantly_above, temporary_weights

COPY_SEARCH_NOTICE = (
    f"Checking for passages copied from the training text (at most {COPY_SEARCH_SECONDS:g} s; Ctrl-C skips this)."
)
"""Said before the last event of a run, which tells what came of it."""


def finalize(run: Run) -> Iterator[events.Event]:
    """Choose the weights, score the validation part, save, and say so. Interrupted before, it can be done again.

    What is copied is looked for when all is saved: who will not wait for it interrupts it, and the run has ended.
    """
    state, counters = run.state, run.state.counters
    if counters.evaluated_step < counters.step:
        yield evaluate(run)
    _try_average(run)
    _try_temperature(run)
    with temporary_weights(run.network, best_weights(run.plan, state)):
        seen = counters.tokens_seen // run.plan.shards  # one stream is scored by one process, whatever others there are
        limit = max_final_tokens(run.plan.architecture, seen, run.plan.precision)
        score = score_validation(run.network, run.corpus, run.stop, limit)
        run.tick()  # the budget has set this time aside
        text = None
        if run.shows_text:
            text = write_sample(run.network, run.corpus.vocabulary, state.generators["samples"], run.corpus.lines)
    counters.finished = True
    run.final = _final(score)
    yield from run.save()
    if text is None:
        yield _finished(run, score, None)
        return
    try:
        yield from _three_samples(run, text)
        if len(run.corpus.training) > FIRST_SEARCH_TOKENS:
            yield events.Notice(COPY_SEARCH_NOTICE)
        with temporary_weights(run.network, best_weights(run.plan, state)):
            rng = np.random.default_rng([_COPIES, run.plan.seed])
            copies = search_copies(run.network, run.corpus, rng, run.stop, run.now)
    except InterruptedTraining:
        yield _finished(run, score, None)
        raise
    yield _finished(run, score, copies)


def _three_samples(run: Run, usual: str) -> Iterator[events.Event]:
    """One careful, the usual one, one wild: what --temperature does, and what the model can do."""
    texts = []
    with temporary_weights(run.network, best_weights(run.plan, run.state)):
        for temperature in (CAREFUL_TEMPERATURE, WILD_TEMPERATURE):
            rng = np.random.default_rng([_SAMPLES, run.plan.seed])
            texts.append(write_sample(run.network, run.corpus.vocabulary, rng, run.corpus.lines, run.stop, temperature))
    step, (careful, wild) = run.state.counters.best_step, texts
    yield events.Sampled(step, careful, CAREFUL_TEMPERATURE, "careful")
    yield events.Sampled(step, usual, SAMPLE_TEMPERATURE, "usual")
    yield events.Sampled(step, wild, WILD_TEMPERATURE, "wild")


_SAMPLES = 4  # seeds the generator of the careful and the wild sample, with the run's seed
_COPIES = 3  # seeds the generator of the text that copies are looked for in, with the run's seed


def _try_average(run: Run) -> None:
    """The mean of the weights over the last part takes the place of the best unless that is surely better.

    The best was picked for its loss on the subset, so by luck too, the more the smaller that is; its weights may be
    those of a high rate. The mean is not picked: it is what the whole schedule has come to. So it is taken where the
    best's lead, token by token, is within its error (compare the one-standard-error rule, Breiman et al. 1984).
    """
    state, counters = run.state, run.state.counters
    if not counters.averaged or run.subset is None or counters.best_averaged:
        return
    with temporary_weights(run.network, state.average):
        mean = run.subset.nats(run.network, run.stop)
    with temporary_weights(run.network, state.best):
        best = run.subset.nats(run.network, run.stop)
    if math.isfinite(mean.sum()) and not significantly_above(mean, best):
        state.keep_as_best(state.average, float(mean.mean()), averaged=True)


def _try_temperature(run: Run) -> None:
    """The best weights get the softmax temperature that suits the subset, if they are surely better for it."""
    sizes, state, subset = run.plan.architecture, run.state, run.subset
    state.counters.best_temperature = 1.0
    if subset is None or sizes.tied:
        return
    tried: dict[float, Float64Array] = {}

    def nats(temperature: float) -> Float64Array:
        if temperature not in tried:
            with temporary_weights(run.network, scale_logits(sizes, state.best, temperature)):
                tried[temperature] = subset.nats(run.network, run.stop)
        return tried[temperature]

    fitted = best_temperature_for(lambda temperature: float(nats(temperature).mean()))
    if significantly_above(nats(1.0), nats(fitted)):
        state.counters.best_temperature = fitted


def _final(score: ValidationScore | None) -> dict[str, float | int | None]:
    return {
        "final_validation": score.nats if score else None,
        "final_bits_per_character": score.bits if score else None,
        "final_tokens": score.tokens if score else 0,
    }


def _finished(run: Run, score: ValidationScore | None, copies: Copies | None) -> events.Finished:
    counters = run.state.counters
    model = model_file(run.corpus, run.plan, run.state, run.final)
    return events.Finished(
        model=model,
        path=run.checkpointer.out,
        step=counters.step,
        tokens_seen=counters.tokens_seen,
        passes=counters.tokens_seen / max(1, len(run.corpus.training)),
        seconds=counters.seconds,
        total_seconds=run.now() - run.session_began,
        tokens_per_second=counters.tokens_seen / max(counters.seconds, 1e-9),
        train=float("nan") if counters.train is None else counters.train,
        validation=score.nats if score else None,
        bits_per_character=score.bits if score else None,
        perplexity=math.exp(min(score.nats, 700.0)) if score else None,
        best_step=counters.best_step,
        averaged=counters.best_averaged,
        stopped_early=counters.stopped is not None,
        skipped=counters.skipped,
        halvings=counters.halvings,
        repeat=model.header["training"]["command"],
        copies=copies,
        baseline=run.state.baseline,
        temperature=counters.best_temperature,
    )
