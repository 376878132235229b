"""The text that a model is measured over: a given one, what was held back in training, or the model's own writing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.api.recorded import find_training_text
from lstmgen.arrays import Int32Array, UInt8Array
from lstmgen.errors import TextError
from lstmgen.inspection.measured_text import MeasuredText, TokenizedText
from lstmgen.inspection.trace import Trace, trace_ids
from lstmgen.inspection.user_text import read_user_text, tokenize_user_text
from lstmgen.sampling.request import banned_tokens

if TYPE_CHECKING:
    from lstmgen.api.writing import WritingModel
    from lstmgen.inspection.loaded import LoadedModel

_SEED = 0  # of its own writing
OWN_TOKENS = 240  # of its own writing, where tokens are shown one by one
_UNROLLED_TOKENS = 6  # a sentence of the children's book and half of the next
_EARLY = 4  # a part begins at a line, if one begins in its first quarter
_LINES, _DOCUMENTS = 200, 8  # written at once


def text_to_measure(model: WritingModel, given: str | None, longest: int) -> MeasuredText:
    """At most `longest` tokens of the text given, else of the held-out part, else of the model's own writing.

    Raises TextError for a text without a token that the model knows.
    """
    if given is not None:
        return _given(model, given, longest)
    ids = validation_ids(model)
    if ids is None:
        return _own_writing(model, longest)
    part = _from_a_line(model, ids, longest)
    names = ", ".join(map(str, model.header["corpus"].get("names", [])))
    count = f"all {len(part):,}" if len(part) == len(ids) else f"{len(part):,}"
    return _decoded(model, part, f"{count} held-out tokens of {names}")


def validation_ids(model: LoadedModel) -> Int32Array | None:
    """Ids of the validation part (n,); None where there is none, or the text is gone or not the same any more."""
    was = model.header["corpus"]
    if not was.get("digest") or was.get("split") == was.get("tokens"):
        return None
    text = find_training_text(model)
    return None if text is None else text.validation_in(model.vocabulary)


def _given(model: WritingModel, given: str, longest: int) -> MeasuredText:
    vocabulary = model.vocabulary
    read = read_user_text(vocabulary, given, longest)
    notes = read.notes(vocabulary, "measured")
    what = f"{len(read.ids):,} tokens of your text"
    return MeasuredText(tokenize_user_text(vocabulary, read), read.ids, model.document_end, what, notes=notes)


def _own_writing(model: WritingModel, longest: int) -> MeasuredText:
    ids = model.vocabulary.encode_documents(own_writing(model, longest))[:longest]
    if not len(ids):
        raise TextError("There is nothing to look at: the model writes nothing.\nGive a text with --text or --file.")
    return _decoded(model, ids, f"{len(ids):,} tokens of its own writing", own=True)


def _from_a_line(model: LoadedModel, ids: Int32Array, longest: int) -> Int32Array:
    """So many tokens, from the first line that begins in them: where the text was cut may be inside of anything."""
    tokens = model.vocabulary.tokens
    if "\n" in tokens and not model.lines:
        ends = ids == tokens.index("\n")
        begins = 1 + np.flatnonzero(ends[:-1] & ~ends[1:])
        if len(begins) and begins[0] <= min(longest, len(ids)) // _EARLY:
            return ids[begins[0] : begins[0] + longest]
    return ids[:longest]


def _decoded(model: LoadedModel, ids: Int32Array, what: str, own: bool = False) -> MeasuredText:
    tokens = [model.vocabulary.tokens[k] for k in ids]
    ends = np.cumsum(model.vocabulary.characters_of(ids))
    return MeasuredText(TokenizedText(model.vocabulary.decode(ids), tokens, ends), ids, model.document_end, what, own)


@dataclass(frozen=True)
class Shown:
    """A text to look at token by token.

    ids (T,); banned (V,): 1 for what is never written; document_end: id that ends a document, or None; notes:
    for the user.
    """

    ids: Int32Array
    banned: UInt8Array
    document_end: int | None
    notes: list[str] = field(default_factory=list)


def text_to_show(model: WritingModel, text: str | None, longest: int, own_tokens: int = OWN_TOKENS) -> Shown:
    """The text as `sample` reads a prompt, at most `longest` tokens of it; None: some of the model's own writing."""
    vocabulary = model.vocabulary
    if text is None:
        own = vocabulary.encode_documents(own_writing(model))[: min(own_tokens, longest)]
        return Shown(own, banned_tokens(vocabulary), model.document_end)
    read = read_user_text(vocabulary, text, longest, prompt=True)
    return Shown(read.ids, banned_tokens(vocabulary), model.document_end, read.notes(vocabulary, "used"))


def trace_to_show(model: WritingModel, text: str | None, longest: int) -> tuple[Trace, Shown]:
    """The trace of a text, cut to so many tokens; None: of what the model writes while nothing is clamped."""
    writer = type(model)(model.file, model.path) if model.clamps else model
    shown = text_to_show(writer, text, longest)
    return trace_ids(model.network, model.vocabulary.tokens, shown.ids, document_end=shown.document_end), shown


def text_to_unroll(model: WritingModel, text: str | None, longest: int) -> Shown:
    """At most `longest` tokens of a text; of its own writing so little that something is left to say."""
    shown = text_to_show(model, text, longest, _UNROLLED_TOKENS)
    if text is None and shown.document_end is not None:
        ends = np.flatnonzero(shown.ids == shown.document_end)
        first_line = int(ends[0]) if len(ends) else len(shown.ids)
        return replace(shown, ids=shown.ids[: (first_line + 1) // 2])
    return shown


def own_writing(model: WritingModel, tokens: int = OWN_TOKENS) -> list[str]:
    """What a view reads when no text is given: documents as `sample` writes them, of at least so many tokens in all.

    Lines are one document, each with its end. It is the same every time, so that two looks can be compared.
    """
    if model.document_end is None:
        return [model.sample(seed=_SEED, length=tokens)]
    at_once, written, count = _LINES if model.lines else _DOCUMENTS, list[str](), 0
    while count < tokens and len(written) < tokens:
        more = model.samples(min(at_once, max(1, tokens // 2)), seed=_SEED + len(written), length=tokens)
        written += [f"{text}\n" for text in more] if model.lines else more
        count = len(model.vocabulary.encode_documents(["".join(written)] if model.lines else written))
    return ["".join(written)] if model.lines else written
