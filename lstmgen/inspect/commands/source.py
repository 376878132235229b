"""The text given to a view, by --text or --file."""

from __future__ import annotations

from lstmgen.terminal.given_text import GivenText, refuse_idle_encoding, take_text
from lstmgen.terminal.streams import Messages


def take_source(
    text: str | None, path: str | None, encoding: str | None, messages: Messages, *, beside: str | None = None
) -> GivenText:
    """The text asked for, of which the beginning will do. Raises UsageError, TextError.

    beside: another file that is in the same encoding.
    """
    refuse_idle_encoding(encoding, path, beside)
    return take_text(text, path, encoding, too_long=lambda what: messages.notice(f"Only the first {what} are read."))
