"""Places where a text may begin: what follows a blank line, a sentence or, failing these, a line.

A network learns to write from nothing only where its rows start anew; if that were anywhere, samples would begin in
the middle of a word. The places are not listed but recognised by the three tokens before them, so that a long text
takes no more memory than a short one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Int64Array, UInt8Array
from lstmgen.text.spool import blocks
from lstmgen.text.tokens import Vocabulary

_WHITE, _LINE, _END, _CLOSER, _OTHER, _FULL, _WORD = 1, 2, 4, 8, 16, 32, 64  # what a token is, as flags
_ENDS, _FULL_ENDS, _CLOSERS = ".!?…।", "。！？", "\"'”’»)]"  # after a full-width end no space is written
_SPARSE = 1_000  # tokens to a beginning, at most


@dataclass(frozen=True, eq=False)
class Beginnings:
    """Tells of places in `ids` whether a text may begin there; with `with_lines` after every line end too."""

    ids: AnyArray
    flags: UInt8Array
    line_starts_count: bool

    def __call__(self, places: Int64Array) -> BoolArray:
        """Which of the places are beginnings, in their shape; the first token of `ids` is none."""
        near = [self._before(places, k) for k in (3, 2, 1, 0)]
        return _begins(*near, with_lines=self.line_starts_count)

    def _before(self, places: Int64Array, k: int) -> UInt8Array:
        flags = self.flags.take(self.ids.take(places - k, mode="clip"))
        return np.where(places < k, np.uint8(0), flags) if k else flags

    def is_dense(self) -> bool:
        """Whether they are no more than SPARSE tokens apart; a text is read only as far as it takes to know."""
        beginnings = 0
        for count in self._counts():
            beginnings += count
            if beginnings * _SPARSE >= len(self.ids):
                return True
        return not len(self.ids)

    def _counts(self) -> Iterator[int]:
        for a, block in blocks(self.ids, before=3):
            short = max(0, 3 - a)
            near = np.concatenate((np.zeros(short, np.uint8), self.flags[block]))
            yield int(_begins(near[:-3], near[1:-2], near[2:-1], near[3:], with_lines=self.line_starts_count).sum())


def find_beginnings(ids: AnyArray, vocabulary: Vocabulary) -> Beginnings | None:
    """The beginnings in `ids`; None where they would be more than SPARSE tokens apart."""
    flags = _flags(vocabulary)
    both = (Beginnings(ids, flags, with_lines) for with_lines in (False, True))
    return next((one for one in both if one.is_dense()), None)


def _flags(vocabulary: Vocabulary) -> UInt8Array:
    """What every token is."""
    flags = np.zeros(len(vocabulary), np.uint8)
    for k, token in enumerate(vocabulary.tokens):
        if token.isspace():
            flags[k] = _WHITE | (_LINE if token[-1] in "\n\r" else 0)
        elif token in _MARKS:
            flags[k] = _MARKS[token]
        elif token:  # not JOIN
            flags[k] = _OTHER | (_WORD if vocabulary.spelling.takes_space[k] else 0)
    if vocabulary.end is not None:
        flags[vocabulary.end] = 0  # what follows it begins a document anyway
    return flags


_MARKS = {
    **dict.fromkeys(_ENDS, _END),
    **dict.fromkeys(_FULL_ENDS, _END | _FULL),
    **dict.fromkeys(_CLOSERS, _CLOSER | _OTHER),
}


def _begins(
    before3: UInt8Array, before2: UInt8Array, before: UInt8Array, here: UInt8Array, *, with_lines: bool
) -> BoolArray:
    """Whether a text may begin at a token, by its flags and those of the three before it (0: there is none)."""
    ended = (before2 & _END) | ((before2 & _CLOSER) & ((before3 & _END) << 1))
    start = ((before & _WHITE) != 0) & ((ended | (before & before2 & _LINE)) != 0)
    start |= (before & _FULL) != 0
    # Words: the space is understood, and no token.
    start |= ((here & _WORD) != 0) & (((before & _END) | ((before & _CLOSER) & ((before2 & _END) << 1))) != 0)
    if with_lines:
        start |= (before & _LINE) != 0
    return np.asarray(start & ((here & _OTHER) != 0))
