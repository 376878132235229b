"""Documents inside one text: what stands between them, and the cutting.

A text arrives in chunks and is never held as a whole, so a separator may be no longer than `_LONGEST` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lstmgen.errors import UsageError

BLANK_LINE, FORM_FEED = "blank-line", "form-feed"
_NAMED = {BLANK_LINE: r"\n(?:[ \t]*\n)+", FORM_FEED: r"\f"}
_EXPRESSION = "re:"  # before a regular expression
_ESCAPES = {r"\n": "\n", r"\t": "\t", r"\f": "\f", r"\\": "\\"}
_LONGEST = 1 << 12


def separator_pattern(separator: str) -> re.Pattern[str]:
    r"""What separates documents: blank-line, form-feed, re:EXPRESSION, or the very text (\n, \t and \f understood).

    UsageError for an expression that is none, and for a separator that separates everything.
    """
    if separator.startswith(_EXPRESSION):
        source = separator.removeprefix(_EXPRESSION)
    elif separator in _NAMED:
        source = _NAMED[separator]
    else:
        source = re.escape(re.sub(r"\\[ntf\\]", lambda met: _ESCAPES[met[0]], separator))
    way_out = f"Use {BLANK_LINE}, {FORM_FEED}, the separating text itself, or {_EXPRESSION} and an expression."
    try:
        pattern = re.compile(source, re.MULTILINE)
    except re.error as error:
        raise UsageError(f"--documents {separator}: this is not a regular expression ({error}).\n{way_out}") from error
    if pattern.match(""):
        raise UsageError(
            f"--documents {separator!r} also matches where nothing stands, so it would cut everywhere.\n{way_out}"
        )
    return pattern


def cut_documents(chunks: Iterable[str], separator: re.Pattern[str]) -> Iterator[Iterator[str]]:
    """The documents of a text, as chunks each, without the line ends around them; take each before the next."""
    return _Cutter(chunks, separator).documents()


class _Cutter:
    """Reads ahead as far as it takes to know where a document ends."""

    def __init__(self, chunks: Iterable[str], separator: re.Pattern[str]) -> None:
        self._chunks, self._separator = iter(chunks), separator
        self._text, self._at = "", 0  # what was read, and how much of it was handed out
        self._whole = False  # nothing more will be read

    def documents(self) -> Iterator[Iterator[str]]:
        while not self._whole or self._at < len(self._text):
            yield _without_line_ends(self._document())

    def _document(self) -> Iterator[str]:
        while True:
            met = self._separator.search(self._text, self._at)
            # A match that touches the end of what was read might go on.
            if met is not None and (self._whole or met.end() < len(self._text) - _LONGEST):
                yield self._text[self._at : met.start()]
                self._at = met.end()
                return
            if self._whole:
                yield self._text[self._at :]
                self._at = len(self._text)
                return
            sure = max(self._at, (len(self._text) if met is None else met.start()) - _LONGEST)
            if sure > self._at:
                yield self._text[self._at : sure]
            more = next(self._chunks, None)
            self._whole = more is None
            self._text, self._at = self._text[sure:] + (more or ""), 0


def _without_line_ends(chunks: Iterator[str]) -> Iterator[str]:
    """A document's chunks without the line ends before and after it."""
    begun, held = False, ""  # line ends that only belong to it if something follows
    for chunk in chunks:
        text = chunk if begun else chunk.lstrip("\n")
        bare = text.rstrip("\n")
        if bare:
            yield held + bare
            begun, held = True, text[len(bare) :]
        else:
            held += text
