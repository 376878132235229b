"""The validation loss that is reported, of all or much of the part in one stream; which of two losses is higher."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array
from lstmgen.network import Network
from lstmgen.network.window import Stop
from lstmgen.text import Corpus, validation_windows
from lstmgen.text.bits import validation_bits_per_character
from lstmgen.training import events
from lstmgen.training.state import MEASURED
from lstmgen.training.subset import WINDOW, Score

if TYPE_CHECKING:
    from lstmgen.training.loop import Run

_SHORTEST = 64  # tokens of a piece, where only the beginnings of pieces are scored
SURE = 2.0  # standard errors
_BATCH, _FEWEST_BATCHES = 32, 20  # tokens whose mean is one value of a standard error; fewer batches would tell nothing


def _stream_nats(network: Network, ids: AnyArray, starts: AnyArray, stop: Stop) -> Iterator[Float64Array]:
    """Losses of every token of `ids` as one stream, window by window."""
    state = network.zero_state(1)
    for x, y in validation_windows(ids, starts, batch_size=1, seq_length=WINDOW):
        nats, state = network.losses(x, y, state, stop=stop)
        yield nats[y >= 0].astype(np.float64)


def surely_above(nats: Float64Array, others: Float64Array) -> bool:
    """Whether `nats` are above `others`, the same tokens' (n,), by more than twice the standard error."""
    above = nats - others
    return bool(above.mean() > SURE * standard_error(above))


def standard_error(values: Float64Array) -> float:
    """Of a mean over tokens in the order of the text, by means of batches, since neighbours are alike (Law 2015)."""
    batches = len(values) // _BATCH
    if batches >= _FEWEST_BATCHES:
        values = values[: batches * _BATCH].reshape(batches, _BATCH).mean(axis=1)
    return float(values.std() / math.sqrt(max(1, len(values))))


def whole_score(network: Network, corpus: Corpus, stop: Stop, limit: int | None = None) -> Score | None:
    """The figure that is reported: the validation part, or `limit` tokens of it, as one stream from zero state."""
    if not len(corpus.validation):
        return None
    ids, starts = scored_part(corpus, limit)
    total = sum(float(nats.sum()) for nats in _stream_nats(network, ids, starts, stop))
    mean = total / len(ids)
    return Score(mean, validation_bits_per_character(corpus).convert(mean), len(ids))


def scored_part(corpus: Corpus, limit: int | None) -> tuple[AnyArray, AnyArray]:
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


@contextmanager
def weights_of(network: Network, weights: Float32Array) -> Iterator[None]:
    """For a moment the network has other weights."""
    kept = network.parameters.copy()
    network.parameters[:] = weights
    network.refresh()
    try:
        yield
    finally:
        network.parameters[:] = kept
        network.refresh()


def measured_anew(run: Run) -> Iterator[events.Event]:
    """Where an earlier version measured otherwise: the loss of the best weights, before anything is compared to it."""
    counters = run.state.counters
    if counters.measured == MEASURED:
        return
    was, now = counters.best_loss, None
    if run.subset is not None and was is not None:
        with weights_of(run.network, run.state.best):
            now = run.subset.score(run.network, run.stop).nats
    counters.measured, run.state.mark = MEASURED, None
    if was is None or now is None:
        return
    counters.best_loss = now
    counters.low, counters.low_train, counters.worse, counters.best_temperature = None, None, 0, 1.0
    yield events.Notice(
        "An earlier version measured this run's validation loss in another way: that of its best weights is now "
        f"{now:.4f} nats, not {was:.4f}."
    )
