"""Whether those whom this process cannot do without are still there: its launcher, the other ranks on its machine.

A launcher ends what is left when a rank is gone. It cannot do so where it was killed itself, or where a script stands
between it and the ranks and goes on; then those that are left would wait for a message that never comes.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from lstmgen.errors import ResourceError
from lstmgen.ranks.launcher import rank_variable
from lstmgen.signals import end_program

_EVERY = 1.0  # seconds; whoever is missing twice is gone, and the launcher has had its time to end this process


class Watch:
    """A thread that ends this process where the launcher or another rank has gone without a word.

    rank: this one's number. others: process ids of the other ranks on this machine, by their numbers.
    """

    def __init__(self, rank: int, others: dict[int, int]) -> None:
        self._rank, self._others = rank, others
        self._parent, self._launcher = os.getppid(), _launcher()
        self._over = threading.Event()
        if os.name == "posix":
            threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> None:
        """From here on they may go."""
        self._over.set()

    def _watch(self) -> None:
        missing = ""
        while not self._over.wait(_EVERY):
            before, missing = missing, self._missing()
            if missing and missing == before:
                end_program(ResourceError.exit_code, self._words(missing))

    def _missing(self) -> str:
        """Who is."""
        if os.getppid() != self._parent or _is_gone(self._launcher):
            return "The launcher"
        return next((f"Process {rank}" for rank, pid in self._others.items() if _is_gone(pid)), "")

    def _words(self, missing: str) -> str:
        """Of the first that is left; the others say nothing."""
        if any(rank < self._rank and not _is_gone(pid) for rank, pid in self._others.items()):
            return ""
        return f"Error: {missing} has ended without a word.\n--resume goes on from the last save.\n"


def pid_space() -> int:
    """Processes that say the same number here know each other's ids."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0


def _launcher() -> int:
    """The nearest ancestor that does not count as a rank itself; 0 where that cannot be told."""
    pid, mark = os.getppid(), f"{rank_variable()}=".encode()
    try:
        while any(one.startswith(mark) for one in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")):
            pid = int(_stat(pid)[1])
    except (OSError, IndexError):
        return 0
    return pid


def _is_gone(pid: int) -> bool:
    """Ended, be it that nobody has asked how."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
        return _stat(pid)[0] in b"ZX"
    except ProcessLookupError:
        return True
    except (OSError, IndexError):  # somebody else's, or a system without /proc
        return False


def _stat(pid: int) -> list[bytes]:
    """State and parent of a process, first of all."""
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
