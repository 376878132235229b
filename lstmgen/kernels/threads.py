"""Work split among threads: kernels hold no GIL, so plain Python threads run them side by side."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


def cores() -> int:
    """Number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class Threads:
    """A pool that runs one function over parts of a range, the first part on the calling thread."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ThreadPoolExecutor | None = None

    def split(self, size: int, work: Callable[[int, int], Any], parts: int | None = None) -> list[Any]:
        """Results of work(start, stop) over `parts` contiguous parts of range(size); all have ended on return."""
        parts = max(1, min(parts or self.count, size))
        if parts == 1:
            return [work(0, size)]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.count - 1, thread_name_prefix="lstmgen")
        cuts = [size * k // parts for k in range(parts + 1)]
        futures: list[Future[Any]] = [
            self._pool.submit(work, start, stop) for start, stop in itertools.pairwise(cuts[1:])
        ]
        try:
            first = work(cuts[0], cuts[1])
        finally:
            for future in futures:
                future.exception()  # wait, whatever happened here: nobody may still write into the buffers
        return [first, *(future.result() for future in futures)]
