"""What in a text a user may not know of: marks that cannot be seen, records of a table whose lines are not theirs."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from contextlib import suppress

# Joiners (U+200C, U+200D) are left out: words of many languages are written with them, and emoji.
_UNSEEN = {
    "\0": ("NUL", "NULs"),
    "\xad": ("soft hyphen", "soft hyphens"),
    "\u200b": ("zero-width space", "zero-width spaces"),
    "\u200e": ("left-to-right mark", "left-to-right marks"),
    "\u200f": ("right-to-left mark", "right-to-left marks"),
    "\u2060": ("word joiner", "word joiners"),
    "\ufeff": ("byte order mark", "byte order marks"),
}
_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")  # what cp1252's quotation marks, dashes and the euro are in ISO 8859
_DELIMITERS = ",;\t|"
_LOOKED_AT = 3  # documents whose beginning is looked at
_RECORDS, _ALIKE = 3, 0.9  # a table has so many at least, and so many of them have the same number of fields


class TextNotices:
    """Takes the chunks of texts as they are read."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._controls = 0
        self._begins: list[str] = []

    def take(self, chunk: str, *, first: bool) -> None:
        """One chunk; first: whether a text begins with it."""
        for mark in _UNSEEN:
            if chunk.isascii() and not mark.isascii():
                break
            if count := chunk.count(mark):
                self._counts[mark] += count
        if not chunk.isascii():
            self._controls += len(_CONTROLS.findall(chunk))
        if first and len(self._begins) < _LOOKED_AT and '"' in chunk:
            self._begins.append(chunk)

    def notes(self, *, lines: bool, encoding: str = "utf-8") -> list[str]:
        """A sentence on each thing; lines: whether lines are documents; encoding: in which the text was read."""
        notes = []
        if self._counts:
            met = [_counted(mark, self._counts[mark]) for mark in _UNSEEN if self._counts[mark]]
            listed = " and ".join([", ".join(met[:-1]), met[-1]] if len(met) > 1 else met)
            notes.append(f"In the text are {listed}, which cannot be seen and are learned as characters.")
        if self._controls and codecs.lookup(encoding).name.startswith("iso8859"):
            are = "1 control character" if self._controls == 1 else f"{self._controls:,} control characters"
            notes.append(
                f"Read as {encoding}, the text has {are} (U+0080 to U+009F), where texts from Windows have quotation "
                "marks and dashes: try --encoding cp1252."
            )
        broken = sum(map(broken_records, self._begins)) if lines else 0
        if broken:
            are = "line ends" if broken == 1 else "lines end"
            notes.append(
                f"The text looks like a table (CSV) in which {broken:,} {are} inside quotes: with --lines each is a "
                "text of its own. Replace line ends inside quotes by spaces first."
            )
        return notes


def _counted(mark: str, count: int) -> str:
    return f"{count:,} {_UNSEEN[mark][count != 1]} (U+{ord(mark):04X})"


def broken_records(text: str) -> int:
    """How many lines of a table's beginning end inside a quoted field; 0 where it is no table."""
    whole = text[: text.rfind("\n") + 1]
    for delimiter in _DELIMITERS:
        if f'{delimiter}"' not in whole and f'"{delimiter}' not in whole:
            continue
        records, widths = list[list[str]](), Counter[int]()
        with suppress(csv.Error):
            for record in csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter, strict=True):
                records.append(record)
                widths[len(record)] += 1
        if len(records) < _RECORDS:
            continue
        width, alike = widths.most_common(1)[0]
        if width > 1 and alike >= _ALIKE * len(records):
            return sum(field.count("\n") for record in records for field in record if len(record) == width)
    return 0
