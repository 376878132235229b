"""The words of a text of characters, as the word level has them: where each begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstmgen.text.words import space_implied, split


def word_spans(tokens: Sequence[str]) -> list[tuple[str, int, int]]:
    """Each word of the text that the tokens join to, with its first token and the one after its last."""
    starts = np.cumsum([0, *map(len, tokens)])
    spans, at, before = [], 0, ""
    for word in split("".join(tokens)):
        at += space_implied(before, word)
        first, stop = (int(k) for k in np.searchsorted(starts[:-1], (at, at + len(word))))
        if stop > first and not word.isspace():
            spans.append((word, first, stop))
        at, before = at + len(word), word
    return spans
