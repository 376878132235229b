"""The validation loss: on the way of a subset, at the end of the whole part in one stream.

The subset's tokens are the same ones every time, each read as training would read it. Rows begin where training
begins: at a document's first token. Where documents are longer than a row, a row begins earlier than what is scored of
it, at a place where a text may begin, and the states are warmed up on what lies between. A row that began anywhere,
from zero states, would be charged for a place that the network was never taught to begin at: the surer the network, the
dearer. So the figure agrees with that of one stream, within the error of a sample.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Float32Array, Float64Array, Int64Array
from lstmgen.network import Network
from lstmgen.network.losses import stream_losses
from lstmgen.network.window import ShouldStop, never_stop
from lstmgen.standard_errors import standard_error
from lstmgen.text import Corpus, validation_windows
from lstmgen.text.beginnings import Beginnings
from lstmgen.text.bits import BitsPerCharacter, validation_bits_per_character
from lstmgen.text.streams import row_windows

MAX_ROWS = 16  # side by side, at most
VALIDATION_WINDOW = 128
STATE_WARM_UP = 128  # tokens read before the first that is scored, at least, where a document does not begin sooner
MAX_LOOK_BACK = 4 * STATE_WARM_UP  # tokens before it among which a place to begin at is looked for
_SHORTEST = 64  # tokens of a piece, where only the beginnings of pieces are scored
SIGNIFICANT_ERRORS = 2.0  # standard errors
MIN_ROW_TOKENS = (
    4 * STATE_WARM_UP
)  # tokens scored in a row, at least, so that warming up costs no more than a quarter of it

_Parts = tuple[AnyArray, Int64Array, Int64Array, BoolArray]  # of a subset: ids, starts, first, scored


@dataclass(frozen=True)
class ValidationScore:
    """Mean nats a token; bits a character of the text."""

    nats: float
    bits: float
    tokens: int


@dataclass(frozen=True, eq=False)
class ValidationSubset:
    """Tokens `ids` (n,) with the `starts` of their documents, read in rows that begin at `first` (B,).

    scored (n,): whether a token counts, or only warms up the states for those after it.
    """

    ids: AnyArray
    starts: Int64Array
    first: Int64Array
    scored: BoolArray
    bits_per_character: BitsPerCharacter

    @property
    def count(self) -> int:
        """Tokens scored."""
        return int(self.scored.sum())

    def score(self, network: Network, stop: ShouldStop) -> ValidationScore:
        """The figure on the way, of the weights in hand."""
        nats = float(self.nats(network, stop).mean())
        return ValidationScore(nats, self.bits_per_character.convert(nats), self.count)

    def nats(self, network: Network, stop: ShouldStop) -> Float64Array:
        """Losses of the scored tokens (count,) in the order of the text, from zero states, without dropout."""
        return self.row_nats(network, slice(0, len(self.first)), stop)[self.scored]

    def row_nats(self, network: Network, rows: slice, stop: ShouldStop = never_stop) -> Float64Array:
        """Losses of all tokens of some rows, one after the other."""
        first = self.first[rows]
        if not len(first):
            return np.zeros(0)
        end = int(np.append(self.first, len(self.ids))[rows.stop])
        ids, starts, begin = self.ids[:end], self.starts[self.starts < end], int(first[0])
        state, nats = network.zero_state(len(first)), np.zeros(end)
        for k, (x, y) in enumerate(row_windows(ids, starts, first, VALIDATION_WINDOW)):
            places = (first + k * VALIDATION_WINDOW + np.arange(len(x))[:, None])[y >= 0]
            losses, state = network.losses(x, y, state, stop=stop)
            nats[places] = losses[y >= 0]
        return nats[begin:]


def validation_subset(corpus: Corpus, limit: int) -> ValidationSubset | None:
    """About `limit` tokens from all over the validation part; None where there is no such part."""
    ids, starts = corpus.validation, corpus.validation_starts
    if not len(ids):
        return None
    wanted = min(limit, len(ids))
    short = len(ids) * MAX_ROWS <= wanted * len(starts)
    parts = _of_documents(ids, starts, wanted) if short else _of_spans(ids, starts, wanted, corpus.beginnings)
    return ValidationSubset(*parts, validation_bits_per_character(corpus))


def _of_documents(ids: AnyArray, starts: Int64Array, wanted: int) -> _Parts:
    """Whole documents at equal distances, shared out among rows of about the same length."""
    ends, every = np.append(starts[1:], len(ids)), max(1, math.ceil(len(ids) / wanted))
    pieces = [ids[a : min(b, a + wanted)] for a, b in zip(starts[::every], ends[::every], strict=True)]
    begins = np.cumsum([0, *(len(piece) for piece in pieces)])
    equal = np.arange(MAX_ROWS) * int(begins[-1]) // MAX_ROWS
    first = np.unique(begins[np.searchsorted(begins[:-1], equal)])
    first = first[first < begins[-1]]
    whole = np.concatenate(pieces)
    return whole, begins[:-1].astype(np.int64), first, np.ones(len(whole), np.bool_)


def _of_spans(ids: AnyArray, starts: Int64Array, wanted: int, beginnings: Beginnings | None) -> _Parts:
    """Spans at equal distances, a row each, with what warms up its states in front."""
    rows = min(max(1, wanted // MIN_ROW_TOKENS), MAX_ROWS)
    length, here = wanted // rows, None if beginnings is None else replace(beginnings, ids=ids)
    if wanted == len(ids):
        spans = [(k * wanted // rows, (k + 1) * wanted // rows) for k in range(rows)]
    else:
        places = [k * (len(ids) - length) // max(1, rows - 1) for k in range(rows)]
        spans = [(a, a + length) for a in places]
    entries = [_entry(a, starts, here) for a, _ in spans]
    first = np.cumsum([0, *(b - e for e, (_, b) in zip(entries, spans, strict=True))])
    inside, scored = [first[:-1]], []
    for e, at, (a, b) in zip(entries, first.tolist(), spans, strict=False):
        inside.append(starts[(starts > e) & (starts < b)] - e + at)
        scored.append(np.arange(e, b) >= a)
    whole = np.concatenate([ids[e:b] for e, (_, b) in zip(entries, spans, strict=True)])
    return whole, np.unique(np.concatenate(inside)), first[:-1], np.concatenate(scored)


def _entry(place: int, starts: Int64Array, beginnings: Beginnings | None) -> int:
    """Where reading begins for a span that is scored from `place` on."""
    document = int(starts[np.searchsorted(starts, place, side="right") - 1])
    if place - document <= STATE_WARM_UP:
        return document
    latest = place - STATE_WARM_UP
    near = np.arange(max(document, place - MAX_LOOK_BACK), latest + 1)
    natural = near == document
    if beginnings is not None:
        natural |= beginnings(near)
    return int(near[np.flatnonzero(natural)[-1]]) if natural.any() else latest


def score_validation(
    network: Network, corpus: Corpus, stop: ShouldStop, limit: int | None = None
) -> ValidationScore | None:
    """The figure that is reported: the validation part, or `limit` tokens of it, as one stream from zero state."""
    if not len(corpus.validation):
        return None
    ids, starts = tokens_to_score(corpus, limit)
    windows = validation_windows(ids, starts, batch_size=1, seq_length=VALIDATION_WINDOW)
    total = sum(float(nats.sum()) for nats in stream_losses(network, windows, stop))
    mean = total / len(ids)
    return ValidationScore(mean, validation_bits_per_character(corpus).convert(mean), len(ids))


def tokens_to_score(corpus: Corpus, limit: int | None) -> tuple[AnyArray, AnyArray]:
    """Up to `limit` tokens of the validation part and the starts of their documents.

    The part's beginning; where it consists of pieces from all over the text, as much of the beginning of each.
    """
    ids, starts = corpus.validation, corpus.validation_starts
    if limit is None or len(ids) <= limit:
        return ids, starts
    if not corpus.validation_pieces or limit < _SHORTEST * len(starts):
        return ids[:limit], starts[starts < limit]
    lengths = np.diff(np.append(starts, len(ids)))
    low, high = _SHORTEST, int(lengths.max())
    while high - low > 1:  # tokens of a piece, of the longer ones
        middle = (low + high) // 2
        low, high = (middle, high) if np.minimum(lengths, middle).sum() <= limit else (low, middle)
    kept = np.minimum(lengths, low)
    pieces = [ids[a : a + many] for a, many in zip(starts.tolist(), kept.tolist(), strict=True)]
    return np.concatenate(pieces), np.concatenate(([0], np.cumsum(kept)[:-1])).astype(np.int64)


def significantly_above(nats: Float64Array, others: Float64Array) -> bool:
    """Whether `nats` are above `others`, the same tokens' (n,), by more than twice the standard error."""
    above = nats - others
    return bool(above.mean() > SIGNIFICANT_ERRORS * standard_error(above))


@contextmanager
def temporary_weights(network: Network, weights: Float32Array) -> Iterator[None]:
    """For a moment the network has other weights."""
    kept = network.parameters.copy()
    network.parameters[:] = weights
    network.refresh()
    try:
        yield
    finally:
        network.parameters[:] = kept
        network.refresh()
