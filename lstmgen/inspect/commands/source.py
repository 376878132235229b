"""Which text a view looks at: one that was given, a file's, or some of the model's own writing."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING

from lstmgen.errors import TextError, UsageError
from lstmgen.paths import checked_path
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.measured import Shown
    from lstmgen.inspection.trace import Trace

_LONGEST_FILE = 1 << 24  # bytes; nobody looks at more units than those of a few thousand tokens
OWN_TOKENS = 240


def read_source(text: str | None, path: str | None, messages: Messages) -> str | None:
    """The text asked for; None for the model's own. Raises UsageError, TextError."""
    if text is not None and path is not None:
        raise UsageError("--text and --file both give the text; give one of them.")
    if path is None:
        return text
    if path == "-":
        data = sys.stdin.buffer.read(_LONGEST_FILE + 1)
    else:
        with checked_path(path).open("rb") as file:
            data = file.read(_LONGEST_FILE + 1)
    whole = len(data) <= _LONGEST_FILE
    if not whole:
        messages.notice(f"Only the first {_LONGEST_FILE:,} bytes of {path} are read.")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data[:_LONGEST_FILE], final=whole)
    except UnicodeDecodeError as error:
        raise TextError(
            f"{path} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}.\n"
            "Save it as UTF-8 and try again."
        ) from error


def trace_source(model: Model, text: str | None, numbers: int, messages: Messages) -> Trace:
    """The trace of the text or, for None, of the model's own writing; cut, with a word, to so many numbers in all."""
    from lstmgen.inspection.trace import longest_trace, trace_ids

    shown = shown_source(model, text, longest_trace(model.network, numbers), messages)
    return trace_ids(model.network, model.vocabulary.tokens, shown.ids, newline=shown.newline)


def shown_source(
    model: Model, text: str | None, longest: int, messages: Messages, own_tokens: int = OWN_TOKENS
) -> Shown:
    """The text as `sample` reads a prompt, its ids cut, with a word, to the longest that is wanted."""
    from lstmgen.api.measured import text_to_show

    shown = text_to_show(model, text, longest, own_tokens)
    for note in shown.notes:
        messages.notice(note)
    return shown


def layer_of(model: Model, layer: int | None) -> int:
    """The layer that is asked for; without a wish the last one. Raises UsageError."""
    from lstmgen.inspect.common.measures import chosen_layer

    return chosen_layer(layer, model.header["sizes"]["layers"])
