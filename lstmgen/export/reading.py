"""What a program needs beside the weights to read and write text with a model, as texts by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lstmgen.cleaning import on_one_line
from lstmgen.export.records import ExportRequest
from lstmgen.modelfile import ModelFile, architecture_of, vocabulary_of
from lstmgen.plain_json import plain
from lstmgen.sampling.request import complete_settings
from lstmgen.settings import SamplingSettings

_START = (
    "Before the first token of a text, a document or a line, read id -1 with states of zeros: "
    "the prediction is then of the first token."
)


def sampling_defaults(header: Mapping[str, Any]) -> SamplingSettings:
    """What `sample` does where nothing is asked for."""
    return complete_settings(SamplingSettings(seed=0), header["level"], header["corpus"].get("longest_document"))


def metadata_of(file: ModelFile, request: ExportRequest) -> dict[str, str]:
    """Metadata of a file, all values texts: level, cell, start and words of the user as they are, the rest as JSON.

    vocabulary: the tokens in id order. takes_space, gives_space: 1 for each token before, after which a space may be
    understood; it is where both say so. unknown: the id for words outside the vocabulary, never to be written; end:
    the id with which a document ends, or null. lines: whether a document is a line; its end is then text ("\\n"),
    and otherwise nothing that is printed. length, temperature, min_p: what `lstmgen sample` has by default.
    """
    header, vocabulary, architecture = file.header, vocabulary_of(file.header), architecture_of(file.header)
    settings = sampling_defaults(header)
    spelling = vocabulary.spelling
    values: dict[str, Any] = {
        "vocabulary": vocabulary.tokens,
        "takes_space": spelling.takes_space.astype(int),
        "gives_space": spelling.gives_space.astype(int),
        "unknown": vocabulary.unknown,
        "end": vocabulary.document_end(header["lines"]),
        "lines": header["lines"],
        "squashing": architecture.squashing,
        "sizes": header["sizes"],
        "skip_sum": architecture.skip_sum,
        "tied": architecture.tied,
        "states": architecture.facts.states,
        "length": settings.length,
        "temperature": settings.temperature,
        "min_p": settings.min_p,
    }
    texts = {"level": vocabulary.level, "cell": architecture.cell, "start": _START}
    said = {"title": on_one_line(request.title), "author": on_one_line(request.author), "note": request.note}
    return (
        texts
        | {name: json.dumps(plain(value)) for name, value in values.items()}
        | {name: text for name, text in said.items() if text}
    )
