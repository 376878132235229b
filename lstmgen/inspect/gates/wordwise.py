"""A trace of characters taken word by word: each quantity's mean over the characters of a word.

Words are those of the word level: runs of letters with inner apostrophes, and every other visible character alone.
White space between them belongs to none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Int64Array
from lstmgen.errors import TextError
from lstmgen.inspect.common.word_spans import word_spans
from lstmgen.inspection.trace import Trace


@dataclass(frozen=True)
class Wordwise:
    """means: a trace of W words, f, i, o, g, c, h (W, L, H) being means; its logits are those after the last token.

    first, stop: the tokens of the whole trace that each word consists of (W,): first up to, but without, stop.
    """

    means: Trace
    first: Int64Array
    stop: Int64Array


def by_words(trace: Trace) -> Wordwise:
    """The trace (T, L, H) as (W, L, H). Raises TextError where there is no word."""
    spans = word_spans(trace.tokens)
    if not spans:
        raise TextError("There is no word in this text, only white space.\nGive another text, or leave --words out.")
    first, stop = np.array([span[1] for span in spans]), np.array([span[2] for span in spans])
    values = {
        letter: np.stack([array[a:b].mean(axis=0, dtype=np.float64) for _, a, b in spans]).astype(np.float32)
        for letter, array in trace.values.items()
    }
    means = Trace(
        cell=trace.cell,
        values=values,
        initial=trace.initial,
        logits=trace.logits[stop - 1],
        first_logits=trace.first_logits,
        tokens=[word for word, _, _ in spans],
        ids=trace.ids[stop - 1],
    )
    return Wordwise(means, first, stop)
