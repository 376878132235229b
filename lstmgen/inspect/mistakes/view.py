"""What `mistakes` shows: the lecture's three mistakes, counted in what nets write, and tasks of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.mistakes.measure import BOOK_NAMES, OPTIMUM, TextWriter, book, sample_writing
from lstmgen.inspect.mistakes.picture import MistakesResults, draw_mistakes, mistakes_table
from lstmgen.inspect.mistakes.summary_picture import mistakes_summary
from lstmgen.text import Vocabulary

MEMORYLESS = "no memory: word pairs"
BOOK_SENTENCES = 50_000  # that are learned from


class NamedWriter(TextWriter, Protocol):
    """What is asked here of a model that was trained elsewhere."""

    @property
    def name(self) -> str: ...

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def lines(self) -> bool: ...


def mistakes_view(results: MistakesResults, seed: int) -> View:
    """The view of what was counted; seed: of what was written."""
    return View(
        title="Mistakes of nets with and without memory",
        draw=lambda frame: draw_mistakes(results, frame),
        make_data=lambda: _facts(results, seed),
        make_table=lambda: mistakes_table(results),
        make_summary=lambda: mistakes_summary(results, MEMORYLESS),
    )


def _facts(results: MistakesResults, seed: int) -> dict[str, Any]:
    return {
        "temperature": 1.0,
        "min_p": 0.0,
        "seed": seed,
        "optimum": OPTIMUM,
        "book": results.writings,
        **results.tasks,
        "training": results.training,
    }


def mistakes_of_models(models: Sequence[NamedWriter], memoryless: TextWriter, seed: int) -> View:
    """The mistakes of models of the children's book, beside those of a net without memory.

    Raises UsageError for a model of another text.
    """
    for model in models:
        _check_knows_the_book(model)
    writings = {MEMORYLESS: sample_writing(memoryless, seed)}
    for model in models:
        name = model.name
        while name in writings:  # the same name in another folder
            name += "'"
        writings[name] = sample_writing(model, seed)
    return mistakes_view(MistakesResults(writings), seed)


def _check_knows_the_book(model: NamedWriter) -> None:
    unseen = model.vocabulary.encode(book(len(BOOK_NAMES) * 10, 0))[1]
    if unseen or model.lines:
        why = f"it never saw {unseen[0]!r}" if unseen else "it reads every line on its own"
        raise UsageError(
            f"{model.name} is no model of the children's book: {why}.\nTrain one: lstmgen train childrens-book"
        )
