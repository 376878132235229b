"""Which text is scored: one that was given, what was held back in training, or the model's own writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.source import read_source
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.recorded import TrainingText
    from lstmgen.inspection.passage import Passage


Corpus = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "Where the training text is. Without it: where it was, beside the model, or here.",
        "--corpus",
        metavar="PATH",
    ),
]


@dataclass(frozen=True)
class Chosen:
    """A passage, in what words it is spoken of, and the kind for machines: given, held back or own writing.

    documents: the texts that it was read from, for other models to read.
    """

    passage: Passage
    documents: list[str]
    about: str
    kind: str


def choose_passage(
    model: Model, text: str | None, file: str | None, recorded: TrainingText | None, messages: Messages
) -> Chosen:
    """The text to score. recorded: the one the model learned from, if it was found."""
    from lstmgen.inspection.passage import make_passage, read_passage

    given = read_source(text, file, messages)
    if given is not None:
        passage = read_passage(model.vocabulary, [given], lines=model.lines)
        _say_unseen(model, passage, messages)
        return Chosen(passage, [given], "a text" if file is None else on_one_line(file), "given")
    if recorded is not None and recorded.same and len(recorded.corpus.validation):
        tokens, starts, before = recorded.held_out()
        passage = make_passage(model.vocabulary, tokens, starts, lines=model.lines, before=before)
        documents = [passage.text] if model.lines else passage.documents
        held = "held-back pieces" if recorded.corpus.validation_pieces else "held-back end"
        return Chosen(passage, documents, f"{held} of {on_one_line(recorded.name)}", "held back")
    messages.notice(
        f"There is no held-back text to score: {_why_none(model, recorded)}.\n"
        "This is the model's own writing, which says how sure it is, not how good. Give --text, --file or --corpus."
    )
    from lstmgen.api.measured import own_writing

    own = [own_writing(model)]
    return Chosen(read_passage(model.vocabulary, own, lines=model.lines), own, "its own writing", "own writing")


def _why_none(model: Model, recorded: TrainingText | None) -> str:
    from lstmgen.api.recorded import missing

    if recorded is None:
        return f"the training text cannot be read, {missing(model)}"
    return "nothing was held back" if recorded.same else f"{on_one_line(recorded.name)} is not what it learned from"


def _say_unseen(model: Model, passage: Passage, messages: Messages) -> None:
    """Name what the model never saw in a text that was given."""
    from lstmgen.sampling.request import describe_unseen

    if passage.unseen:
        done = "skipped" if model.vocabulary.unknown is None else "read as unknown, charged for the spelling"
        messages.notice(f"The model never saw {describe_unseen(passage.unseen, model.vocabulary.level)}: {done}.")


def read_by(model: Model, chosen: Chosen, messages: Messages) -> Passage:
    """The same text as another model reads it: lines are documents only to who learned them so."""
    from lstmgen.inspection.passage import read_passage

    passage = read_passage(model.vocabulary, chosen.documents, lines=model.lines)
    if chosen.kind == "given":
        _say_unseen(model, passage, messages)
    return passage
