"""The bytes of a text, unpacked where they are packed; a file that is no text is refused by name."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, Protocol, cast

from lstmgen.errors import ResourceError, TextError
from lstmgen.text.filetypes import HEAD, recognise

_NESTED = 3  # times that a text may be packed


class NotPlainTextError(TextError):
    """A file of a kind that is no text; what: with its article, as in "a PDF file"."""

    def __init__(self, name: str, what: str, way_out: str) -> None:
        super().__init__(f"{name} is not plain text: it is {what}.\n{way_out}")
        self.what = what


class DamagedFileError(TextError):
    """A packed file that cannot be unpacked to its end."""


class ByteSource(Protocol):
    """What a text's bytes are read from; fewer bytes than asked for are no end, none are."""

    def read(self, size: int, /) -> bytes: ...


class TextBytes(io.RawIOBase):
    """A stream whose beginning was read already; head: that beginning, of `HEAD` bytes or all there is.

    packed: whether it was unpacked.
    """

    def __init__(self, head: bytes, rest: ByteSource, packed: bool = False) -> None:
        self.head = self._head = head
        self._rest = rest
        self.packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def] # a writable buffer
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        data, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
        missing = size - len(data)
        return data + self._rest.read(missing) if missing else data


class _Unpacked:
    """What a packed stream holds; TextError where it is damaged."""

    def __init__(self, stream: IO[bytes], name: str, kind: str) -> None:
        self._stream, self._name, self._kind = stream, name, kind

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except ResourceError:
            raise
        except (OSError, EOFError, ValueError, zlib.error, _lzma_error()) as error:
            raise DamagedFileError(
                f"{self._name} is a damaged {self._kind} file: {str(error).rstrip('.')}.\n"
                "Get it anew, or unpack what is left of it and name that."
            ) from error


class _Checked:
    """A stream whose failures are ours, so that they are not taken for damage."""

    def __init__(self, stream: ByteSource, name: str) -> None:
        self._stream, self._name = stream, name

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except OSError as error:
            raise ResourceError(f"{self._name} cannot be read: {error.strerror or error}.") from error


def open_text(stream: ByteSource, name: str) -> TextBytes:
    """The bytes of the text in a stream: unpacked, if it is a gzip, bzip2 or xz file.

    Raises TextError, with the way out, for what is no text and, on reading, for a damaged file; ResourceError for what
    cannot be read. name: for messages.
    """
    checked: ByteSource = _Checked(stream, name)
    for depth in range(_NESTED):
        head = _read_fully(checked, HEAD)
        whole = TextBytes(head, checked, packed=depth > 0)
        kind = _packing(head)
        if kind is None:
            if (known := recognise(head)) is not None:
                raise NotPlainTextError(name, known.name, known.way_out)
            return whole
        checked = _Unpacked(_UNPACKERS[kind](cast(BinaryIO, io.BufferedReader(whole))), name, kind)
    raise TextError(f"{name} is packed more than {_NESTED} times.\nUnpack it first.")


def _read_fully(stream: ByteSource, size: int) -> bytes:
    parts, missing = [], size
    while missing and (data := stream.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


def _packing(head: bytes) -> str | None:
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] in {b"1AY&SY", b"\x17rE8P\x90"}:
        return "bzip2"
    return "xz" if head.startswith(b"\xfd7zXZ\0") else None


def _gunzip(stream: BinaryIO) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=stream, mode="rb"))


def _bunzip(stream: BinaryIO) -> IO[bytes]:
    import bz2

    return bz2.BZ2File(stream)


def _unxz(stream: BinaryIO) -> IO[bytes]:
    import lzma

    return lzma.LZMAFile(stream)


def _lzma_error() -> type[Exception]:
    import lzma

    return lzma.LZMAError


_UNPACKERS: dict[str, Callable[[BinaryIO], IO[bytes]]] = {"gzip": _gunzip, "bzip2": _bunzip, "xz": _unxz}
