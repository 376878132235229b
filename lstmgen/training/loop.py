"""The loop: updates until the budget ends, evaluating and saving on the way, then the final figures. Yields events."""

from __future__ import annotations

from collections.abc import Iterator

from lstmgen.errors import DivergedError, InterruptedTraining
from lstmgen.training import events
from lstmgen.training.early_stopping import consider_stopping
from lstmgen.training.evaluation import evaluate, evaluation_due, remeasure
from lstmgen.training.finalize import finalize
from lstmgen.training.ngram_baseline import count_baseline
from lstmgen.training.run import Run
from lstmgen.training.samples import SAMPLE_TEMPERATURE, write_sample

NOTHING_UNSAVED = "interrupted before the first update, so there is nothing to save"
_FIRST_TEXT, _TEXT_EVERY = 3.0, 20.0  # seconds


def train_to_the_end(run: Run) -> Iterator[events.Event]:
    """Whatever ends the run sooner leaves a saved state behind."""
    state = run.state
    try:
        yield from remeasure(run)
        if state.baseline is None:
            state.baseline = count_baseline(run.corpus, run.plan.baseline_tokens, run.subset, run.stop)
        if state.baseline is not None:
            yield events.BaselineReady(state.baseline, len(run.corpus.training))
        run.start_clock()
        if run.plan.origin is not None and not state.history and run.subset is not None:
            yield evaluate(run)  # the model that was begun with is the best so far
        yield from _updates(run)
        yield from finalize(run)
    except InterruptedTraining as error:
        run.save_on_the_way_out()
        code = getattr(run.stop, "exit_code", 0) or error.exit_code
        raise InterruptedTraining(_parting(run), code) from error
    except (DivergedError, GeneratorExit):
        run.save_on_the_way_out()
        raise


def _updates(run: Run) -> Iterator[events.Event]:
    updater = run.leader.updater(run.network, run.streams, run.plan, run.state)
    counters, checkpointer = run.state.counters, run.checkpointer
    text_shown = run.began + _FIRST_TEXT - _TEXT_EVERY
    while True:
        over, is_best = run.position().over, False
        if counters.step and not over and evaluation_due(counters, run.budget):
            evaluated = evaluate(run)
            is_best = evaluated.is_best
            yield evaluated
            if run.shows_text and run.now() - text_shown >= _TEXT_EVERY:
                text_shown = run.now()
                yield _text(run)
        if counters.suspicious:
            yield from consider_stopping(run)
            continue
        if counters.step and (checkpointer.due(is_best) or (over and checkpointer.last is None)):
            yield from run.save()
        if over:
            break
        if run.stop():
            raise InterruptedTraining
        update = updater.update(run.scheduled_rate(), run.position().schedule, run.dropout_share())
        run.tick()
        run.gradient_norm = update.norm
        if update.notice:
            yield events.Notice(update.notice)
        yield from run.progress()
    yield from run.progress(last=True)


def _text(run: Run) -> events.Sampled:
    """A short text from the weights in hand."""
    corpus, generator = run.corpus, run.state.generators["samples"]
    text = write_sample(run.network, corpus.vocabulary, generator, corpus.lines, run.stop)
    return events.Sampled(run.state.counters.step, text, SAMPLE_TEMPERATURE)


def _parting(run: Run) -> str:
    """What an interrupted run leaves behind, in a sentence or two."""
    out, step = run.checkpointer.out, run.state.counters.step
    if not step:
        return NOTHING_UNSAVED
    if run.complete:
        saved = "" if out is None else ", and everything is saved"
        return f"interrupted while checking for copied passages; training itself was finished{saved}"
    interrupted = f"interrupted after {step:,} updates"
    if out is None:
        return f"{interrupted}; there was nothing to save"
    return f"{interrupted}; the state is saved.\nTo continue, repeat the command with --resume."
