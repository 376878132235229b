"""Work split among threads: kernels hold no GIL, so plain Python threads run them side by side.

Several threads of a program may give work at once: what they give waits in one queue. A forked child, where none of the
pool's threads are, gets a pool of its own.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

from lstmgen.kernels.denormals import denormals_flushed, flush_denormals
from lstmgen.kernels.forks import PerProcess


def available_cores() -> int:
    """Number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class ThreadPool:
    """A pool that runs one function over parts of a range, the first part on the calling thread."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = PerProcess(partial(ThreadPoolExecutor, count - 1, "lstmgen", initializer=flush_denormals))
        self._meeting = PerProcess(Lock)

    def split(self, size: int, work: Callable[[int, int], Any], parts: int | None = None) -> list[Any]:
        """Results of work(start, stop) over `parts` contiguous parts of range(size); all have ended on return."""
        parts = max(1, min(parts or self.count, size))
        cuts = [size * k // parts for k in range(parts + 1)]
        return self._at_once([partial(work, start, stop) for start, stop in itertools.pairwise(cuts)])

    def run_each(self, count: int, begin: Callable[[], Callable[[int], Any]], parts: int | None = None) -> None:
        """Run number 0 to count - 1, each once, on whichever of `parts` threads is free.

        Each thread calls begin() for its own function of a number; the result must not depend on who does what.
        """
        numbers = iter(range(count))  # one step of it cannot be interrupted by another thread

        def take() -> None:
            run = begin()
            for number in numbers:
                run(number)

        self._at_once([take] * max(1, min(parts or self.count, count)))

    def run_together(self, count: int, work: Callable[[int, int], Any]) -> list[Any]:
        """Results of work(k, k + 1) for k < count, at most one a thread: they may wait for each other on the way.

        Only one such group is at work at a time: two, each with half of the threads, would wait forever.
        """
        if count == 1:
            return self.split(1, work, 1)
        with self._meeting():
            return self.split(count, work, count)

    def _at_once(self, works: list[Callable[[], Any]]) -> list[Any]:
        """Results of all, each on a thread of its own; all have ended on return."""
        if len(works) == 1:
            with denormals_flushed():
                return [works[0]()]
        pool = self._pool()
        futures: list[Future[Any]] = [pool.submit(work) for work in works[1:]]
        try:
            with denormals_flushed():
                first = works[0]()
        finally:
            for future in futures:
                future.exception()  # wait, whatever happened here: nobody may still write into the buffers
        return [first, *(future.result() for future in futures)]
