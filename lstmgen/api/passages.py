"""The text that a model is scored on: one that is given, what was held out in training, or the model's own writing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lstmgen.api.measured import own_writing
from lstmgen.api.recorded import TrainingText, find_training_text, why_missing
from lstmgen.api.writing import WritingModel
from lstmgen.cleaning import on_one_line
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.passage import Passage, make_passage, read_passage
from lstmgen.text.bits import nats_per_letter
from lstmgen.text.user_spelling import unseen_note


@dataclass(frozen=True, eq=False)
class ScoredText:
    """A text as one model reads it.

    passage: its tokens; documents: what they were read from, for other models to read; about: which text it is, in
    words, cleaned; kind: the same for machines ("given", "held back", "own writing"); notes: for the user.
    searched: whether `training_text`, what the model learned from, has been looked for.
    """

    passage: Passage
    documents: Sequence[str]
    about: str
    kind: str
    notes: Sequence[str] = ()
    training_text: TrainingText | None = None
    searched: bool = False


def choose_text(
    model: WritingModel, text: str | ScoredText | None, *, name: str | None = None, corpus: str | None = None
) -> ScoredText:
    """The text to score, as `Model.text_to_score` says."""
    if isinstance(text, ScoredText):
        return _read_again(model, text)
    searched = corpus is not None or text is None
    learned = find_training_text(model, corpus) if searched else None
    if text is not None:
        passage = read_passage(model.vocabulary, [text], lines=model.lines)
        about = "a text" if name is None else on_one_line(name)
        return ScoredText(passage, [text], about, "given", _reading_notes(model, passage), learned, searched)
    if learned is not None and learned.same and len(learned.corpus.validation):
        tokens, starts, before = learned.held_out()
        passage = make_passage(model.vocabulary, tokens, starts, lines=model.lines, before=before)
        documents = [passage.text] if model.lines else passage.documents
        part = "held-out pieces" if learned.corpus.validation_pieces else "held-out end"
        about = f"{part} of {on_one_line(learned.name)}"
        return ScoredText(passage, documents, about, "held back", (), learned, searched)
    own = own_writing(model)
    note = (
        f"There is no held-out text to score: {_why_none(model, learned)}.\n"
        "This is the model's own writing, which says how sure it is, not how good. Give --text, --file or --corpus."
    )
    passage = read_passage(model.vocabulary, own, lines=model.lines)
    return ScoredText(passage, own, "its own writing", "own writing", [note], learned, searched)


def _read_again(model: LoadedModel, text: ScoredText) -> ScoredText:
    """The same text as another model reads it: lines are documents only to one that learned them so."""
    passage = read_passage(model.vocabulary, text.documents, lines=model.lines)
    notes = _reading_notes(model, passage) if text.kind == "given" else []
    return ScoredText(passage, text.documents, text.about, text.kind, notes)


def _why_none(model: LoadedModel, learned: TrainingText | None) -> str:
    if learned is None:
        return f"the training text cannot be read, {why_missing(model)}"
    return "nothing was held out" if learned.same else f"{on_one_line(learned.name)} is not what it learned from"


def _reading_notes(model: LoadedModel, passage: Passage) -> list[str]:
    """How a text that was given was read, and what the model never saw in it."""
    vocabulary = model.vocabulary
    if vocabulary.unknown is not None:
        charged = "read as unknown, charged for the spelling"
    else:
        bits = nats_per_letter(vocabulary) / math.log(2.0)
        kinds = "" if vocabulary.level == "char" else " a letter"
        charged = f"skipped in reading; a score charges {bits:.2f} bits{kinds or ' for each'}"
    unseen = [unseen_note(passage.unseen, vocabulary, charged)] if passage.unseen else []
    return [*passage.notes, *unseen]
