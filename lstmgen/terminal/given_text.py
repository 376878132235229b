"""A text given to a command, typed or in a file: its bytes are taken at once, and read once the model is there."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from lstmgen.errors import UsageError
from lstmgen.paths import checked_path
from lstmgen.terminal.streams import Messages

_LONGEST = 1 << 24  # bytes; nobody looks at more units than those of a few thousand tokens


@dataclass(frozen=True)
class GivenText:
    """typed: on the command line; data: else of a file, unpacked; whole: whether that is all of it; None: no text.

    name: what messages call the file; encoding: the one asked for.
    """

    typed: str | None = None
    data: bytes | None = None
    name: str = ""
    encoding: str | None = None
    whole: bool = True

    def read(self, header: Mapping[str, Any], messages: Messages) -> str | None:
        """The text, or None where none was given. Raises TextError where it is in another encoding.

        Unless an encoding was asked for: UTF-8 or, where it is not that, as the training text of the model was read.
        """
        if self.data is None:
            return self.typed
        from lstmgen.text.identity import recorded_load_options
        from lstmgen.text.undecodable import UndecodableError

        if self.encoding is not None:
            return self._decoded(self.encoding, "strict", messages)
        how = recorded_load_options(header)
        recorded = how["encoding"], how["errors"]
        try:
            return self._decoded("utf-8", "strict", messages)
        except UndecodableError as error:
            if recorded == ("utf-8", "strict"):
                raise
            try:
                text = self._decoded(*recorded, messages)
            except UndecodableError:
                raise error from None
        messages.info(f"{self.name} is not UTF-8 and was read as the training text was: {recorded[0]}")
        return text

    def _decoded(self, encoding: str, errors: str, messages: Messages) -> str:
        from lstmgen.text import TextReader

        assert self.data is not None
        reader = TextReader(encoding, errors, keep_newlines=True, may_replace=False)
        text = "".join(reader.stream(io.BytesIO(self.data), self.name, whole=self.whole))
        if reader.replaced:
            messages.notice(f"Undecodable bytes of {self.name}: {reader.replaced:,}.")
        return text


def take_text(
    typed: str | None,
    path: str | None,
    encoding: str | None,
    *,
    too_long: Callable[[str], None],
    what: str = "text",
    flags: tuple[str, str] = ("--text", "--file"),
) -> GivenText:
    """What was given by one of two options. Raises UsageError for both and for an encoding that is none; TextError.

    too_long: told what there is to say of a file that is cut; it may raise.
    """
    if typed is not None and path is not None:
        raise UsageError(f"{flags[0]} and {flags[1]} both give the {what}.\nUse only one of them.")
    if path is None:
        return GivenText(typed)
    from lstmgen.text import TextReader
    from lstmgen.text.opening import open_text

    TextReader(encoding or "utf-8")  # one that is none is refused before anything is read
    name = "standard input" if path == "-" else path
    with nullcontext(sys.stdin.buffer) if path == "-" else checked_path(path).open("rb") as file:
        stream, parts, missing = open_text(file, name), [], _LONGEST + 1
        while missing and (part := stream.read(missing)):
            parts.append(part)
            missing -= len(part)
    data = b"".join(parts)
    whole = len(data) <= _LONGEST
    if not whole:
        too_long(f"{_LONGEST:,} bytes of {name}")
    return GivenText(None, data[:_LONGEST], name, encoding, whole)


def refuse_idle_encoding(encoding: str | None, *files: str | None, flag: str = "--file") -> None:
    """UsageError where an encoding was asked for, but no file that could be in it."""
    if encoding is not None and all(file is None for file in files):
        raise UsageError(f"--encoding is that of a file, but none is read.\nName one with {flag}, or leave it out.")
