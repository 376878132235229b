"""Threads that wait for work where it reaches them within microseconds.

An update of a small network gives its threads work several times in a few milliseconds. To wake a thread that sleeps
takes some fifty microseconds each time, so a helper first watches for a while (about a millisecond) and only then goes
to sleep; who waits for a helper does the same. Watching holds no lock, and offers the core to other programs. Nor is
Python's lock held when one thread tells another something: to wait for that lock takes as long as to wake. For the
same reason a helper that has seen its work gives the caller a moment to leave that lock for a kernel.
"""

from __future__ import annotations

import itertools
import os
import time
import weakref
from collections.abc import Callable, Sequence
from threading import Condition, Lock, Thread, current_thread
from typing import Any

import numpy as np

from lstmgen.kernels.barrier import HAS_BARRIER, put_and_watch, reached
from lstmgen.kernels.denormals import flush_denormals

_LOOKS = 40_000  # about a millisecond
_GRACE = 250  # looks, some six microseconds, until a caller is in a kernel of its own
_NAP = 0.0005  # seconds between two looks of a caller who has watched for so long
_PARTING = 0.1  # seconds that the end waits for a thread: Python must not shut down under one
_Work = Callable[[], Any]


class _Helper:
    """A thread and what passes between it and whoever gives it work: one piece at a time."""

    def __init__(self) -> None:
        self._given, self._done = np.zeros(8, np.int64), np.zeros(8, np.int64)  # lines of the cache of their own
        self._changed = Condition()
        self._work: _Work | None = None
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = Thread(target=self._serve, name="lstmgen", daemon=True)
        self._thread.start()

    def give(self, work: _Work) -> None:
        """Something to do, once what was given before is done: a wait for that may have been broken off."""
        self._wait()
        self._put(work)

    def _put(self, work: _Work | None) -> None:
        self._work = work
        with self._changed:
            self._given[0] += 1
            self._changed.notify_all()

    def end(self) -> None:
        """Leave the thread no work; it is gone on return, unless it is in the middle of something long."""
        self._put(None)
        if current_thread() is not self._thread:
            self._thread.join(_PARTING)

    def outcome(self) -> tuple[Any, BaseException | None]:
        """Wait until what was given is done: its result and its error."""
        self._wait()
        outcome, self._result, self._error = (self._result, self._error), None, None
        return outcome

    def _wait(self) -> None:
        number = int(self._given[0])
        if self._done[0] >= number or (HAS_BARRIER and reached(self._done, number, _LOOKS)):
            return
        while self._done[0] < number:
            time.sleep(_NAP)

    def _serve(self) -> None:
        flush_denormals()
        for number in itertools.count(1):
            self._finish_and_wait(number)
            work, self._work = self._work, None
            if work is None:
                return
            try:
                self._result, self._error = work(), None  # of a wait that was broken off something may be left
            except BaseException as error:  # it is raised where the result is asked for
                self._error = error
            del work

    def _finish_and_wait(self, number: int) -> None:
        """Say that all before this number is done, and wait until it is given."""
        if HAS_BARRIER:
            if put_and_watch(self._done, number - 1, self._given, number, _LOOKS, _GRACE):
                return
        else:
            self._done[0] = number - 1
        with self._changed:
            while self._given[0] < number:
                self._changed.wait()


def _end(helpers: Sequence[_Helper], process: int) -> None:
    if os.getpid() == process:  # a forked child has none of these threads
        for helper in helpers:
            helper.end()


class Crew:
    """So many helpers, at work for one caller at a time, who holds `busy`; they end when the crew is gone."""

    def __init__(self, helpers: int) -> None:
        self._helpers = [_Helper() for _ in range(helpers)]
        self.busy = Lock()
        weakref.finalize(self, _end, self._helpers, os.getpid())

    def run(self, works: Sequence[_Work], abandon: Callable[[], None] | None = None) -> list[Any]:
        """Results of all, the first by the calling thread; none is at work any more on return, whatever happened.

        abandon: called where the calling thread breaks off, if the others may be waiting for it.
        """
        own, *others = works
        given: list[_Helper] = []
        try:
            for helper, work in zip(self._helpers, others, strict=False):
                helper.give(work)
                given.append(helper)
            results = [own()]
            rest = [work() for work in others[len(given) :]]  # more pieces than helpers
        except BaseException:
            if abandon is not None:
                abandon()
            raise
        finally:
            outcomes = [helper.outcome() for helper in given]
        for _, error in outcomes:
            if error is not None:
                raise error
        return [*results, *(result for result, _ in outcomes), *rest]
