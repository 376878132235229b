"""Signals wait while Numba works: what a handler raises in there would be lost, or taken for a fault of the kernel's.

LLVM calls back into Python where no exception is passed on, and a cache entry whose loading fails counts as damaged.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Python's handlers of signals that arrive meanwhile run at the end, where they may raise.

    A handler with a true `raises_nothing` runs at once. Outside the main thread, where no handler ever runs, nothing
    is to be done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: handler for number in signal.valid_signals() if _may_raise(handler := signal.getsignal(number))}
    try:
        for one in before:
            signal.signal(one, wait)
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        with ExitStack() as each:  # the next one too, where a handler raises
            for number in reversed(came):
                each.callback(signal.raise_signal, number)


def _may_raise(handler: Any) -> bool:
    """Of what getsignal says: neither a constant nor a handler that is not Python's (None)."""
    return callable(handler) and not getattr(handler, "raises_nothing", False)
