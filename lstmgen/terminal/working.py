"""Work that takes longer than a moment shows that it lives: what is done, a spinner, and for how long already."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmgen.compiling import told_of_compiling
from lstmgen.signals import CleanupOnSignal
from lstmgen.terminal.streams import Messages, console_for, is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

COMPILING = "Compiling kernels (first run only)"
_DELAY = 1.0  # seconds that need no sign
_ERASE = b"\r\x1b[2K\x1b[?25h"


@contextlib.contextmanager
def working(messages: Messages, what: str, *, silent: bool = False) -> Iterator[None]:
    """On a terminal `what` and the seconds, on stderr, until the work is done; then nothing is left of them.

    Where kernels have to be compiled that is said instead; elsewhere than on a terminal it is a line. Nothing of it
    where messages are quiet or `silent`, as with --json. Meanwhile nobody else may write to the terminal.
    """
    if silent or messages.quiet or messages.closed:
        yield
        return
    if not is_terminal(sys.stderr) or console_for(sys.stderr).is_dumb_terminal:
        with told_of_compiling(_SayOnce(messages)):
            yield
        return
    spinner = _Spinner(what)
    with CleanupOnSignal(spinner.erase):
        spinner.begin_soon()
        try:
            with told_of_compiling(lambda: spinner.describe(COMPILING)):
                yield
        finally:
            spinner.end()


class _SayOnce:
    """That kernels are compiled, once in a process."""

    said = False

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def __call__(self) -> None:
        if not _SayOnce.said:
            _SayOnce.said = True
            self._messages.info(f"{COMPILING}, which takes some seconds.")


class _Spinner:
    """Begun by a timer, ended by the work; both may happen at once."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._timer = threading.Timer(_DELAY, self._begin)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._over = False
        self._shown: Progress | None = None
        self._task: TaskID | None = None

    def begin_soon(self) -> None:
        with _signals_kept_for_us():
            self._timer.start()

    def describe(self, what: str) -> None:
        """Say something else from now on."""
        with self._lock:
            self._what = what
            if self._shown is not None and self._task is not None:
                self._shown.update(self._task, description=what)

    def end(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._shown is not None:
                with contextlib.suppress(OSError, ValueError):  # the terminal is gone
                    self._shown.stop()
        self._timer.join()

    def erase(self) -> None:
        """The same without a lock of rich's, which may be held where a signal ends the program."""
        if self._shown is not None:
            os.write(sys.stderr.fileno(), _ERASE)

    def _begin(self) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock, contextlib.suppress(OSError, ValueError):
            if self._over:
                return
            self._shown = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                TimeElapsedColumn(),
                console=console_for(sys.stderr),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._task = self._shown.add_task(self._what, total=None)
            self._shown.start()


@contextlib.contextmanager
def _signals_kept_for_us() -> Iterator[None]:
    """Threads begun meanwhile get no signals, which Python handles in the main thread alone: it would sleep on."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
