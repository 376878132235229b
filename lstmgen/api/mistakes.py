"""Small nets trained on the lecture's book and on three tasks of memory, and the mistakes that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from lstmgen.api.finding import MODELS_FOLDER
from lstmgen.api.model import Model
from lstmgen.api.training import train
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.mistakes import memory_tasks
from lstmgen.inspect.mistakes.measure import WritingSample, book, memoryless_net, sample_writing
from lstmgen.inspect.mistakes.picture import MistakesResults
from lstmgen.inspect.mistakes.view import BOOK_SENTENCES, MEMORYLESS, mistakes_view
from lstmgen.network.sampler import sampler_ready
from lstmgen.paths import refuse_to_replace
from lstmgen.settings import SamplingSettings

_CELLS = {"rnn": "plain RNN", "lstm": "LSTM"}
_UNITS = 32
_STEPS = 6_000
_FILLER_SENTENCES = 20_000
# The same for every net: nothing is held out or dropped, so that each makes all its updates and none stops early.
_PLAIN: dict[str, Any] = {
    "hidden_size": _UNITS,
    "num_layers": 1,
    "validation": 0.0,
    "dropout": 0.0,
    "weight_drop": 0.0,
}


@dataclass(frozen=True)
class _Task:
    """What nets are trained on, under which name they are kept, and how they are measured."""

    title: str
    file: str
    corpus: Callable[[int], dict[str, Any]]  # from the seed: what `train` is given
    measure: Callable[[Model, int], memory_tasks.TaskResult | WritingSample]


def _book(seed: int) -> dict[str, Any]:
    return {"text": book(BOOK_SENTENCES, seed), "level": "word"}


def _fillers(seed: int) -> dict[str, Any]:
    return {"text": book(_FILLER_SENTENCES, seed, memory_tasks.MOST_FILLERS), "level": "word"}


_TASKS = {
    "book": _Task("children's book", "", _book, sample_writing),
    "fillers": _Task("filler words", "-fillers", _fillers, memory_tasks.filler_errors),
    "counting": _Task("counting", "-counting", lambda _: {"paths": "counting"}, memory_tasks.counting_accuracy),
    "reber": _Task(
        "Reber grammar", "-reber", lambda _: {"paths": "reber"}, lambda net, _: memory_tasks.reber_accuracy(net)
    ),
}


def train_and_count_mistakes(
    *, quick: bool = False, seed: int = 1, keep: bool = False, on_message: Callable[[str], None] = lambda _: None
) -> View:
    """Train plain RNNs and LSTMs of one size on the children's book and the tasks of memory; what each gets wrong.

    quick: the book alone. keep: as models/mistakes-lstm.npz and so on; UsageError where one is there already.
    on_message: what is said on the way.
    """
    SamplingSettings(seed=seed)  # out of range, it is refused before any work
    tasks = {name: task for name, task in _TASKS.items() if name == "book" or not quick}
    for path in (_kept_as(task, cell) for task in tasks.values() for cell in _CELLS) if keep else ():
        refuse_to_replace(path, f".\nCount it with --model {path.stem}, or move it away.")
    count, time = len(tasks) * len(_CELLS), "about 15 s" if quick else "about a minute"
    fate = "kept in models/" if keep else "not kept (--keep)"
    on_message(
        f"Training {count} nets of {_UNITS} units, {_STEPS:,} updates each: {time} on two idle cores. They are {fate}."
    )
    if not all(map(sampler_ready, _CELLS)):
        on_message("Compiling kernels (a few seconds, first run only).")
    measured = {
        name: {
            f"{title}, {_UNITS} units": _trained(task, cell, seed, keep, on_message) for cell, title in _CELLS.items()
        }
        for name, task in tasks.items()
    }
    memoryless = Model.from_arrays(**memoryless_net(book(BOOK_SENTENCES, seed)))
    writings = {MEMORYLESS: sample_writing(memoryless, seed), **measured.pop("book")}
    return mistakes_view(MistakesResults(writings, measured, {"steps": _STEPS, "seed": seed, **_PLAIN}), seed)


def _trained(task: _Task, cell: str, seed: int, keep: bool, on_message: Callable[[str], None]) -> Any:
    began = perf_counter()
    given = task.corpus(seed)
    paths = [given.pop("paths")] if "paths" in given else []
    model = train(*paths, **given, cell=cell, seed=seed, steps=_STEPS, **_PLAIN)
    on_message(f"  {task.title}, {_CELLS[cell]}: {perf_counter() - began:.0f} s")
    if keep:
        path = _kept_as(task, cell)
        path.parent.mkdir(parents=True, exist_ok=True)
        model.save(path)
        on_message(f"  wrote {path}")
    return task.measure(model, seed)


def _kept_as(task: _Task, cell: str) -> Path:
    return MODELS_FOLDER / f"mistakes{task.file}-{cell}.npz"
