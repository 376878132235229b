"""Which of two ways through a window is the quicker, here and now: both compute the same, so it is found out by use.

It depends on the sizes, on the caches, and on what else the machine does: threads that meet after every step wait
whenever one of them has lost its core to another program.
"""

from __future__ import annotations

_FIRST_WINDOWS = 3  # windows that each way has at first; the very first of them is warming up
_RETRY_EVERY = 64  # windows until the slower way has another one, times how much slower it is
_NEWEST = 0.3  # weight of the newest window in the quicker way's mean


class StrategyTimer:
    """Seconds of ways 0 and 1: a mean of late of the quicker one, the newest of the other."""

    def __init__(self) -> None:
        self.seconds = [0.0, 0.0]
        self.windows = [0, 0]
        self._left = _RETRY_EVERY

    def faster(self) -> int:
        """As far as is known."""
        return int(self.seconds[1] < self.seconds[0])

    def choose(self) -> int:
        """The way of the next window."""
        for way in (0, 1):
            if self.windows[way] < _FIRST_WINDOWS:
                return way
        quick = self.faster()
        self._left -= 1
        if self._left > 0:
            return quick
        self._left = int(_RETRY_EVERY * self.seconds[1 - quick] / max(self.seconds[quick], 1e-9))
        return 1 - quick

    def record(self, way: int, seconds: float) -> None:
        """How long a window took."""
        known = self.windows[way] >= _FIRST_WINDOWS - 1 and way == self.faster()
        self.seconds[way] += (_NEWEST if known else 1.0) * (seconds - self.seconds[way])
        self.windows[way] += 1
