"""`lstmgen inspect mistakes`: the lecture's three mistakes, counted, and what it takes not to make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from lstmgen.errors import UsageError
from lstmgen.inspect.commands import options
from lstmgen.paths import refuse_to_replace
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.inspect.mistakes.measure import Writing
    from lstmgen.inspect.mistakes.memory_tasks import Series
    from lstmgen.inspect.mistakes.picture import Results

_CELLS = {"rnn": "plain RNN", "lstm": "LSTM"}
_UNITS = 32
_STEPS = 6_000
# The same for every net: nothing is held back or dropped, so that each makes all its updates and none stops early.
PLAINLY: dict[str, Any] = {
    "hidden_size": _UNITS,
    "num_layers": 1,
    "validation": 0.0,
    "dropout": 0.0,
    "weight_drop": 0.0,
}
_BOOK_SENTENCES, _FILLER_SENTENCES = 50_000, 20_000

_Models = Annotated[
    list[str] | None,
    options.option(
        options.WHAT,
        "A model of the children's book; repeatable. [default: small networks are trained now]",
        "--model",
        "-m",
        metavar="NAME",
    ),
]
_Quick = Annotated[bool, options.option(options.WHAT, "Only the children's book.", "--quick", metavar="")]
_Keep = Annotated[
    bool,
    options.option(
        options.OUTPUT,
        "Keep the trained models: models/mistakes-lstm.npz and so on.",
        "--keep",
        metavar="",
    ),
]
_Seed = Annotated[
    int, options.option(options.WHAT, "Random seed of training and writing.", "--seed", metavar="N", show_default=True)
]


def mistakes(
    model: _Models = None,
    quick: _Quick = False,
    seed: _Seed = 1,
    keep: _Keep = False,
    json: options.Json = False,
    out: options.OutNoArrays = None,
    quiet: options.Quiet = False,
) -> None:
    """Count the mistakes that a network without memory, a plain RNN and an LSTM make in the children's book.

    [bold]lstmgen inspect mistakes[/]                 trains eight small networks, a minute
    [bold]lstmgen inspect mistakes --quick[/]         only the children's book, two networks
    [bold]lstmgen inspect mistakes -m MINE -m HERS[/] counts those of your models

    A sentence is what stands between two full stops. With two or more "saw" it is a run-on, with none a fragment; "A saw A." is the same name, "A saw B." is right, all else is other. The loss is on new sentences; the lowest possible is ln 6 / 4 = 0.4479 nats per token.

    Then, as tests of memory: is the first name still known after many filler words? Do lines like aaabbb, learned up to ten, end right beyond? Do strings of the embedded Reber grammar end as they began? All networks have the same number of units and updates and the same seed.
    """  # noqa: E501 # the help breaks lines itself
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of

    form = form_of(out, json, forms_of())
    if model and keep:
        raise UsageError("--model counts models that are there: nothing is trained that --keep could keep.")
    messages = Messages(quiet)

    from lstmgen.settings import SamplingSettings

    SamplingSettings(seed=seed)  # out of range, it is refused before any work

    from lstmgen.inspect.mistakes.picture import draw_mistakes, mistakes_table

    results = _of_models(model, seed, messages) if model else _of_trained(quick, seed, keep, messages)
    finding = View(
        title="Mistakes of nets with and without memory",
        draw=lambda frame: draw_mistakes(results, frame.width, frame.colours),
        make_data=lambda: _facts(results, seed),
        make_table=lambda: mistakes_table(results),
    )
    return deliver(finding, form, out, messages)


@dataclass(frozen=True)
class _Task:
    """What nets are trained on, under which name they are kept, and how they are measured."""

    title: str
    file: str
    corpus: Callable[[int], dict[str, Any]]  # from the seed: what `train` is given
    measure: Callable[[Model, int], Series | Writing]


def _tasks() -> dict[str, _Task]:
    from lstmgen.inspect.mistakes import measure as book
    from lstmgen.inspect.mistakes import memory_tasks as tasks

    def fillers(seed: int) -> dict[str, Any]:
        return {"text": book.book(_FILLER_SENTENCES, seed, tasks.MOST_FILLERS), "level": "word"}

    return {
        "book": _Task("children's book", "", _book, book.writing_of),
        "fillers": _Task("filler words", "-fillers", fillers, tasks.filler_errors),
        "counting": _Task("counting", "-counting", lambda _: {"paths": "counting"}, tasks.counting_accuracy),
        "reber": _Task(
            "Reber grammar", "-reber", lambda _: {"paths": "reber"}, lambda net, _: tasks.reber_accuracy(net)
        ),
    }


def _book(seed: int) -> dict[str, Any]:
    from lstmgen.inspect.mistakes.measure import book

    return {"text": book(_BOOK_SENTENCES, seed), "level": "word"}


def _of_trained(quick: bool, seed: int, keep: bool, messages: Messages) -> Results:
    from lstmgen.inspect.mistakes.picture import Results
    from lstmgen.network.writer import ready

    tasks = {name: task for name, task in _tasks().items() if name == "book" or not quick}
    if keep:
        for task in tasks.values():
            for cell in _CELLS:
                path = _kept_as(task, cell)
                refuse_to_replace(path, f".\nCount it with --model {path.stem}, or move it away.")
    count, time = len(tasks) * len(_CELLS), "about 15 s" if quick else "about a minute"
    fate = "kept in models/" if keep else "not kept (--keep)"
    messages.info(
        f"Training {count} nets of {_UNITS} units, {_STEPS:,} updates each: {time} on two idle cores. They are {fate}."
    )
    if not all(map(ready, _CELLS)):
        messages.info("Compiling kernels (a few seconds, first run only).")
    found = {
        name: {cell: _trained(task, cell, seed, keep, messages) for cell in _CELLS} for name, task in tasks.items()
    }
    named = {name: {f"{_CELLS[cell]}, {_UNITS} units": of for cell, of in nets.items()} for name, nets in found.items()}
    writings = {_MEMORYLESS: _of_memoryless(seed), **named.pop("book")}
    return Results(writings, named, f"{_STEPS:,} updates, seed {seed}")


_MEMORYLESS = "no memory: word pairs"


def _trained(task: _Task, cell: str, seed: int, keep: bool, messages: Messages) -> Any:
    from lstmgen import api

    began = perf_counter()
    given = task.corpus(seed)
    paths = [given.pop("paths")] if "paths" in given else []
    model = api.train(*paths, **given, cell=cell, seed=seed, steps=_STEPS, **PLAINLY)
    messages.info(f"  {task.title}, {_CELLS[cell]}: {perf_counter() - began:.0f} s")
    if keep:
        path = _kept_as(task, cell)
        path.parent.mkdir(parents=True, exist_ok=True)
        model.save(path)
        messages.info(f"  wrote {path}")
    return task.measure(model, seed)


def _kept_as(task: _Task, cell: str) -> Path:
    from lstmgen.api.finding import MODELS_FOLDER

    return MODELS_FOLDER / f"mistakes{task.file}-{cell}.npz"


def _of_memoryless(seed: int) -> Writing:
    """The best that can be done from the last word alone, as a net: counts of the text that the others learn."""
    from lstmgen import api
    from lstmgen.inspect.mistakes.measure import NAMES, memoryless, writing_of

    tokens = [".", "saw", *NAMES]
    arrays = memoryless(_book(seed)["text"], tokens)
    return writing_of(api.Model.from_arrays(arrays, tokens, cell="rnn", level="word"), seed)


def _of_models(names: list[str], seed: int, messages: Messages) -> Results:
    from lstmgen import api
    from lstmgen.inspect.mistakes.measure import writing_of
    from lstmgen.inspect.mistakes.picture import Results
    from lstmgen.terminal.streams import announce_model

    writings = {_MEMORYLESS: _of_memoryless(seed)}
    loaded = [api.load(name) for name in names]
    for one in loaded:
        announce_model(messages, one)
        _check_knows_the_book(one)
    for one in loaded:
        name = one.name
        while name in writings:  # the same name in another folder
            name += "'"
        writings[name] = writing_of(one, seed)
    return Results(writings)


def _check_knows_the_book(model: Model) -> None:
    from lstmgen.inspect.mistakes.measure import NAMES, book

    unseen = model.vocabulary.encode(book(len(NAMES) * 10, 0))[1]
    if unseen or model.lines:
        why = f"it never saw {unseen[0]!r}" if unseen else "it reads every line on its own"
        raise UsageError(
            f"{model.name} is no model of the children's book: {why}.\nTrain one: lstmgen train childrens-book"
        )


def _facts(results: Results, seed: int) -> dict[str, Any]:
    from lstmgen.inspect.mistakes.measure import OPTIMUM

    return {
        "temperature": 1.0,
        "min_p": 0.0,
        "seed": seed,
        "optimum": OPTIMUM,
        "book": results.writings,
        **results.tasks,
        "training": {"steps": _STEPS, "seed": seed, **PLAINLY} if results.training else None,
    }
