"""What is written by name: a whole new file or, after a failure, the old one; devices and pipes stay what they are."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lstmgen.cleaning import clean
from lstmgen.signals import CleanupOnSignal

_STREAMS = ("/dev/", "/proc/")  # even where one leads to a file: another program has that open


@contextmanager
def open_output(path: str | Path, *, keep_part: bool = False) -> Iterator[BinaryIO]:
    """The file to write. It takes the old one's place when all is in it; a link stays a link.

    keep_part: what was written before an error that is not the disk's is kept, such as a text that was interrupted.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".lstmgen-{os.getpid()}-{threading.get_ident()}.part")  # no longer than any name can be
    file = None if _is_stream(path, target) else _opened_new(beside)
    if file is None:
        with Path(path).open("wb") as file:
            yield file
        return
    error: BaseException | None = None

    def part() -> None:
        if keep_part and file.tell():
            file.flush()
            _put_in_place(beside, target)
        beside.unlink(missing_ok=True)

    try:
        with CleanupOnSignal(part):
            with file:
                try:
                    yield file
                except BaseException as caught:
                    if isinstance(caught, OSError) or not (keep_part and file.tell()):
                        raise
                    error = caught
            _put_in_place(beside, target)
        if error is not None:
            raise error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _put_in_place(beside: Path, target: Path) -> None:
    """With the old one's mode."""
    with contextlib.suppress(OSError):
        shutil.copymode(target, beside)
    beside.replace(target)


def write_file(path: str | Path, write: Callable[[BinaryIO], object]) -> None:
    """Write it by one call."""
    with open_output(path) as file:
        write(file)


def write_text(path: str | Path, text: str) -> None:
    """As UTF-8; exact, unless the file is a terminal."""
    with open_output(path) as file:
        file.write((clean(text) if file.isatty() else text).encode("utf-8", "backslashreplace"))


def _is_stream(path: str | Path, target: Path) -> bool:
    if os.path.abspath(path).startswith(_STREAMS):  # noqa: PTH100 - a link must stay one
        return True
    try:
        return not stat.S_ISREG(target.stat().st_mode)
    except OSError:  # it is not there yet
        return False


def _opened_new(beside: Path) -> BinaryIO | None:
    """None where no file can be added to the folder: one that is there may still be written, or tells what is wrong."""
    try:
        beside.unlink(missing_ok=True)  # of one that was killed and had our number
        return beside.open("xb")
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        return None
