"""What to say of bytes that are not in the encoding asked for: how they would read in others."""

from __future__ import annotations

import codecs

from lstmgen.errors import TextError
from lstmgen.text.encodings import Reading, is_mostly_utf8, is_wide, likely_readings, wide_encoding
from lstmgen.text.filetypes import HEAD

SAMPLE = 1 << 16  # bytes that encodings are tried on


class UndecodableError(TextError):
    """Bytes that are not in the encoding asked for; readings: in which others they would be a text, the best first."""

    def __init__(self, message: str, readings: list[Reading]) -> None:
        super().__init__(message)
        self.readings = readings


def refuse_wide(head: bytes, name: str, encoding: str) -> None:
    """UndecodableError where a text begins with characters of two or four bytes, though its encoding has none."""
    found = None if is_wide(encoding) else wide_encoding(head, whole=len(head) < HEAD)
    if found is not None:
        raise UndecodableError(
            f"{name} is {found.encoding.upper()}, not {encoding.upper()}. It reads: {found.glimpse()}\n"
            f"Read it so: --encoding {found.encoding}",
            [found],
        )


def undecodable(head: str, data: bytes, encoding: str, place: int, start: bool, may_replace: bool) -> UndecodableError:
    """The error that begins with `head`, then the encodings that the bytes may be in.

    place: in them, where decoding failed; start: whether the text begins with them; may_replace: whether --errors is a
    way out.
    """
    if not start or place >= SAMPLE // 2:
        start, data = False, data[_whole_characters_from(data, place) :]
    sample, whole = data[:SAMPLE], len(data) < SAMPLE
    way_out = "replace such bytes by \ufffd: --errors replace" if may_replace else "save it as UTF-8"
    if codecs.lookup(encoding).name == "utf-8" and is_mostly_utf8(sample):
        return UndecodableError(f"{head}\nNearly all of it is UTF-8; {way_out}.", [])
    readings = likely_readings(sample, start=start, whole=whole, besides=encoding)
    if not readings:
        nothing = "It looks like a text in none of the encodings tried."
        return UndecodableError(f"{head}\n{nothing} If it is one, name its --encoding, or {way_out}.", [])
    width = max(len(one.encoding) for one in readings)
    shown = [f"  --encoding {one.encoding:{width}}  {one.glimpse()}" for one in readings]
    return UndecodableError(
        "\n".join([head, "It would read:", *shown, f"Choose the --encoding that reads right, or {way_out}."]), readings
    )


def _whole_characters_from(data: bytes, place: int) -> int:
    """Where to begin reading near a place so that no character of several bytes is cut: at a line, or a word."""
    for mark in (b"\n", b" "):
        found = data.rfind(mark, max(0, place - SAMPLE // 2), place)
        if found >= 0:
            return found + 1
    return place
