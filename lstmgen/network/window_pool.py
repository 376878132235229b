"""Work spaces of a network: each call takes a window for itself and gives it back, so that no two calls meet in one.

What a single thread does finds its window again every time; as many as work at once have as many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from lstmgen.kernels.forks import PerProcess
from lstmgen.network.window import Window

_KEPT = 3  # windows that nobody uses whose buffers are kept: training, evaluating, one more


class WindowPool:
    """Windows by their shape (T, B), made when there is none that is free.

    free: those that nobody uses, the one that was used last at the end.
    """

    def __init__(self, make: Callable[[int, int], Window]) -> None:
        self._make = make
        self.free: list[Window] = []
        self._lock = PerProcess(Lock)

    @contextmanager
    def borrow(self, T: int, B: int) -> Iterator[Window]:
        """A window that is nobody else's while the block runs; its numbers are what the last call left.

        Of a block that is broken off a thread may still be at work in it, so it is not used again.
        """
        window = self._taken(T, B) or self._make(T, B)
        yield window
        self._give_back(window)

    def _taken(self, T: int, B: int) -> Window | None:
        with self._lock():
            fitting = [k for k, window in enumerate(self.free) if (window.T, window.B) == (T, B)]
            if fitting:
                return self.free.pop(fitting[-1])
            del self.free[: len(self.free) - _KEPT + 1]  # room for the new one first
            return None

    def _give_back(self, window: Window) -> None:
        with self._lock():
            self.free.append(window)
            del self.free[: len(self.free) - _KEPT]
