"""Work split among threads: kernels hold no GIL, so plain Python threads run them side by side.

Several threads of a program may give work at once: the pool's threads help one of them, the others do theirs alone. A
forked child, where none of the pool's threads are, gets a pool of its own.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lstmgen.arrays import Int64Array
from lstmgen.kernels.barrier import abandon
from lstmgen.kernels.crew import Crew
from lstmgen.kernels.denormals import denormals_flushed
from lstmgen.kernels.forks import PerProcess


def available_cores() -> int:
    """Number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _abandoning(counter: Int64Array, work: Callable[..., Any], *arguments: Any) -> Any:
    """What the work gives; where it fails, nobody waits for this thread any more."""
    try:
        return work(*arguments)
    except BaseException:
        abandon(counter)
        raise


class ThreadPool:
    """A pool that runs one function over parts of a range, the first part on the calling thread."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._crew = PerProcess(partial(Crew, count - 1))

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

    def run_together(self, count: int, work: Callable[[int], Any], counter: Int64Array) -> list[Any]:
        """Results of work(k) for k < count, at most one a thread: they may meet on the way, at the team's counter.

        Only one such group is at work at a time: two, each with half of the threads, would wait forever.
        """
        works = [partial(_abandoning, counter, work, k) for k in range(count)]
        return self._at_once(works, together=True, abandon=partial(abandon, counter))

    def run_as_team(self, most: int, work: Callable[[int, int], Any], counter: Int64Array) -> None:
        """work(member, members) on `most` threads at once, which may meet on the way, at the team's counter.

        work(0, 1) alone where the other threads are at somebody else's.
        """
        with denormals_flushed():
            crew = self._crew() if most > 1 else None
            if crew is None or not crew.busy.acquire(blocking=False):
                work(0, 1)
                return
            try:
                works = [partial(_abandoning, counter, work, member, most) for member in range(most)]
                crew.run(works, partial(abandon, counter))
            finally:
                crew.busy.release()

    def _at_once(
        self, works: Sequence[Callable[[], Any]], together: bool = False, abandon: Callable[[], None] | None = None
    ) -> list[Any]:
        """Results of all; all have ended on return. Each has a thread of its own if they are to be `together`."""
        with denormals_flushed():
            if len(works) == 1:
                return [works[0]()]
            crew = self._crew()
            if not crew.busy.acquire(blocking=together):
                return [work() for work in works]
            try:
                return crew.run(works, abandon)
            finally:
                crew.busy.release()
