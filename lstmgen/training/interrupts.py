"""A flag that asks training to stop, and the signal handlers that raise it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from lstmgen.errors import InterruptedTraining


class StopFlag:
    """False until `set`; then true, with the exit code of what asked."""

    def __init__(self) -> None:
        self.exit_code = 0

    def set(self, exit_code: int = 130) -> None:
        """The first one to ask decides the exit code."""
        self.exit_code = self.exit_code or exit_code

    def __call__(self) -> bool:
        return self.exit_code != 0


def exit_code_of(stop: Callable[[], bool]) -> int:
    """With which to end where `stop` says so; 0 where it does not."""
    return (getattr(stop, "exit_code", 0) or InterruptedTraining.exit_code) if stop() else 0


@contextlib.contextmanager
def stop_on_signals() -> Iterator[StopFlag]:
    """SIGINT and SIGTERM set the flag instead of killing; the handlers of before return at the end.

    SIGHUP, a closed terminal, does too, unless whoever started us has it ignored (nohup) or handles it otherwise.

    A second SIGINT, for whoever cannot wait for the saving, does what it did before; the others are often sent twice,
    by a terminal and by its shell. Outside the main thread, where Python allows no handlers, the flag is simply never
    set.
    """
    flag = StopFlag()
    if threading.current_thread() is not threading.main_thread():
        yield flag
        return
    asking = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and _ends_us(signal.getsignal(signal.SIGHUP)):
        asking.append(signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in asking}

    def handle(number: int, frame: FrameType | None) -> None:
        flag.set(128 + number)
        if number == signal.SIGINT:
            signal.signal(number, before[signal.SIGINT])

    for number in before:
        signal.signal(number, handle)
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ends_us(handler: Any) -> bool:
    """Whether this is the default, or the command line's."""
    return handler is signal.SIG_DFL or getattr(handler, "raises_nothing", False)
