"""What a forked child must not take over from its parent: locks that a thread holds which no longer exists.

A child has only the thread that forked it. Whatever belongs to threads is therefore made anew in each process; the
compiler's own lock cannot be, so a fork waits until nobody compiles.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


class _Process:
    """forks: how many lie between the first process and this one."""

    forks = 0


def _count_fork() -> None:
    _Process.forks += 1


class PerProcess(Generic[_T]):
    """One thing a process, made when it is first asked for: `own()`. A forked child makes one of its own."""

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: dict[int, _T] = {}

    def __call__(self) -> _T:
        value = self._made.get(_Process.forks)
        if value is None:  # of several threads that come here at once, all get what the first of them puts there
            value = self._made.setdefault(_Process.forks, self._make())
        return value

    def __reduce__(self) -> tuple[Any, ...]:
        return PerProcess, (self._make,)  # what was made stays here


def hold_while_forking(*locks: Any) -> None:
    """From now on no process is forked while another thread holds one of these locks, which are taken in this order."""

    def take() -> None:
        for lock in locks:
            lock.acquire()

    def let_go() -> None:
        for lock in reversed(locks):
            lock.release()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=take, after_in_parent=let_go, after_in_child=let_go)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)
