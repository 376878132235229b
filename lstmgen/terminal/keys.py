"""Single keys from a terminal, on a screen of one's own that is given back whatever happens.

posix_keys.py reads them where there is termios, windows_keys.py where there is msvcrt. Neither is imported before
somebody walks, so that a program which only prints needs none of them.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from importlib.util import find_spec

from lstmgen.terminal.key_names import KeyReader
from lstmgen.terminal.streams import is_terminal


def can_read_keys() -> bool:
    """Whether keys can be read one by one and a screen be drawn again and again."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        return False
    if _has("termios"):
        return os.environ.get("TERM", "dumb") != "dumb"
    return _has("msvcrt")  # Windows names no kind of terminal


def alternate_screen() -> AbstractContextManager[KeyReader]:
    """Keys unbuffered and unseen, and a screen of one's own; everything as it was on the way out, whatever happened."""
    if _has("termios"):
        from lstmgen.terminal.posix_keys import posix_screen

        return posix_screen()
    from lstmgen.terminal.windows_keys import windows_screen

    return windows_screen()


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:  # one that was put in its place
        return sys.modules.get(module) is not None
