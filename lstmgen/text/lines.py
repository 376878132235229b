"""Lines as documents: finding them among the tokens, which are equal, their order, and which are held back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Int64Array, UInt8Array, UInt64Array
from lstmgen.text import spool

MAX_COPIES_SHARE = 0.2  # of the validation part's tokens: copies of one line, since it is to tell of several lines
# Distinct lines of the validation part, in shares of the tokens asked for: where a few lines are most of a text, all
# the others would be needed.
MAX_LINES_RATIO = 2.0
MIN_VALIDATION_SHARE = 0.5  # of the tokens asked for: less would be of rare lines alone, and tell nothing of the others


@dataclass(frozen=True)
class LineRepeats:
    """How many lines there are, and how many different ones."""

    lines: int
    distinct: int

    @property
    def repeated(self) -> int:
        """Lines that are repeats of another."""
        return self.lines - self.distinct


def find_lines(ids: AnyArray, newline: int | None) -> tuple[Int64Array, Int64Array]:
    """First token and length of every line that has something in it; a line ends with its `newline` id."""
    if newline is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    ends = np.concatenate([np.flatnonzero(block == newline) + (a + 1) for a, block in spool.blocks(ids)])
    begins = np.concatenate(([0], ends[:-1])).astype(np.int64)
    full = ends - begins > 1
    return begins[full], (ends - begins)[full]


def banned_at_start(banned: UInt8Array, document_end: int | None) -> UInt8Array:
    """What a document cannot begin with, (V,): what is banned anyway and its end, unless there is nothing else.

    No document that is learned from is empty.
    """
    if document_end is None:
        return banned
    at_start = banned.copy()
    at_start[document_end] = 1
    return banned if at_start.all() else at_start


def _hashes_of(ids: AnyArray, begins: Int64Array, lengths: Int64Array) -> UInt64Array:
    """64 bits for each span of tokens, (n,); the spans are in order and apart. Equal ones have equal bits.

    Different ones have different bits but for about n * n / 2**65 pairs: 0.0003 of 100 million spans.
    """
    hashes, ends = np.zeros(len(begins), np.uint64), begins + lengths
    for first in range(0, len(ids), spool.BLOCK):
        last = min(first + spool.BLOCK, len(ids))
        a, b = int(np.searchsorted(ends, first, side="right")), int(np.searchsorted(begins, last))
        low = np.maximum(begins[a:b], first)
        inside = np.minimum(ends[a:b], last) - low
        if not len(inside):
            continue
        at = np.cumsum(inside) - inside
        places = np.repeat(low - at, inside) + np.arange(int(inside.sum()))
        within = places - np.repeat(begins[a:b], inside)
        hashes[a:b] += np.add.reduceat(_mixed(ids[places], within), at)
        spool.release_pages(ids)
    return hashes


def _mixed(ids: AnyArray, places: Int64Array) -> UInt64Array:
    """Bits for each token at its place; the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    x = (places.astype(np.uint64) << np.uint64(32)) + ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def number_equal_lines(ids: AnyArray, begins: Int64Array, lengths: Int64Array) -> Int64Array:
    """A number for each line from 0 on, (n,), the same for equal ones."""
    return np.unique(_hashes_of(ids, begins, lengths), return_inverse=True)[1].reshape(-1).astype(np.int64)


def choose_validation_lines(kinds: Int64Array, lengths: Int64Array, wanted: int) -> BoolArray:
    """Which of the lines (n,) make up about `wanted` tokens: the last ones, with all copies of each or none.

    A line whose copies would be much of that is none of them, and no more different lines than twice the share; where
    that leaves less than half of what is wanted, no line is held back.
    """
    copies, tokens = np.bincount(kinds), np.bincount(kinds, weights=lengths)
    last = np.zeros(len(copies), np.int64)
    last[kinds] = np.arange(len(kinds))  # of equal indices the last one counts
    order = np.argsort(-last)
    fit = order[(copies[order] == 1) | (tokens[order] <= MAX_COPIES_SHARE * wanted)]
    away = np.abs(np.cumsum(tokens[fit]) - wanted)
    nearest = len(away) - int(np.argmin(away[::-1])) if len(away) else 0
    most = math.ceil(MAX_LINES_RATIO * wanted / float(tokens.sum()) * len(copies))
    chosen = np.zeros(len(copies), np.bool_)
    chosen[fit[: min(nearest, most, len(copies) - 1)]] = True
    if tokens[chosen].sum() < MIN_VALIDATION_SHARE * wanted:
        chosen[:] = False
    return np.asarray(chosen[kinds])


def count_new_lines(ids: AnyArray, begins: Int64Array, lengths: Int64Array, rows: Sequence[AnyArray], cut: int) -> int:
    """How many different rows are none of the lines; rows and lines without their ends, none of them empty.

    A row of `cut` tokens was cut there: it is a line's beginning, and new if no line begins so.
    """
    sizes = np.array([len(row) for row in rows], np.int64)
    if not len(sizes):
        return 0
    hashes = _hashes_of(np.concatenate(rows), np.cumsum(sizes) - sizes, sizes)
    long = lengths >= cut
    known = np.where(
        sizes < cut,
        np.isin(hashes, _hashes_of(ids, begins, lengths)),
        np.isin(hashes, _hashes_of(ids, begins[long], np.full(int(long.sum()), cut, np.int64))),
    )
    return len(np.unique(hashes[~known]))
