"""Which text a view looks at: one that was given, a file's, or some of the model's own writing."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lstmgen.errors import TextError, UsageError
from lstmgen.paths import path_of
from lstmgen.terminal.talk import Talk, clean

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.measured import Measured
    from lstmgen.inspection.trace import Trace
    from lstmgen.sampling.request import Request

_LONGEST_FILE = 1 << 24  # bytes; nobody looks at more units than those of a few thousand tokens
_OWN_TOKENS = 240
_OWN_SEED = 0  # the same text every time, so that two looks can be compared
_CHARACTERS_A_TOKEN = 64  # more than words have


def read_source(text: str | None, path: str | None, talk: Talk) -> str | None:
    """The text asked for; None for the model's own. Raises UsageError, TextError."""
    if text is not None and path is not None:
        raise UsageError("--text and --file both give the text; give one of them.")
    if path is None:
        return text
    if path == "-":
        data = sys.stdin.buffer.read(_LONGEST_FILE + 1)
    else:
        with path_of(path).open("rb") as file:
            data = file.read(_LONGEST_FILE + 1)
    whole = len(data) <= _LONGEST_FILE
    if not whole:
        talk.insist(f"Only the first {_LONGEST_FILE:,} bytes of {path} are read.")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data[:_LONGEST_FILE], final=whole)
    except UnicodeDecodeError as error:
        raise TextError(
            f"{path} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}.\n"
            "Save it as UTF-8 and try again."
        ) from error


def trace_source(model: Model, text: str | None, numbers: int, talk: Talk) -> Trace:
    """The trace of the text or, for None, of the model's own writing; cut, with a word, to so many numbers in all."""
    from lstmgen.inspection.trace import longest_trace, trace_ids

    request = request_source(model, text, longest_trace(model.network, numbers), talk)
    return trace_ids(model.network, model.vocabulary.tokens, request.ids, newline=request.newline)


def request_source(model: Model, text: str | None, longest: int, talk: Talk, own_tokens: int = _OWN_TOKENS) -> Request:
    """The text as `sample` reads a prompt, its ids cut, with a word, to the longest that is wanted."""
    own = text is None
    given = own_writing(model) if text is None else text
    part = given[: longest * (_CHARACTERS_A_TOKEN if model.header["level"] == "word" else 2)]  # \r\n is one token
    request = model.request(part, seed=_OWN_SEED, length=0)
    if not own:
        for note in request.notes:
            talk.insist(note)
    kept = request.ids[: own_tokens if own else longest]
    if not own and (len(part) < len(given) or len(kept) < len(request.ids)):
        talk.insist(f"The text was cut: only its first {len(kept):,} tokens are looked at.")
    return replace(request, ids=kept)


def measured_text(model: Model, text: str | None, longest: int, talk: Talk) -> Measured:
    """The text that a view measures rather than shows; None: what was held back in training, if it is still there."""
    from lstmgen.api.measured import text_to_measure

    found = text_to_measure(model, text, longest)
    for note in found.notes:
        talk.insist(note)
    if found.own:
        talk.say("The text it was trained on is not here; its own writing is measured.")
    return replace(found, words=on_one_line(found.words))


def own_writing(model: Model) -> str:
    """A text of at least OWN_TOKENS tokens, where the model has as many to say."""
    wishes: dict[str, Any] = {"seed": _OWN_SEED, "length": _OWN_TOKENS}
    if not model.lines:
        return model.sample(**wishes)
    return "".join(f"{line}\n" for line in model.samples(_OWN_TOKENS // 2, **wishes))


def layer_of(model: Model, layer: int | None) -> int:
    """The layer that is asked for; without a wish the last one. Raises UsageError."""
    from lstmgen.inspect.common.measures import check_layer

    layers = model.header["sizes"]["layers"]
    chosen = layers - 1 if layer is None else layer
    check_layer(chosen, layers)
    return int(chosen)


def name_of(model: Model) -> str:
    """The model's name as a title may show it."""
    return "" if model.path is None else on_one_line(model.path.stem)


def labels_of(tokens: Sequence[str]) -> list[str]:
    """Each token as it may stand on a line."""
    from lstmgen.inspect.canvas.columns import token_label

    return [token_label(token, on_one_line) for token in tokens]


def labels_in_text(pieces: Sequence[str]) -> list[str]:
    """Each token as it may stand in running text: spaces as they are, everything else as in `labels_of`."""
    from lstmgen.inspect.canvas.columns import token_label

    found = {}
    for piece in dict.fromkeys(pieces):
        spaced = piece[:1] == " "
        rest = piece[1:] if spaced else piece
        found[piece] = " " * spaced + (token_label(rest, on_one_line) if rest or not spaced else "")
    return [found[piece] for piece in pieces]


def on_one_line(text: str) -> str:
    """Cleaned for a terminal, line ends too."""
    return clean(text, one_line=True)
