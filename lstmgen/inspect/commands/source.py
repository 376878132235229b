"""The text given to a view, by --text or --file."""

from __future__ import annotations

import codecs
import sys

from lstmgen.errors import TextError, UsageError
from lstmgen.paths import checked_path
from lstmgen.terminal.streams import Messages

_LONGEST_FILE = 1 << 24  # bytes; nobody looks at more units than those of a few thousand tokens


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
