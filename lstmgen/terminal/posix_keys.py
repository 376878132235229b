"""Single keys from a terminal that has termios: every Unix."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Iterator
from typing import Any

from lstmgen.signals import CleanupOnSignal
from lstmgen.terminal.key_names import CONTROL_KEYS, INPUT_ENDED, RESIZED, KeyReader, enter_screen, leave_screen

_ESCAPE_WAIT = 0.05  # seconds within which the rest of an arrow key arrives
_NAMED = CONTROL_KEYS | {
    "\x1b[C": "right", "\x1bOC": "right", "\x1b[D": "left", "\x1bOD": "left", "\x1b[A": "left", "\x1bOA": "left",
    "\x1b[B": "right", "\x1bOB": "right", "\x1b[6~": "right", "\x1b[5~": "left", "\x1b[H": "home", "\x1bOH": "home",
    "\x1b[1~": "home", "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end",
}  # fmt: skip


class PosixKeyReader:
    """As `KeyReader` says."""

    def __init__(self, stdin: int, woken: int) -> None:
        self._stdin, self._woken = stdin, woken
        self._waiting = b""

    def read(self) -> str:
        """The next key; "resized" when the window has another size, "end of input" when nobody types any more."""
        while not self._waiting:
            ready, _, _ = select.select([self._stdin, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 1024)
                return RESIZED
            self._more()
            if not self._waiting:
                return INPUT_ENDED
        if self._waiting[:1] != b"\x1b":
            return self._letter()
        while self._waiting in (b"\x1b", b"\x1b[", b"\x1bO") or (self._waiting[:2] == b"\x1b[" and not self._ended()):
            if not select.select([self._stdin], [], [], _ESCAPE_WAIT)[0]:
                break
            held = len(self._waiting)
            self._more()
            if len(self._waiting) == held:
                break
        return self._sequence()

    def _more(self) -> None:
        self._waiting += os.read(self._stdin, 64)

    def _ended(self) -> bool:
        return any(0x40 <= byte <= 0x7E for byte in self._waiting[2:])

    def _sequence(self) -> str:
        """What begins with escape, as far as it belongs together."""
        size = 1
        if self._waiting[1:2] == b"O":
            size = 3
        elif self._waiting[1:2] == b"[":
            size = next((k + 1 for k in range(2, len(self._waiting)) if 0x40 <= self._waiting[k] <= 0x7E), 2)
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        return _NAMED.get(taken.decode("latin-1"), "")

    def _letter(self) -> str:
        first = self._waiting[0]
        size = 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        while len(self._waiting) < size:
            held = len(self._waiting)
            self._more()
            if len(self._waiting) == held:
                break
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        text = taken.decode("utf-8", "replace")
        return _NAMED.get(text, text)


@contextlib.contextmanager
def posix_screen() -> Iterator[KeyReader]:
    """Keys unbuffered and unseen, and a screen of one's own; everything as it was on the way out, whatever happened.

    Stopped with Ctrl-Z, the terminal is given back too, until the program goes on.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    terminal = _Terminal(sys.stdin.fileno())

    def wake(number: int, frame: Any) -> None:
        with contextlib.suppress(OSError):
            os.write(writing, b"!")

    def rest(number: int, frame: Any) -> None:
        terminal.give_back()
        os.kill(os.getpid(), signal.SIGSTOP)
        terminal.take()
        wake(number, frame)

    handlers = {signal.SIGWINCH: wake, signal.SIGTSTP: rest}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        with CleanupOnSignal(terminal.give_back):
            terminal.take()
            yield PosixKeyReader(sys.stdin.fileno(), reading)
    finally:
        terminal.give_back()
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


class _Terminal:
    """The terminal's own settings, and ours."""

    def __init__(self, stdin: int) -> None:
        self.stdin, self.before = stdin, termios.tcgetattr(stdin)

    def take(self) -> None:
        tty.setcbreak(self.stdin, termios.TCSANOW)
        enter_screen()

    def give_back(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            leave_screen()
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(self.stdin, termios.TCSAFLUSH, self.before)
