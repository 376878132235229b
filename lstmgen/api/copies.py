"""What of a model's writing stands in the text it learned from, where that can still be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from lstmgen.api.model import Model
from lstmgen.api.recorded import LARGEST_TEXT, candidates, training_text
from lstmgen.errors import LstmgenError, UsageError
from lstmgen.sampling.novel import Guard
from lstmgen.sampling.request import Request
from lstmgen.text.collect import smallest
from lstmgen.text.copies import Copies, Material, copies_of
from lstmgen.text.documents import with_last_line_ended
from lstmgen.text.reading import Reading
from lstmgen.text.sources import find
from lstmgen.text.spans import Spans


def copies_in(model: Model, texts: Sequence[str]) -> Copies | None:
    """What of these texts is copied, beside as much held-out text; None where the training text cannot be had.

    At word level they are read as going on from a prompt, without the space before their first word.
    """
    material = _material(model)
    if material is None:
        return None
    spaced = model.vocabulary.level == "word"
    return copies_of(material, [model.vocabulary.encode(text[spaced and text[:1] == " " :])[0] for text in texts])


def guard_of(model: Model, request: Request) -> Guard:
    """What must not be written for a request. UsageError where it is to be novel and the training text is not there."""
    settings, spans = request.settings, None
    if settings.novel is not None:
        material = _material(model)
        if material is None:
            raise UsageError(
                f"--novel needs the text that the model learned from: {missing(model)}.\n"
                "Put that text beside the model, or leave --novel out."
            )
        spans = Spans(material.searched(), settings.novel + 1)
    if settings.allow_copies or not model.lines:
        return Guard(spans)
    lines = None
    if model.header["corpus"].get("characters", LARGEST_TEXT + 1) <= LARGEST_TEXT:
        lines = _first_found(model, None)
    return Guard(spans, frozenset() if lines is None else lines, lines is not None)


def missing(model: Model) -> str:
    """Why the training text cannot be had."""
    characters = model.header["corpus"].get("characters", 0)
    if characters > LARGEST_TEXT:
        return f"it has {characters:,} characters, more than the {LARGEST_TEXT:,} that are read again"
    return "it is not here any more, or has changed"


def _material(model: Model) -> Material | None:
    found = training_text(model)
    if found is None:
        return None
    corpus, vocabulary = found.corpus, model.vocabulary
    numbers = vocabulary.numbers(corpus.vocabulary.tokens)
    numbers[numbers < 0] = len(vocabulary)  # equal to nothing
    ids = numbers.astype(smallest(len(vocabulary) + 1))[corpus.ids]
    learned, held_out = ids[: corpus.split], ids[corpus.split :]
    return Material(learned, corpus.training_starts, held_out, corpus.validation_starts, vocabulary, model.lines)


def copied(model: Model, lines: Sequence[str]) -> list[bool] | None:
    """Whether each of these lines is a line of the model's training text; None where that cannot be told.

    It cannot where the text is not found, or is not the same any more (its digest is in the model file).
    """
    found = _first_found(model, set(lines))
    return None if found is None else [line in found for line in lines]


def _first_found(model: Model, wanted: set[str] | None) -> set[str] | None:
    for paths in candidates(model):
        try:
            found = _found_in(model, paths, wanted)
        except (LstmgenError, OSError):
            continue
        if found is not None:
            return found
    return None


def _found_in(model: Model, paths: list[str], wanted: set[str] | None) -> set[str] | None:
    """Those of the wanted lines (all, where they are None) that the text has; None where its digest is another."""
    if "-" in paths:
        return None
    options: dict[str, Any] = model.header["training"].get("options", {})
    reading = Reading(str(options.get("encoding", "utf-8")), str(options.get("errors", "strict")))
    digest, found = hashlib.sha256(), set[str]()
    for source in find(paths, reading).sources:
        rest = ""
        with source.open(None) as stream:
            for chunk in with_last_line_ended(reading.stream(stream, source.label)):
                digest.update(chunk.encode("utf-8"))
                *lines, rest = (rest + chunk).split("\n")
                found.update(lines if wanted is None else wanted.intersection(lines))
    return found if digest.hexdigest() == model.header["corpus"].get("digest") else None
