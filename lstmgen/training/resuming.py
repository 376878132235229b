"""What may differ when a run goes on (budget, threads, place of the text) and what may not (everything else)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from lstmgen.durations import spoken_duration
from lstmgen.errors import TextError, UsageError
from lstmgen.network.precision import NEEDED
from lstmgen.settings import DEFAULT_MMAP_ABOVE, TrainingSettings
from lstmgen.text import Corpus, Vocabulary, load_corpus
from lstmgen.text.identity import DOCUMENT_ENDS, REPEATS_TOGETHER, UNPACK, is_recorded_corpus
from lstmgen.training.checking import recorded_text_options, unusable_state
from lstmgen.training.plan import Plan, PlanRow
from lstmgen.training.schedule import ANNEALING_SHARE, Budget, ScheduleSegment, make_budget, requested_budget
from lstmgen.training.state import TrainingState

_NEGATIONS = {"tied": "--untied", "skip_sum": "--no-skip-sum"}


def check_resumed_settings(plan: Plan, facts: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """UsageError naming the first setting asked for (by its keyword; None: not at all) that is not as it was."""
    sizes = plan.architecture
    recorded: dict[str, Any] = {
        "cell": sizes.cell,
        "hidden_size": sizes.units,
        "num_layers": sizes.layers,
        "embedding_size": sizes.embedding,
        "output_squashing": sizes.squashing,
        "tied": sizes.tied,
        "skip_sum": sizes.skip_sum,
        "seq_length": plan.seq_length,
        "batch_size": plan.batch_size,
        "shards": plan.shards,
        "exchange": plan.exchange,
        "learning_rate": plan.learning_rate,
        "dropout": plan.dropout,
        "weight_drop": plan.weight_drop,
        "embedding_dropout": plan.embedding_dropout,
        "weight_decay": plan.weight_decay,
        "clip_norm": plan.clip_norm,
        "precision": plan.precision,
        "seed": plan.seed,
        "validation": recorded_text_options(facts)["validation"],
    }
    for name, value in asked.items():
        if name in recorded and value not in (None, "auto", recorded[name]):
            was, wanted = option_as_typed(name, recorded[name]), option_as_typed(name, value)
            raise UsageError(
                f"This run has {was}, not {wanted.split()[-1]}; a resumed run keeps its settings.\n"
                "Leave the option out, or start a new run with --out or --force."
            )


def option_as_typed(name: str, value: Any) -> str:
    """A setting as an option of `train`: --min-count 2, --lines, no --lines, --untied."""
    option = f"--{name.replace('_', '-')}"
    if value is False and name in _NEGATIONS:
        return _NEGATIONS[name]
    if value is None or value is False:
        return f"no {option}"
    return option if value is True else f"{option} {value}"


def recorded_corpus(
    facts: Mapping[str, Any],
    names: Sequence[str],
    stdin: BinaryIO | None,
    mmap_above: float = DEFAULT_MMAP_ABOVE,
    known: Vocabulary | None = None,
) -> Corpus:
    """The text from `names`, else from where it was read; TextError when it no longer exists.

    Names of - alone give again what came by standard input; whatever else the run read is where it was.
    known: the tokens that the run began with, where it began with another model's.
    """
    lacking = dict.fromkeys((REPEATS_TOGETHER, DOCUMENT_ENDS, UNPACK), False)  # in states of 0.1.0
    options = lacking | recorded_text_options(facts)
    paths, _ = options.pop("paths"), options.pop("names")
    missing = [path for path in paths if not os.path.exists(path)]  # noqa: PTH110 - never raises
    if not names and (missing or not paths):
        again = "-" if missing == ["-"] else "TEXT"
        raise TextError(
            f"Training cannot continue: {_gone(missing)}\nName the text again: lstmgen train {again} --resume"
        )
    if list(names) == ["-"] and "-" in paths:
        names = paths
    try:
        return load_corpus(list(names) or paths, **options, mmap_above=mmap_above, stdin=stdin, known_vocabulary=known)
    except TypeError as error:
        raise unusable_state(error) from error
    except UsageError as error:
        raise TextError(f"Training cannot continue: {error}") from error


def _gone(missing: Sequence[str]) -> str:
    if not missing:
        return "the text was not read from a file."
    if missing[0] == "-":
        return "the text came from standard input."
    return f"{missing[0]} no longer exists."


def with_recorded_names(corpus: Corpus, header: Mapping[str, Any]) -> Corpus:
    """The corpus as the model file names it: where it lies now does not matter to what was learned."""
    names = [str(name) for name in header["corpus"].get("names", corpus.names)]
    return replace(corpus, names=names)


def check_same_text(corpus: Corpus, header: Mapping[str, Any]) -> None:
    """TextError unless tokens and split are those of the run."""
    tokens = (corpus.level, list(corpus.vocabulary.tokens))
    if not is_recorded_corpus(corpus, header) or tokens != (header["level"], header["vocabulary"]):
        names = ", ".join(header["corpus"].get("names", []))
        raise TextError(
            f"Training cannot continue: this is not the text this run was started with ({names}).\n"
            "Name the same files as before, or start a new run with --force or another --out."
        )


def continue_plan(plan: Plan, state: TrainingState, training: TrainingSettings, tokens: int) -> tuple[Plan, bool]:
    """The plan with the budget and threads now asked for; True when a finished run is extended."""
    counters, old = state.counters, plan.budget
    kind, amount = requested_budget(training) or (old.kind, old.amount)
    budget = make_budget(kind, amount, max(1, tokens), plan.seq_length * plan.batch_size)
    extended = counters.finished
    used = float(counters.step) if budget.steps is not None else counters.seconds
    whole = float(budget.steps) if budget.steps is not None else budget.amount
    shrunk = kind == old.kind and amount <= old.amount
    if (extended and (shrunk or whole <= used)) or (whole <= used and budget != old):
        raise UsageError(_no_budget(counters.finished, budget, counters.step, counters.seconds))
    if extended:
        _begin_leg(state)
    elif counters.stopped is not None and budget != old:
        counters.stopped = _stopped_in(state, old, budget)
    choices = tuple(
        PlanRow("budget", budget.describe(), "asked for") if c.name == "budget" and budget != old else c
        for c in plan.choices
    )
    return replace(
        plan, budget=budget, seconds=budget.seconds, threads=training.threads or plan.threads, choices=choices
    ), extended


def in_possible_precision(plan: Plan, state: TrainingState, *, has_bf16: bool) -> tuple[Plan, str]:
    """The plan as this CPU can go on with it, and a sentence on what that changes; from there on it is float32."""
    if plan.precision != "bf16" or has_bf16:
        return plan, ""
    state.counters.bf16_updates = state.counters.step
    why = f"in bf16 up to update {state.counters.step:,}; that needs {NEEDED}"
    choices = tuple(PlanRow("precision", "float32", why) if c.name == "precision" else c for c in plan.choices)
    return replace(plan, precision="float32", choices=choices), (
        f"This run began in bf16, which needs {NEEDED}. It continues in float32, so it can no longer be repeated "
        "exactly."
    )


def _no_budget(finished: bool, budget: Budget, step: int, seconds: float) -> str:
    had = f"{step:,} updates in {spoken_duration(seconds)}"
    what = "has ended" if finished else "has used that up"
    return (
        f"There is nothing left to do: this run {what} ({had}), and {budget.describe()} in total was asked for.\n"
        "Give a larger --time, --steps or --epochs; it counts from the start of the run."
    )


def _begin_leg(state: TrainingState) -> None:
    counters = state.counters
    counters.first_step, counters.first_second = counters.step, counters.seconds
    counters.evaluated_step, counters.evaluated_second = counters.step, counters.seconds
    counters.stopped = counters.stopped_step = None
    counters.low, counters.low_step, counters.low_second, counters.worse = None, counters.step, counters.seconds, 0
    counters.low_train, counters.suspicious, counters.tried = None, False, -1.0
    counters.averaged, counters.finished = 0, False
    state.average[:] = 0.0


def _stopped_in(state: TrainingState, old: Budget, new: Budget) -> float:
    """Where the early stop lies in a new budget, the annealing as far gone as it was."""
    counters = state.counters
    leg = ScheduleSegment(counters.first_step, counters.first_second, counters.stopped)
    part = (leg.fraction(old, counters.step, counters.seconds) - (counters.stopped or 0.0)) / ANNEALING_SHARE
    return leg.fraction(new, counters.step, counters.seconds) - part * ANNEALING_SHARE
