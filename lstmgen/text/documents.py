"""Documents of a corpus: lines as documents, shuffling them, and where the validation part begins."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmgen.text import spool
from lstmgen.text.spool import Spool

Ids = npt.NDArray[Any]
Offsets = npt.NDArray[np.int64]

VALIDATION = 0.05  # the usual share
MOST_VALIDATION = 200_000  # tokens, of the usual share: more would take time and tell no more
FEWEST_TOKENS = 1_000  # of a text that is split at all: a smaller end would tell nothing


def with_last_line_ended(chunks: Iterable[str]) -> Iterator[str]:
    r"""The chunks, and a `\n` where the last line has none."""
    last = "\n"
    for chunk in chunks:
        last = chunk[-1:] or last
        yield chunk
    if last != "\n":
        yield "\n"


def lines_of(ids: Ids, newline: int | None) -> tuple[Offsets, Offsets]:
    """First token and length of every line that has something in it; a line ends with its `newline` id."""
    if newline is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    ends = np.concatenate([np.flatnonzero(block == newline) + (a + 1) for a, block in spool.blocks(ids)])
    begins = np.concatenate(([0], ends[:-1])).astype(np.int64)
    full = ends - begins > 1
    return begins[full], (ends - begins)[full]


def gathered(ids: Ids, begins: Offsets, lengths: Offsets, out: Spool) -> tuple[Ids, Offsets]:
    """Documents one after the other, and where each begins; in blocks, since positions take 8 bytes each."""
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    total = int(lengths.sum())
    for first in range(0, total, spool.BLOCK):
        end = min(first + spool.BLOCK, total)
        a, b = int(np.searchsorted(starts, first, side="right")) - 1, int(np.searchsorted(starts, end))
        inside = np.minimum(starts[a:b] + lengths[a:b], end) - np.maximum(starts[a:b], first)
        out.add(ids[np.repeat(begins[a:b] - starts[a:b], inside) + np.arange(first, end)])
    return out.finish(), starts


def split_point(tokens: int, starts: Offsets, share: float, lines: bool) -> int:
    """First token of the validation part: the end of the text, at a line's begin where lines are documents.

    `tokens` when there is to be none.
    """
    if share <= 0.0 or tokens < FEWEST_TOKENS:
        return tokens
    wanted = tokens - math.floor(tokens * (1.0 - share) + 1e-6)
    if share == VALIDATION:
        wanted = min(wanted, MOST_VALIDATION)
    split = tokens - wanted
    if not lines:
        return split
    after = int(np.searchsorted(starts, split))
    near = [int(start) for start in starts[max(0, after - 1) : after + 1] if start > 0]
    return min(near, key=lambda start: (abs(start - split), start), default=tokens)
