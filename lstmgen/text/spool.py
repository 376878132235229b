"""Where ids are kept: in memory, or once they are many in a temporary file that is mapped into it.

The file is written from its beginning to its end and only then mapped, for reading: a full disk is an error while
writing, not a crash later. It has no name any more and is gone with the last array over it.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.errors import ResourceError
from lstmgen.settings import DEFAULT_MMAP_ABOVE

BLOCK = 1 << 18  # tokens worked on at a time
_PIECE = 1 << 16  # bytes written at a time; systems map a file in pieces as large as it was written in


class Spool:
    """Takes ids block by block and gives them back as one array.

    memory_megabytes: megabytes (10^6 bytes) that stay in memory; what is more goes to the folder that TMPDIR names.
    """

    def __init__(self, memory_megabytes: float = DEFAULT_MMAP_ABOVE) -> None:
        self._above = memory_megabytes * 1e6
        self._start(np.dtype(np.uint8))

    def _start(self, kind: np.dtype[Any]) -> None:
        self._kind, self._memory = kind, bytearray()
        self._file: BinaryIO | None = None

    def add(self, ids: AnyArray) -> None:
        """Append ids of any unsigned type; ResourceError where the disk is full."""
        if not len(ids):
            return
        if ids.dtype.itemsize > self._kind.itemsize:
            self._widen(ids.dtype)
        data = np.ascontiguousarray(ids, self._kind).data.cast("B")
        if self._file is None and len(self._memory) + len(data) <= self._above:
            self._memory += data
        else:
            self._write(data)

    def _widen(self, kind: np.dtype[Any]) -> None:
        narrow = self.finish()
        self._start(kind)
        for _, block in blocks(narrow):
            self.add(block)

    def _write(self, data: memoryview) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed once it is mapped
                _write_all(self._file, memoryview(self._memory))
                self._memory = bytearray()
            _write_all(self._file, data)
        except OSError as error:
            raise _no_room(error) from error

    def finish(self) -> AnyArray:
        """Everything added, in the widest type met; from a file it cannot be written to. The spool is empty then."""
        whole: AnyArray
        if self._file is not None:
            try:
                with self._file as file:
                    whole = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), self._kind)
            except OSError as error:
                raise _no_room(error) from error
        elif self._memory:
            whole = np.frombuffer(self._memory, self._kind)
        else:
            whole = np.zeros(0, self._kind)
        self._start(np.dtype(np.uint8))
        return whole


def _write_all(file: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data[:_PIECE]) :]


def _no_room(error: OSError) -> ResourceError:
    where = f" in {tempfile.tempdir}" if tempfile.tempdir else ""
    return ResourceError(
        f"The text is too long to be kept in a temporary file{where}: {error.strerror or error}.\n"
        "Set TMPDIR to a folder with more room, or keep the text in memory with a higher --mmap-above."
    )


def blocks(ids: AnyArray, before: int = 0) -> Iterator[tuple[int, AnyArray]]:
    """Pieces of BLOCK ids with their places, each with up to `before` of the ids before it in front."""
    for a in range(0, len(ids), BLOCK):
        yield a, ids[max(0, a - before) : a + BLOCK]
        release_pages(ids)


def release_pages(ids: AnyArray) -> None:
    """Let a mapped file's pages that were read leave this process's memory; they are read again when wanted."""
    base: Any = ids
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
