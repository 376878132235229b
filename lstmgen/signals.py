"""A signal where nothing is unsaved ends the program at once: what was written stays, and one word is said.

The handler ends the process itself. One that raises would raise wherever the program happens to be, and much of that
passes nothing on: callbacks of the compiler, a cache that forgives whatever goes wrong. Where there is something to
save another handler stands, which sets a flag (lstmgen/training/interrupts.py).

Until this is loaded Ctrl-C ends in a traceback, so it imports only what Python has loaded before it runs anything:
`signal` alone would take as long as all of this, and `_signal` is all that it is made of.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # typeshed knows `signal` alone
import _thread
import os
import sys
import time

_TYPE_CHECKING = False
if _TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP, a closed terminal, is not known everywhere
_LONGEST = 1.0  # seconds for the partings: a pipe that nobody reads any more may take nothing
_PAUSE = 0.5  # seconds for another process to end this one


class _AtOnce:
    """The handler. `partings` are done on the way out, the last one first, and may not wait for a lock."""

    raises_nothing = True  # so kernels may be interrupted by it (lstmgen/kernels/deferring.py)

    def __init__(self) -> None:
        self.partings: list[Callable[[], object]] = []
        self.pause = 0.0  # seconds
        self.waits = False
        self.came = 0  # meanwhile

    def __call__(self, number: int, frame: FrameType | None = None) -> None:
        """End the process with 128 + number."""
        if self.waits and not self.came:
            self.came = number
            return
        time.sleep(self.pause)
        end_program(128 + number, "Interrupted.\n")


_handler = _AtOnce()


def exit_on_signals() -> dict[int, Any]:
    """From here on signals that nobody else handles or ignores end the program; their handlers before."""
    free = (_signal.SIG_DFL, _signal.default_int_handler)
    numbers = [getattr(_signal, name) for name in _NAMES if hasattr(_signal, name)]
    before = {number: handler for number in numbers if (handler := _signal.getsignal(number)) in free}
    try:
        for number in before:
            _signal.signal(number, _handler)
    except ValueError:  # Python allows handlers in the main thread alone
        return {}
    return before


def restore_handlers(before: dict[int, Any]) -> None:
    """Let the handlers of before stand again."""
    for number, handler in before.items():
        _signal.signal(number, handler)


def hold_signals() -> None:
    """Until `release_signals` the first one waits. Others wait for this process, and would wait on if it ended now."""
    _handler.waits = True


def release_signals() -> None:
    """Others are ended with this process from here on."""
    _handler.waits = False
    if _handler.came:
        _handler(_handler.came)


def let_others_end_first() -> None:
    """One of several processes, which another one ends as soon as that has heard the signal and said so."""
    _handler.pause = _PAUSE


def end_program(code: int, words: str) -> None:
    """End the process with this exit code and these words on stderr, from whatever thread."""
    _tried(lambda: _thread.start_new_thread(_end_later, (code,)))
    for act in (*reversed(_handler.partings), sys.stdout.flush, lambda: _say(words)):
        _tried(act)
    os._exit(code)


class CleanupOnSignal:
    """`with CleanupOnSignal(act):` does `act` where a signal ends the program, which does no `finally`."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act

    def __enter__(self) -> None:
        _handler.partings.append(self._act)

    def __exit__(self, *error: object) -> None:
        _handler.partings.remove(self._act)


def _tried(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:  # whatever it is, it keeps nobody from leaving
        return


def _end_later(code: int) -> None:
    time.sleep(_LONGEST)
    os._exit(code)


def _say(words: str) -> None:
    sys.stderr.flush()
    os.write(sys.stderr.fileno(), words.encode())
