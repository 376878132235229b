"""What may be written to a terminal, and by whom: one function that cleans, one voice for stderr, one product writer.

stdout carries the product and nothing else; plans, progress and hints go to stderr. Text, prompts, names and headers
may hold anything, so whatever came from outside passes `clean` before a terminal sees it, and nothing from outside is
ever read as rich's markup: it is printed as plain strings or as `rich.text.Text`.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

from lstmgen.cleaning import clean
from lstmgen.ranks.launcher import world_announced
from lstmgen.terminal.wrapping import WordWrap

if TYPE_CHECKING:
    from rich.console import Console


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a person looks at what is written to this stream: not at a launcher's, whatever that says of itself."""
    try:
        return stream is not None and world_announced() == 1 and stream.isatty()
    except ValueError:  # closed
        return False


def wants_colour(stream: IO[str] | None) -> bool:
    """Colour only for a terminal that has it and whose owner has not set NO_COLOR."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "") != "dumb"


def console_for(stream: IO[str], *, width: int | None = None) -> Console:
    """A rich console for the stream that adds nothing of its own: no markup, no emoji codes, no highlighting."""
    from rich.console import Console

    return Console(
        file=stream,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=not wants_colour(stream),
        force_terminal=is_terminal(stream),
        legacy_windows=False if not is_terminal(stream) else None,
    )


def prepare_streams() -> None:
    """Make stdout exact where it is piped (UTF-8, no translation of line ends) and unfailing where it is shown."""
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if is_terminal(stream) or stream is sys.stderr:
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="surrogatepass", newline="\n")


def _nowhere(mode: str) -> TextIO:
    """In place of a stream the process was started without."""
    return Path(os.devnull).open(mode, encoding="utf-8")  # type: ignore[return-value] # a text mode


class Messages:
    """What the program says beside its product, line by line, on stderr.

    Talking can never stop the work: once stderr is gone, what would have been said is dropped.
    """

    def __init__(self, quiet: bool = False, stream: IO[str] | None = None) -> None:
        self.quiet = quiet
        self.stream = sys.stderr if stream is None else stream
        self.colour = wants_colour(self.stream)
        self.closed = False

    def info(self, text: str = "", style: str = "") -> None:
        """One remark, cleaned; nothing with --quiet. `style` is an SGR code such as "1" (bold) or "2" (faint)."""
        if not self.quiet:
            self.notice(text, style)

    def notice(self, text: str, style: str = "") -> None:
        """A remark that --quiet does not silence: warnings and errors."""
        line = self.wrapped(clean(text))
        if style and self.colour:
            line = f"\x1b[{style}m{line}\x1b[0m"
        self.write(line + "\n")

    def wrapped(self, text: str) -> str:
        """Lines too long for a terminal, broken between words; for a pipe or a file they stay whole."""
        if not is_terminal(self.stream):
            return text
        width = max(20, shutil.get_terminal_size().columns)
        return "\n".join(part for line in text.split("\n") for part in _parts(line, width))

    def write(self, text: str) -> None:
        """Text that is clean already."""
        if self.closed:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except (OSError, ValueError):
            self.closed = True


def _parts(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    return textwrap.wrap(
        line, width, expand_tabs=False, replace_whitespace=False, break_long_words=False, break_on_hyphens=False
    )


class OutputStream:
    """Where the product goes: stdout, or a file's `write`. Cleaned for a terminal, exact for everything else.

    shown: whether that file is a terminal. wrapped: where stdout is one, lines are broken between words.
    """

    def __init__(
        self, write: Callable[[str], object] | None = None, shown: bool = False, *, wrapped: bool = False
    ) -> None:
        self._stream = sys.stdout if write is None else None
        self._write = write if write is not None else sys.stdout.write
        self.shown = shown if write is not None else is_terminal(sys.stdout)
        self._held = ""
        self._wrap = WordWrap(lambda: shutil.get_terminal_size().columns) if wrapped and self.shown else None

    def write(self, text: str) -> None:
        """A piece of the product; a line end that arrives in two pieces is shown as one."""
        if self.shown:
            text = self._held + text
            self._held = "\r" if text.endswith("\r") else ""
            text = clean(text[:-1] if self._held else text)
        self._write(text if self._wrap is None else self._wrap.feed(text))
        if self.shown and self._stream is not None:
            self._stream.flush()

    def finish(self) -> None:
        """Hand over what is still held back."""
        held, self._held = self._held, ""
        if held:
            self.write(clean(held))
        if self._wrap is not None:
            self._write(self._wrap.rest())
        if self._stream is not None:
            self._stream.flush()
