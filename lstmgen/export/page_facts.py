"""What a page or a module knows of a model: sizes, cell, tokens, defaults; nothing of its text or its training."""

from __future__ import annotations

from typing import Any

from lstmgen.cleaning import on_one_line
from lstmgen.export.cuts import CUTS
from lstmgen.export.reading import sampling_defaults
from lstmgen.export.records import ExportRequest
from lstmgen.modelfile import ModelFile, architecture_of, vocabulary_of
from lstmgen.settings import TOKEN_NOUNS
from lstmgen.text import Vocabulary


def page_facts_of(file: ModelFile, request: ExportRequest, listed: list[dict[str, Any]]) -> dict[str, Any]:
    """As plain values; listed: its arrays, as `packing.laid_out` has them."""
    header, vocabulary = file.header, vocabulary_of(file.header)
    architecture = architecture_of(header)
    cell, settings = architecture.facts, sampling_defaults(header)
    return {
        "title": on_one_line(request.title) or "A small network that writes",
        "author": on_one_line(request.author),
        "note": request.note,
        "kind": cell.title,
        "cell": architecture.cell,
        "squashing": architecture.squashing,
        "gates": cell.gates,
        "letters": cell.letters,
        "legend": [
            {word: getattr(one, word) for word in ("letter", "lecture", "textbook", "sense", "is_gate")}
            for one in cell.traced
        ],
        "sizes": header["sizes"],
        "skip_sum": architecture.skip_sum,
        "parameters": architecture.parameter_count(),
        "level": vocabulary.level,
        "noun": TOKEN_NOUNS[vocabulary.level],
        "lines": header["lines"],
        "unknown": vocabulary.unknown,
        "end": vocabulary.document_end(header["lines"]),
        "tokens": vocabulary.tokens,
        "spaces": _spaces(vocabulary),
        "cut": CUTS[vocabulary.level],
        "length": settings.length,
        "temperature": settings.temperature,
        "min_p": settings.min_p,
        "weights": request.weights,
        "loss": request.loss,
        "arrays": listed,
    }


def _spaces(vocabulary: Vocabulary) -> str:
    """A digit a token: 1, a space may be understood before it; 2, after it; 3, both. It is where both say so."""
    spelling = vocabulary.spelling
    return "".join(str(k) for k in (spelling.takes_space + 2 * spelling.gives_space).tolist())
