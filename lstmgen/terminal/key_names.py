"""What keys are called, and how a program takes a terminal's screen for itself and gives it back."""

from __future__ import annotations

import sys
from typing import Protocol

RESIZED, INTERRUPT, INPUT_ENDED = "resized", "interrupt", "end of input"
CONTROL_KEYS = {
    "\x1b": "escape", "\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", "\x03": INTERRUPT,
    "\x04": INPUT_ENDED,
}  # fmt: skip
_ENTER_SCREEN, _LEAVE_SCREEN = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


class KeyReader(Protocol):
    """Keys as they are pressed: a letter, or right, left, home, end, enter, escape, backspace, interrupt."""

    def read(self) -> str:
        """The next key; "resized" when the window has another size, "end of input" when nobody types any more."""


def enter_screen() -> None:
    """A screen of our own, without a cursor."""
    _write(_ENTER_SCREEN)


def leave_screen() -> None:
    """The screen as it was."""
    _write(_LEAVE_SCREEN)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
