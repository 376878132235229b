"""Files on a disk that becomes full, or fails at their end."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any


class FullDisk:
    """A file on a disk that has room for `room` more bytes, or fails at `fails_at` ("flush", "close")."""

    def __init__(self, path: Path, room: int = 1 << 40, fails_at: str = "") -> None:
        self.file = path.open("xb", buffering=0)
        self.room = room
        self.fails_at = fails_at
        self.written = 0

    def write(self, data: Any) -> int:
        data = memoryview(data).cast("B")
        fitting = min(len(data), self.room)
        self.file.write(data[:fitting])
        self.room -= fitting
        self.written += fitting
        if fitting < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        return fitting

    def flush(self) -> None:
        if self.fails_at == "flush":
            raise OSError(errno.EIO, "Input/output error")

    def close(self) -> None:
        self.file.close()
        if self.fails_at == "close":
            raise OSError(errno.EDQUOT, "Disk quota exceeded")

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)
