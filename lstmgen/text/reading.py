"""Bytes to text, in chunks: strict or with replacements, without a byte order mark, line ends as `\\n`.

No text is ever held as one string: a chunk is what is in memory.
"""

from __future__ import annotations

import codecs
import difflib
import io
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from lstmgen.errors import TextError, UsageError
from lstmgen.text.noticing import TextNotices
from lstmgen.text.opening import ByteSource, open_text
from lstmgen.text.undecodable import SAMPLE, refuse_wide, undecodable

_CHUNK = 1 << 19  # bytes, and characters of a given text: a few milliseconds of work
_COMMON = ("utf-8", "utf-16", "utf-32", "latin-1", "cp1252", "cp1251", "cp437", "shift_jis", "gb18030", "big5")
_ERRORS = ("strict", "replace", "ignore")
_COUNTED = "lstmgen.replace"
_counter = threading.local()


def _replace_and_count(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _counter.replaced = getattr(_counter, "replaced", 0) + 1
    return "" if getattr(_counter, "ignore", False) else "\ufffd", error.end


codecs.register_error(_COUNTED, _replace_and_count)


def _is_text_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding and bool(codecs.getincrementaldecoder(name)("strict"))
    except (LookupError, ValueError):  # ValueError: a name with a NUL
        return False


@dataclass
class TextReader:
    """How to read, and what was met: `replaced` counts undecodable places; unpacked: whether a file was.

    may_replace: whether --errors is a way out that the user has. notices: what was met that a user may not know of.
    """

    encoding: str = "utf-8"
    errors: str = "strict"
    keep_newlines: bool = False
    replaced: int = 0
    unpacked: bool = False
    may_replace: bool = True
    notices: TextNotices = field(default_factory=TextNotices)

    def __post_init__(self) -> None:
        if self.errors not in _ERRORS:
            raise UsageError(f"--errors must be one of {', '.join(_ERRORS)}, not {self.errors!r}.")
        if not _is_text_encoding(self.encoding):
            near = difflib.get_close_matches(self.encoding, _COMMON, 1)
            way_out = f"Did you mean {near[0]}?" if near else f"Common ones are {', '.join(_COMMON)}."
            raise UsageError(f"--encoding {self.encoding!r} is not a text encoding that Python knows.\n{way_out}")

    def stream(self, stream: ByteSource, name: str, *, whole: bool = True) -> Iterator[str]:
        """Text of a binary stream, chunk by chunk, unpacked if it is packed; whole: false where it is only a beginning.

        Raises TextError with offset and line where it cannot be decoded, or for a file that is no text; ResourceError.
        """
        return self._clean(self._decoded(stream, name, whole), name)

    def text(self, text: str, name: str) -> Iterator[str]:
        """A text that is there already, treated as a file's would be."""
        return self._clean((text[a : a + _CHUNK] for a in range(0, len(text), _CHUNK)), name)

    def _decoded(self, packed: ByteSource, name: str, whole: bool) -> Iterator[str]:
        stream = open_text(packed, name)
        self.unpacked |= stream.packed
        refuse_wide(stream.head, name, self.encoding)
        decoder = codecs.getincrementaldecoder(self.encoding)("strict" if self.errors == "strict" else _COUNTED)
        fed, lines, last, before = 0, 1, "", b""
        while True:
            data = stream.read(_CHUNK)
            fed += len(data)
            state = decoder.getstate()
            _counter.replaced, _counter.ignore = 0, self.errors == "ignore"
            try:
                text = decoder.decode(data, final=whole and not data)
            except UnicodeDecodeError as error:
                offset = fed - len(error.object) + error.start
                decoder.setstate(state)
                with suppress(UnicodeError):  # from codecs that only know whole texts
                    lines += _line_ends(last, decoder.decode(data[: max(0, offset - fed + len(data))]))
                head = self._not_decoded(name, error, offset, lines)
                near = before + data
                place, more = offset - fed + len(near), stream.read(SAMPLE) if len(data) < SAMPLE else b""
                raise undecodable(head, near + more, self.encoding, place, fed == len(near), self.may_replace) from None
            except UnicodeError as error:  # UTF-16 without its byte order mark, and the like
                head = f"{name} is not {self.encoding.upper()}: {error}."
                raise undecodable(head, data, self.encoding, 0, fed == len(data), self.may_replace) from None
            self.replaced += _counter.replaced
            lines += _line_ends(last, text)
            last, before = text[-1:] or last, (before + data)[-SAMPLE:]
            if text:
                yield text
            if not data:
                return

    def _clean(self, chunks: Iterable[str], name: str) -> Iterator[str]:
        """Without a byte order mark, with line ends as wanted; a lone surrogate is no text."""
        newlines = io.IncrementalNewlineDecoder(None, translate=not self.keep_newlines)
        first, seen = True, 0
        for chunk in chunks:
            bare = chunk[1:] if first and chunk[0] == "\ufeff" else chunk
            first = False
            text = bare if self.keep_newlines else newlines.decode(bare)
            if not text.isascii():
                _refuse_surrogates(text, name, seen)
            self.notices.take(text, first=not seen)
            seen += len(text)
            if text:
                yield text
        if not self.keep_newlines and (rest := newlines.decode("", final=True)):
            yield rest

    def _not_decoded(self, name: str, error: UnicodeDecodeError, offset: int, line: int) -> str:
        met = error.object[error.start : error.start + 1]
        what = f"byte 0x{met[0]:02x}" if met else "the end"
        why = "the text ends in the middle of a character" if "end of data" in error.reason else error.reason
        return f"{name} is not {self.encoding.upper()}: {what} at offset {offset:,} (line {line:,}): {why}."


def _line_ends(last: str, text: str) -> int:
    r"""Line ends in a chunk, however they are written; the `\n` of a `\r\n` across chunks belongs to the one before."""
    count = text.count("\n")
    if "\r" in text or last == "\r":
        count += text.count("\r") - text.count("\r\n") - (last == "\r" and text[:1] == "\n")
    return count


def _refuse_surrogates(text: str, name: str, seen: int) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TextError(
            f"{name} holds half a character (the lone surrogate U+{ord(text[error.start]):04X}) at character "
            f"{seen + error.start:,}.\nTake it out: it cannot be written to any file."
        ) from None
