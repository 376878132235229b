"""Places where a text may begin: what follows a blank line, a sentence or, failing these, a line.

A network learns to write from nothing only where its rows start anew; if that were anywhere, samples would begin in
the middle of a word.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmgen.text.collect import BLOCK
from lstmgen.text.tokens import Vocabulary

WHITE, LINE, END, CLOSER, OTHER, FULL, WORD = 1, 2, 4, 8, 16, 32, 64  # what a token is, as flags
_ENDS, _FULL_ENDS, _CLOSERS = ".!?…।", "。！？", "\"'”’»)]"  # after a full-width end no space is written
SPARSE = 1_000  # tokens to a beginning, at most

Ids = npt.NDArray[Any]
Offsets = npt.NDArray[np.int64]


def _flags(vocabulary: Vocabulary) -> npt.NDArray[np.uint8]:
    """What every token is."""
    flags = np.zeros(len(vocabulary), np.uint8)
    for k, token in enumerate(vocabulary.tokens):
        if token.isspace():
            flags[k] = WHITE | (LINE if token[-1] in "\n\r" else 0)
        elif token in _MARKS:
            flags[k] = _MARKS[token]
        elif token:  # not JOIN
            flags[k] = OTHER | (WORD if vocabulary.spelling.takes_space[k] else 0)
    return flags


_MARKS = {
    **dict.fromkeys(_ENDS, END),
    **dict.fromkeys(_FULL_ENDS, END | FULL),
    **dict.fromkeys(_CLOSERS, CLOSER | OTHER),
}


def beginnings_of(ids: Ids, vocabulary: Vocabulary) -> Offsets | None:
    """Ascending places in `ids` (not 0); None where they would be more than SPARSE tokens apart."""
    flags = _flags(vocabulary)
    for with_lines in (False, True):
        found = _found(ids, flags, with_lines)
        if len(found) * SPARSE >= len(ids):
            return found
    return None


def _found(ids: Ids, flags: npt.NDArray[np.uint8], with_lines: bool) -> Offsets:
    places = []
    for a in range(0, len(ids), BLOCK):
        low = max(0, a - 3)
        near = np.concatenate((np.zeros(3 - (a - low), np.uint8), flags[ids[low : a + BLOCK]]))
        before3, before2, before, here = near[:-3], near[1:-2], near[2:-1], near[3:]
        ended = (before2 & END) | ((before2 & CLOSER) & ((before3 & END) << 1))
        start = ((before & WHITE) != 0) & ((ended | (before & before2 & LINE)) != 0)
        start |= (before & FULL) != 0
        # Words: the space is understood, and no token.
        start |= ((here & WORD) != 0) & (((before & END) | ((before & CLOSER) & ((before2 & END) << 1))) != 0)
        if with_lines:
            start |= (before & LINE) != 0
        places.append(np.flatnonzero(start & ((here & OTHER) != 0)) + a)
    return np.concatenate(places).astype(np.int64) if places else np.zeros(0, np.int64)
