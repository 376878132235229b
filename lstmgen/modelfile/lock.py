"""One run at a time on a model's files: a lock of the operating system, which ends with its holder, however that ends.

Each save puts a new state in the old one's place, so the state itself cannot be what is locked. A hidden empty file
beside it is: `.NAME.lock` for NAME.npz and NAME.state.npz. Its holder takes it away; one that a killed run has left
behind is locked by nobody, and the next run takes it over.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import weakref
from pathlib import Path
from types import TracebackType

from lstmgen.errors import UsageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_ATTEMPTS, _PAUSE = 5, 0.02  # whoever only looks, or is just ending, holds a lock for less than that in all
_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # nor is a FIFO waited for


class OutputLock:
    """Held by one run of all that write the same files, in this process or another; links and ways to a file are one.

    remark: what to tell the user where nothing can be locked (some networks, folders that cannot be written); then the
    run goes on without.
    """

    def __init__(self, *files: Path) -> None:
        self._name = str(files[0]) if files else ""
        self._paths = sorted({_lock_path(file) for file in files})  # one, unless one of the files is a link
        self._held: dict[Path, int] = {}
        self._made: list[Path] = []  # folders, the innermost first
        self.remark: str | None = None
        _LOCKS.add(self)

    def __enter__(self) -> OutputLock:
        try:
            self.take()
        except UsageError:
            self.release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def take(self) -> None:
        """Hold the lock from here on; UsageError where another run does.

        Asked again, it makes sure that the lock is still there: with a folder that is deleted it is gone too.
        """
        for path in self._paths:
            handle = self._held.pop(path, None)
            if handle is not None and _is_at(handle, path):
                self._held[path] = handle
                continue
            if handle is not None:
                os.close(handle)
            try:
                self._held[path] = self._taken(path)
            except OSError as error:
                self.remark = (
                    f"{path.parent} cannot be locked ({error.strerror or error}): "
                    f"nothing will keep a second run from training {self._name} at the same time."
                )

    def release(self) -> None:
        """Let go of it and take away the file, and the folders that were made for it if nothing else is in them."""
        while self._held:
            path, handle = self._held.popitem()
            _remove(path, handle)
        while self._made:
            with contextlib.suppress(OSError):
                self._made.pop(0).rmdir()

    def _taken(self, path: Path) -> int:
        for _ in range(_ATTEMPTS):
            self._make(path.parent)
            try:
                handle = _opened(path)
            except FileNotFoundError:  # whoever made the folder has just taken it away
                continue
            try:
                locked = _lock(handle)
            except OSError:
                _remove(path, handle)
                raise
            if locked and _is_at(handle, path):  # else its holder has just taken it away: it protects nothing
                return handle
            os.close(handle)
            time.sleep(_PAUSE)
        raise UsageError(
            f"{self._name} is taken: another lstmgen is training it.\n"
            "Wait until that has ended, or train under another name: --out models/ANOTHER.npz"
        )

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.exists() and folder != folder.parent:
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            self._made.insert(0, one)

    def abandon(self) -> None:
        """In a forked child: the lock is the parent's, and must end with it."""
        while self._held:
            with contextlib.suppress(OSError):
                os.close(self._held.popitem()[1])
        self._made.clear()


def _lock_path(file: Path) -> Path:
    try:
        real = Path(os.path.realpath(file))
    except ValueError as error:  # a NUL, half of a surrogate pair
        raise UsageError(f"{str(file)!r} cannot be a path ({error}).\nGive another path with --out.") from error
    return real.with_name(f".{real.name.removesuffix('.npz').removesuffix('.state')}.lock")


def _opened(path: Path) -> int:
    try:
        return os.open(path, _FLAGS | os.O_CREAT, 0o666)
    except PermissionError:  # another user's, in a folder that is shared: enough for a lock
        return os.open(path, _FLAGS & ~os.O_RDWR | os.O_RDONLY)


def _lock(handle: int) -> bool:
    """Whether it was free. OSError where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_at(handle: int, path: Path) -> bool:
    """Whether the open file is the one that others would open here."""
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except OSError:
        return False


def _remove(path: Path, handle: int) -> None:
    """While it is held, so that nobody else's goes; Windows removes no file that another has open."""
    held = _is_at(handle, path)
    if sys.platform == "win32":
        os.close(handle)
    with contextlib.suppress(OSError):
        if held:
            path.unlink()
    if sys.platform != "win32":
        os.close(handle)


_LOCKS: weakref.WeakSet[OutputLock] = weakref.WeakSet()


def _abandon_all() -> None:
    for lock in list(_LOCKS):
        lock.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
