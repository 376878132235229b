"""Documents of a corpus: putting them into another order, and what of them is held back for validation."""

from __future__ import annotations

import math

import numpy as np

from lstmgen.arrays import AnyArray, Int64Array
from lstmgen.text import spool
from lstmgen.text.separators import BLANK_LINE
from lstmgen.text.spool import Spool

_VALIDATION = 0.05  # the usual share
_MOST_VALIDATION = 200_000  # tokens, of the usual share: more would take time and tell no more
MAX_PIECES, _SHORTEST_PIECE = 10, 500  # of the usual share, and tokens: where a text is entered, little is known of it
_MIN_ALONE, _MAX_MEAN_ALONE = 20, 2_000  # documents, and tokens each on average: longer ones begin too seldom
_ALIKE = 0.7  # share of the records that have as many lines as most
MIN_SPLIT_TOKENS = 1_000  # of a text that is split at all: a smaller end would tell nothing


def gather_documents(ids: AnyArray, begins: Int64Array, lengths: Int64Array, out: Spool) -> tuple[AnyArray, Int64Array]:
    """Documents one after the other, and where each begins; in blocks, since positions take 8 bytes each."""
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    total = int(lengths.sum())
    for first in range(0, total, spool.BLOCK):
        end = min(first + spool.BLOCK, total)
        a, b = int(np.searchsorted(starts, first, side="right")) - 1, int(np.searchsorted(starts, end))
        inside = np.minimum(starts[a:b] + lengths[a:b], end) - np.maximum(starts[a:b], first)
        out.add(ids[np.repeat(begins[a:b] - starts[a:b], inside) + np.arange(first, end)])
    return out.finish(), starts


def stand_alone(count: int, tokens: int) -> bool:
    """Whether so many documents of so many tokens in all are short texts of their own: recipes, letters, poems.

    Few long ones (chapters, books) are learned from like one text, from all over it.
    """
    return count >= _MIN_ALONE and tokens <= _MAX_MEAN_ALONE * count


def separate_records_hint(ids: AnyArray, newline: int | None) -> str:
    """Whether blank lines seem to set records apart that are alike: cards, entries, stanzas. Else empty.

    It is only proposed: plays and novels have blank lines too, and go on after them.
    """
    if newline is None:
        return ""
    ends = np.flatnonzero(ids[: spool.BLOCK] == newline)
    blank = np.flatnonzero(np.diff(ends) == 1)  # numbers of the line ends that a blank line follows
    if len(blank) < _MIN_ALONE:
        return ""
    lines = np.diff(blank) - 1  # of each record between two blank lines
    lines = lines[lines > 0]
    usual = int(np.bincount(lines).argmax()) if len(lines) else 0
    if usual < 2 or (lines == usual).mean() < _ALIKE:
        return ""
    return (
        f"Blank lines set off records of {usual} lines each. If each is a text of its own, "
        f"add --documents {BLANK_LINE}: samples then begin and end with a record."
    )


def validation_token_count(tokens: int, share: float | None) -> int | None:
    """How many of so many tokens are to be held back; None for none at all.

    share None is the usual one, of 200,000 tokens at most.
    """
    usual = _VALIDATION if share is None else share
    if usual <= 0.0 or tokens < MIN_SPLIT_TOKENS:
        return None
    wanted = tokens - math.floor(tokens * (1.0 - usual) + 1e-6)
    return min(wanted, _MOST_VALIDATION) if usual == _VALIDATION else wanted


def split_point(tokens: int, starts: Int64Array, share: float | None, lines: bool) -> int:
    """First token of the validation part once it stands at the end, at a line's begin where lines are documents.

    `tokens` when there is to be none.
    """
    wanted = validation_token_count(tokens, share)
    if wanted is None:
        return tokens
    split = tokens - wanted
    if not lines:
        return split
    after = int(np.searchsorted(starts, split))
    near = [int(start) for start in starts[max(0, after - 1) : after + 1] if start > 0]
    return min(near, key=lambda start: (abs(start - split), start), default=tokens)


def choose_validation_pieces(ids: AnyArray, newline: int | None, wanted: int) -> list[tuple[int, int]]:
    """About `wanted` tokens in pieces spread evenly over a text, each of whole lines: (first token, after the last).

    A text changes as it goes on, a play ends and another begins: the end alone would be judged by what was never
    learned, and never learned from. Empty where the text has too few lines to be cut at.
    """
    if newline is None:
        return []
    count = max(1, min(MAX_PIECES, wanted // _SHORTEST_PIECE))
    length, found = max(1, wanted // count), []
    for k in range(count):
        middle = (2 * k + 1) * len(ids) // (2 * count)
        begin = _line_at(ids, newline, middle - length // 2, length)
        end = _line_at(ids, newline, begin + length, length) if begin else None
        if begin is None or end is None:
            return []
        found.append((begin, end))
    return found


def _line_at(ids: AnyArray, newline: int, place: int, within: int) -> int | None:
    """Where the next line begins, at `place` or after it; None where that is not near."""
    near = np.flatnonzero(ids[max(0, place - 1) : place + within] == newline)
    begin = max(0, place - 1) + int(near[0]) + 1 if len(near) else len(ids)
    return begin if 0 < begin < len(ids) else None


def move_pieces_to_end(
    ids: AnyArray, starts: Int64Array, pieces: list[tuple[int, int]], out: Spool
) -> tuple[AnyArray, Int64Array, int]:
    """The text with its pieces behind the rest, where its documents then begin, and the first token of the pieces.

    What follows a piece and what a piece begins with are documents of their own: nothing of before is known there.
    Works in place where the ids can be written to.
    """
    edges = np.unique(np.concatenate((starts, [0], *pieces))).astype(np.int64)
    edges = edges[edges < len(ids)]
    lengths = np.diff(np.append(edges, len(ids)))
    inside = np.zeros(len(edges), np.bool_)
    for a, b in pieces:
        inside |= (edges >= a) & (edges < b)
    order = np.concatenate((np.flatnonzero(~inside), np.flatnonzero(inside)))
    ends = np.cumsum(lengths[order])
    begins = np.concatenate(([0], ends[:-1])).astype(np.int64)
    split = int(lengths[~inside].sum())
    if not ids.flags.writeable:
        for k in order.tolist():
            for _, block in spool.blocks(ids[edges[k] : edges[k] + lengths[k]]):
                out.add(block)
        return out.finish(), begins, split
    kept = np.concatenate([ids[a:b] for a, b in pieces])
    for k, to in zip(order.tolist(), begins.tolist(), strict=True):
        if to < split and edges[k] != to:
            for at, block in spool.blocks(ids[edges[k] : edges[k] + lengths[k]]):
                ids[to + at : to + at + len(block)] = block
    ids[split:] = kept
    return ids, begins, split
