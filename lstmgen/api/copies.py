"""What of a model's writing stands in the text it learned from, where that can still be read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from lstmgen.api.recorded import TrainingText, find_training_paths, find_unchanged_text, why_missing
from lstmgen.errors import UsageError
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.sampling.novel import CopyGuard
from lstmgen.sampling.request import SamplingRequest
from lstmgen.text.collect import smallest_id_type
from lstmgen.text.copies import Copies, CopyReference, measure_copies
from lstmgen.text.identity import recorded_documents
from lstmgen.text.spans import SpanSet


def copies_in_samples(model: LoadedModel, texts: Sequence[str], named: str | None = None) -> Copies | None:
    """What of these texts is copied, beside as much held-out text; None where the training text cannot be had.

    named: where the training text may be, before all other places.
    """
    learned = find_unchanged_text(model, named)
    return None if learned is None else copies_of_text(model, texts, learned)


def copies_of_text(model: LoadedModel, texts: Sequence[str], learned: TrainingText) -> Copies:
    """The same where the training text is there already.

    At word level the texts are read as going on from a prompt, without the space before their first word.
    """
    material = _reference(model, learned)
    spaced = model.vocabulary.level != "char"
    return measure_copies(material, [model.vocabulary.encode(text[spaced and text[:1] == " " :])[0] for text in texts])


def copy_guard_for(model: LoadedModel, request: SamplingRequest, named: str | None = None) -> CopyGuard:
    """What must not be written for a request. UsageError where it is to be novel and the training text is not there."""
    settings, spans = request.settings, None
    if settings.novel is not None:
        learned = find_unchanged_text(model, named)
        if learned is None:
            raise UsageError(
                f"--novel needs the text that the model learned from: {why_missing(model, named)}.\n"
                "Name that text with --corpus, put it beside the model, or leave --novel out."
            )
        spans = SpanSet(_reference(model, learned).reference_ids(), settings.novel + 1)
    if settings.allow_copies or not model.lines:
        return CopyGuard(spans)
    lines = _lines_found(model, None, named)
    return CopyGuard(spans, frozenset() if lines is None else lines, lines is not None)


def _reference(model: LoadedModel, text: TrainingText) -> CopyReference:
    corpus, vocabulary = text.corpus, model.vocabulary
    numbers = vocabulary.ids_of(corpus.vocabulary.tokens)
    numbers[numbers < 0] = len(vocabulary)  # equal to nothing
    ids = numbers.astype(smallest_id_type(len(vocabulary) + 1))[corpus.ids]
    learned, held_out = ids[: corpus.split], ids[corpus.split :]
    return CopyReference(learned, corpus.training_starts, held_out, corpus.validation_starts, vocabulary, model.lines)


def are_training_lines(model: LoadedModel, lines: Sequence[str], named: str | None = None) -> list[bool] | None:
    """Whether each of these lines is a line of the model's training text; None where that cannot be told.

    It cannot where the text is not found, or is not the same any more (its digest is in the model file).
    """
    known = _lines_found(model, set(lines), named)
    return None if known is None else [line in known for line in lines]


def _lines_found(model: LoadedModel, wanted: set[str] | None, named: str | None) -> set[str] | None:
    """Those of the wanted lines (all, where they are None) that the training text has; None where it is not there."""
    paths = find_training_paths(model, named)
    if paths is None:
        return None
    known_lines, rest = set[str](), ""
    for chunk in chain.from_iterable(recorded_documents(paths, model.header)):
        *lines, rest = (rest + chunk).split("\n")
        known_lines.update(lines if wanted is None else wanted.intersection(lines))
    return known_lines
