"""What the model file says of a run: the text, every option in force, and the one command that repeats it."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from importlib import metadata
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.kernels.lanes import LANES
from lstmgen.modelfile import HISTORY_COLUMNS, ModelFile, make_header
from lstmgen.network import parameter_views
from lstmgen.text import Corpus
from lstmgen.text.identity import DOCUMENT_ENDS, REPEATS_TOGETHER, UNPACK
from lstmgen.training.plan import Plan
from lstmgen.training.state import TrainingState
from lstmgen.training.temperature import scale_logits
from lstmgen.version import __version__


def model_file(corpus: Corpus, plan: Plan, state: TrainingState, final: dict[str, Any] | None = None) -> ModelFile:
    """The best weights so far with their header; `final` adds the figures of a run that has ended.

    Neither threads nor clock are in it: with a budget of updates or passes it is the same, byte for byte, on every run.
    """
    header = make_header(
        plan.architecture,
        level=corpus.level,
        vocabulary=corpus.vocabulary.tokens,
        lines=corpus.lines,
        newlines=corpus.newlines,
        unknown=corpus.vocabulary.unknown,
        end=corpus.vocabulary.end,
        corpus=corpus_facts(corpus),
        training=_training(corpus, plan, state) | (final or {}),
    )
    history = np.array(state.history, dtype=np.float64).reshape(-1, len(HISTORY_COLUMNS))
    clock = np.array(state.clock, dtype=np.float64).reshape(-1, 2)
    return ModelFile(header, parameter_views(plan.architecture, best_weights(plan, state)), history, clock)


def best_weights(plan: Plan, state: TrainingState) -> Float32Array:
    """A copy of the best weights as the model has them: at the temperature that was found for them, if one was."""
    return scale_logits(plan.architecture, state.best, state.counters.best_temperature)


def corpus_facts(corpus: Corpus) -> dict[str, Any]:
    """What a header says of the text: names (no paths), sizes, digest, where the validation part begins,
    and of how many pieces of the text it was put together (0: it is the text's own end).

    Of lines also whether equal ones are on one side (not in files of 0.1.0), and then the tokens of the longest; of
    other documents whether their ends are learned and, where they stand alone, the tokens of the longest.
    Whether packed files are part of it (said only where they are).
    """
    options, longest = corpus.load_options, corpus.longest_document
    together, ends = options.get(REPEATS_TOGETHER) is True, options.get(DOCUMENT_ENDS) is True
    return {
        "names": list(corpus.names),
        "characters": corpus.characters,
        "tokens": len(corpus.ids),
        "digest": corpus.digest,
        "split": corpus.split,
        "pieces": corpus.validation_pieces,
        "split_character": corpus.training_characters,
        **({REPEATS_TOGETHER: True, "longest_line": longest} if together else {}),
        **({DOCUMENT_ENDS: True} if ends else {}),
        **({UNPACK: True} if options.get(UNPACK) else {}),
        **({"longest_document": longest} if ends and corpus.stand_alone else {}),
    }


def _training(corpus: Corpus, plan: Plan, state: TrainingState) -> dict[str, Any]:
    counters = state.counters
    more: dict[str, Any] = {"origin": plan.origin, "ngram": state.baseline}
    more = {name: asdict(one) for name, one in more.items() if one is not None}
    if counters.bf16_updates:
        more["bf16_updates"] = counters.bf16_updates
    return more | {
        "options": options_in_force(corpus, plan, _steps(plan, state)),
        "budget": {"kind": plan.budget.kind, "amount": plan.budget.amount},
        "seed": plan.seed,
        "updates": counters.step,
        "tokens": counters.tokens_seen,
        "best_update": counters.best_step,
        "best_validation": counters.best_loss,
        "averaged": counters.best_averaged,
        "softmax_temperature": counters.best_temperature,
        "stopped_early": counters.stopped is not None,
        "undone": counters.skipped,
        "halvings": counters.halvings,
        "lstmgen": __version__,
        "numba": metadata.version("numba"),
        "lanes": LANES,
        "command": _repeating_command(corpus, plan, _steps(plan, state)),
    }


def _steps(plan: Plan, state: TrainingState) -> int:
    """Updates of the whole run; for a time budget those it has come to, or would have without stopping early."""
    if plan.budget.steps is not None:
        return plan.budget.steps
    counters = state.counters
    if counters.stopped is None or counters.stopped_step is None:
        return max(1, counters.step)
    leg = counters.stopped_step - counters.first_step
    return max(1, counters.first_step + round(leg / max(counters.stopped, 1e-6)))


def options_in_force(corpus: Corpus, plan: Plan, steps: int) -> dict[str, Any]:
    """Every option of `train` that decides the result, by its name there."""
    sizes = plan.architecture
    options: dict[str, Any] = {
        **({"from": plan.origin.name} if plan.origin else {}),
        "level": corpus.level,
        "lines": corpus.lines,
        **_reading_options(corpus),
        "cell": sizes.cell,
        "hidden-size": sizes.units,
        "num-layers": sizes.layers,
        "embedding-size": sizes.embedding,
    }
    if len(sizes.facts.squashings) > 1:
        options["output-squashing"] = sizes.squashing
    if sizes.tied:
        options["tied"] = True
    if sizes.layers > 1:
        options["skip-sum" if sizes.skip_sum else "no-skip-sum"] = True
    return options | {
        "seq-length": plan.seq_length,
        "batch-size": plan.batch_size,
        **({"shards": plan.shards} if plan.shards > 1 else {}),
        **({"exchange": plan.exchange} if plan.exchange != "float32" else {}),
        "steps": steps,
        "learning-rate": plan.learning_rate,
        "dropout": plan.dropout,
        "weight-drop": plan.weight_drop,
        **({"embedding-dropout": plan.embedding_dropout} if sizes.embedding else {}),
        "weight-decay": plan.weight_decay,
        "clip-norm": plan.clip_norm,
        "precision": plan.precision,
        "seed": plan.seed,
    }


def _reading_options(corpus: Corpus) -> dict[str, Any]:
    """Those that are not at their defaults, and the share held back."""
    usual = {"encoding": "utf-8", "errors": "strict", "keep_newlines": False, "min_count": None}
    no_options = (REPEATS_TOGETHER, DOCUMENT_ENDS, UNPACK)  # of train
    asked = {name: value for name, value in corpus.load_options.items() if name not in no_options}
    kept = {name: value for name, value in asked.items() if usual.get(name, ...) != value}
    return {name.replace("_", "-"): value for name, value in kept.items()}


def _repeating_command(corpus: Corpus, plan: Plan, steps: int) -> str:
    """As typed in the folder of the text; names hold no folders."""
    names = ["-" if path == "-" else name for name, path in zip(corpus.names, corpus.paths, strict=False)]
    words = ["lstmgen", "train", *(names or corpus.names)]
    for name, value in options_in_force(corpus, plan, steps).items():
        if (name, value) == ("precision", "float32"):
            continue  # as it is under --steps
        if value is True:
            words.append(f"--{name}")
        elif value is not False and value is not None:
            words += [f"--{name}", repr(value) if isinstance(value, float) else str(value)]
    return shlex.join(words)
