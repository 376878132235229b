"""The ways into training: plan only, train anew, go on from a state file."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from lstmgen.errors import InterruptedTraining, TextError
from lstmgen.kernels.threads import available_cores
from lstmgen.modelfile import OutputLock, read_state
from lstmgen.network import Network, initialise
from lstmgen.network.window import ShouldStop, never_stop
from lstmgen.paths import model_path, refuse_to_replace, state_path
from lstmgen.ranks.single import SINGLE, Ranks
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings, training_settings
from lstmgen.text import Corpus
from lstmgen.training import events
from lstmgen.training.checking import unusable_state
from lstmgen.training.checkpoint import Checkpointer
from lstmgen.training.consistency import check_together, check_with_text
from lstmgen.training.cpus import all_have_bf16
from lstmgen.training.handover import TextPart
from lstmgen.training.leading import Leader
from lstmgen.training.loop import NOTHING_UNSAVED, train_to_the_end
from lstmgen.training.memory import check_fits
from lstmgen.training.plan import Plan, make_plan, possible_precisions
from lstmgen.training.plan_io import read_plan
from lstmgen.training.pretrained import Pretrained, initial_vocabulary
from lstmgen.training.probe import SpeedMeter, compile_kernels
from lstmgen.training.resuming import (
    check_resumed_settings,
    check_same_text,
    continue_plan,
    in_possible_precision,
    recorded_corpus,
    with_recorded_names,
)
from lstmgen.training.run import Run
from lstmgen.training.schedule import requested_budget
from lstmgen.training.shards import check_ranks
from lstmgen.training.state import MEASURED, Counters, TrainingState, generators_from
from lstmgen.training.validation import validation_subset

_ADVICE = ".\nGo on with it by --resume, choose another file with --out, or use --force."


def plan_only(
    corpus: Corpus,
    model: ModelSettings,
    training: TrainingSettings,
    stop: ShouldStop = never_stop,
    start: Pretrained | None = None,
    ranks: Ranks = SINGLE,
    bf16: bool | None = None,
) -> Plan:
    """What `train` would do, measured on this machine for a time budget; nothing is trained or written.

    bf16: whether the CPUs of all ranks have it, where that is known.
    """
    _check_text(corpus)
    bf16 = all_have_bf16(ranks, training.precision) if bf16 is None else bf16
    kind = (requested_budget(training) or ("time", 0.0))[0]
    cores, seed, shards = _cores(ranks), secrets.randbelow(2**31), training.shards or 1
    how = corpus, training.threads or cores, stop, shards, ranks, training.exchange
    meter = SpeedMeter(*how) if kind == "time" else None
    more: dict[str, Any] = {"cores": cores, "seed": seed, "has_bf16": bf16, "ranks": ranks.size}
    with _nothing_unsaved(stop):
        plan = make_plan(corpus, model, training, meter, from_weights=start is not None, **more)
        return plan if start is None else start.annotate(plan)


def train(
    corpus: Corpus,
    model: ModelSettings | None = None,
    training: TrainingSettings | None = None,
    out: Path | None = None,
    *,
    start: Pretrained | None = None,
    force: bool = False,
    stop: ShouldStop = never_stop,
    samples: bool = True,
    now: Callable[[], float] = time.perf_counter,
    lock: OutputLock | None = None,
    ranks: Ranks = SINGLE,
) -> Iterator[events.Event]:
    """Train a network on a corpus; the last event is Finished. Files are written only if `out` is given.

    start: a model to begin with; its network takes the place of `model`, and the corpus must be read into its tokens.
    lock: of `out`, held by the caller until the run has ended.
    stop is asked often; when true, the state is saved and InterruptedTraining raised. Raises UsageError where `out` or
    its state exists (unless `force`), TextError, ResourceError, DivergedError.
    ranks: processes that share the work; this one is number 0, and the others follow (following.py).
    """
    began, leader = now(), Leader(ranks, stop)
    model, training, stop = model or ModelSettings(), training or TrainingSettings(), leader.stop
    check_ranks(ranks.size, training.shards)
    if ranks.size > 1:
        training = replace(training, shards=training.shards or ranks.size)
    if out is not None and not force:
        for path in (out, state_path(out)):
            refuse_to_replace(path, _ADVICE)
    _check_text(corpus)
    if start is not None:
        start.check_text(corpus)
        model = start.settings
        yield events.Notice(start.describe_vocabulary(corpus))
    bf16, cores = all_have_bf16(ranks, training.precision), _cores(ranks)
    precisions = possible_precisions(corpus, model, training, cores=cores, has_bf16=bf16, ranks=ranks.size)
    yield from _compiled(model, training.threads or cores, samples, leader, precisions)
    leader.share_text(corpus)
    plan = plan_only(corpus, model, training, stop, start, ranks, bf16)
    check_fits(plan.memory)
    yield from leader.advice(plan, corpus)
    yield events.Planned(plan, plan.parameters, plan.memory)
    run = _new_run(corpus, plan, start, out, leader, now)
    run.shows_text, run.session_began = samples, began
    run.checkpointer.lock = lock or run.checkpointer.lock
    yield from train_to_the_end(run)


def resume(
    path: Path,
    asked: Mapping[str, Any] | None = None,
    out: Path | None = None,
    *,
    corpus: Corpus | None = None,
    names: Sequence[str] = (),
    stdin: BinaryIO | None = None,
    stop: ShouldStop = never_stop,
    samples: bool = True,
    now: Callable[[], float] = time.perf_counter,
    lock: OutputLock | None = None,
    ranks: Ranks = SINGLE,
) -> Iterator[events.Event]:
    """Go on from a state file (NAME.state.npz), exactly where it stands. Only budget, threads and `out` may differ.

    asked: settings of network and training, by their keywords; UsageError for one that the run has otherwise.
    The text is `corpus`, else read from `names`, else from where it was; TextError when it is not the same text.
    Without `out` the files beside `path` are written. A finished run needs a larger budget.
    lock: of the files that are written, held by the caller until the run has ended. ranks: any number among which the
    run's shards can be shared out.
    """
    began, leader = now(), Leader(ranks, stop)
    asked, stop = asked or {}, leader.stop
    training = training_settings(asked)
    file, arrays, facts = read_state(path)
    plan = read_plan(facts)
    state = TrainingState.from_arrays(arrays, facts, file.history, file.clock)
    check_together(plan, state, file)
    check_resumed_settings(plan, facts, asked)
    check_ranks(ranks.size, plan.shards)
    if plan.shards > 1 and training.threads is None:
        training = replace(training, threads=_cores(ranks))  # there may have been other ranks
    if corpus is None:
        known = initial_vocabulary(plan.origin, file.header)
        corpus = recorded_corpus(facts, names, stdin, training.mmap_above, known)
    check_same_text(corpus, file.header)
    check_with_text(plan, corpus)
    corpus = with_recorded_names(corpus, file.header)
    plan, extended = continue_plan(plan, state, training, len(corpus.training))
    plan, changed = in_possible_precision(plan, state, has_bf16=all_have_bf16(ranks, training.precision))
    yield from _compiled(plan.architecture, plan.threads, samples, leader, (plan.precision,))
    leader.share_text(corpus)
    counters = state.counters
    yield events.Resumed(
        plan,
        plan.parameters,
        plan.memory,
        counters.step,
        counters.tokens_seen,
        counters.seconds,
        counters.best_loss,
        extended,
    )
    if changed:
        yield events.Notice(changed)
    if extended:
        yield events.Notice(
            "The run was finished. It continues from its end, and the learning rate is warmed up again."
        )
    yield from leader.advice(plan, corpus)
    run = _run_of(corpus, plan, state, out or model_path(path), leader, now)
    run.shows_text, run.session_began = samples, began
    run.checkpointer.lock = lock or run.checkpointer.lock
    yield from train_to_the_end(run)


def _cores(ranks: Ranks) -> int:
    """Cores for this process."""
    return available_cores() if ranks.size == 1 else ranks.cores


def _check_text(corpus: Corpus) -> None:
    if not len(corpus.training):
        raise TextError("The text is empty, so there is nothing to learn.\nGive a text of at least one character.")


@contextmanager
def _nothing_unsaved(stop: ShouldStop) -> Iterator[None]:
    try:
        yield
    except InterruptedTraining as error:
        code = getattr(stop, "exit_code", 0) or error.exit_code
        raise InterruptedTraining(NOTHING_UNSAVED, code) from error


def _compiled(
    model: ModelSettings | Architecture, threads: int, samples: bool, leader: Leader, precisions: Sequence[str]
) -> Iterator[events.Event]:
    yield events.Compiling()
    with _nothing_unsaved(leader.stop):
        seconds = compile_kernels(model, threads, samples, leader.stop, precisions)
        leader.compile(model, precisions)
    yield events.Compiled(seconds)


def _new_run(
    corpus: Corpus, plan: Plan, start: Pretrained | None, out: Path | None, leader: Leader, now: Callable[[], float]
) -> Run:
    generators = generators_from(plan.seed)
    counts = corpus.training_counts.astype(np.float64)
    weights = initialise(plan.architecture, generators.pop("initialisation"), counts)
    if start is not None:
        start.copy_weights_into(plan.architecture, weights)
    empty = np.zeros((0,), dtype=np.float32)
    state = TrainingState(
        weights=weights,
        best=weights.copy(),
        first=np.zeros_like(weights),
        second=np.zeros_like(weights),
        average=np.zeros_like(weights),
        carried=empty,
        generators=generators,
        cursor={},
        counters=Counters(measured=MEASURED),
    )
    return _run_of(corpus, plan, state, out, leader, now)


def _run_of(
    corpus: Corpus, plan: Plan, state: TrainingState, out: Path | None, leader: Leader, now: Callable[[], float]
) -> Run:
    network = Network(plan.architecture, state.weights, threads=plan.threads, precision=plan.precision)
    state.weights = network.parameters  # one array from here on
    zero = network.zero_state(plan.batch_size)
    if state.carried.shape != zero.shape:
        state.carried = zero
    generator = state.generators["data"]
    kept = generator.bit_generator.state
    streams = TextPart.of(corpus).streams(plan, generator)
    if state.cursor:
        try:
            streams.restore(state.cursor)
        except ValueError as error:
            raise unusable_state(error) from error
        generator.bit_generator.state = kept  # whatever setting up has drawn
    subset = leader.begin(plan, validation_subset(corpus, plan.subset_tokens))
    checkpointer = Checkpointer(out, now, plan.budget.seconds)
    return Run(corpus, plan, state, network, streams, subset, checkpointer, leader, now=now)
