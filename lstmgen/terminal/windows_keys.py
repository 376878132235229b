"""Single keys from a Windows console: msvcrt gives them, and a console of Windows 10 or later understands the screen.

No signal tells of a window's new size, so it is looked at between two keys.
"""

from __future__ import annotations

import contextlib
import ctypes
import shutil
import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from lstmgen.signals import CleanupOnSignal
from lstmgen.terminal.key_names import CONTROL_KEYS, RESIZED, KeyReader, enter_screen, leave_screen

_PAUSE = 0.02  # seconds between two looks: no finger notices
_PREFIXES = ("\x00", "\xe0")  # of what is no letter; what follows says which key it is
_SPECIAL = {
    "M": "right", "K": "left", "H": "left", "P": "right", "Q": "right", "I": "left", "G": "home", "O": "end",
    "S": "backspace",
}  # fmt: skip
_STDOUT, _UNDERSTANDS_SCREENS = -11, 4  # STD_OUTPUT_HANDLE, ENABLE_VIRTUAL_TERMINAL_PROCESSING


class WindowsKeyReader:
    """As `KeyReader` says."""

    def __init__(self, console: Any) -> None:
        self._console = console
        self._size = shutil.get_terminal_size()

    def read(self) -> str:
        """The next key, or "resized"."""
        while not self._console.kbhit():
            size = shutil.get_terminal_size()
            if size != self._size:
                self._size = size
                return RESIZED
            time.sleep(_PAUSE)
        key: str = self._console.getwch()
        if key in _PREFIXES:
            return _SPECIAL.get(self._console.getwch(), "")
        if "\ud800" <= key <= "\udbff":  # half of a letter beyond 16 bits; the other half is there already
            key = (key + self._console.getwch()).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return CONTROL_KEYS.get(key, key)


@contextlib.contextmanager
def windows_screen() -> Iterator[KeyReader]:
    """A screen of one's own, given back on the way out."""
    with _screens_understood(), CleanupOnSignal(leave_screen):
        enter_screen()
        try:
            yield WindowsKeyReader(import_module("msvcrt"))
        finally:
            with contextlib.suppress(OSError, ValueError):
                leave_screen()


@contextlib.contextmanager
def _screens_understood() -> Iterator[None]:
    """Meanwhile the console reads escape sequences; one that cannot be asked does so anyway or never will."""
    windll = getattr(ctypes, "windll", None)
    if windll is None:
        yield
        return
    system, mode = windll.kernel32, ctypes.c_ulong()
    handle = system.GetStdHandle(_STDOUT)
    known = system.GetConsoleMode(handle, ctypes.byref(mode))
    if known:
        system.SetConsoleMode(handle, mode.value | _UNDERSTANDS_SCREENS)
    try:
        yield
    finally:
        if known:
            system.SetConsoleMode(handle, mode.value)
