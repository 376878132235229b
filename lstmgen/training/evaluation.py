"""Loss on the validation part: a fixed sample of it on the way, all of it in one stream at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmgen.network import Network
from lstmgen.text import Corpus, validation_windows
from lstmgen.text.bits import Exchange, letter_nats
from lstmgen.text.spool import blocks
from lstmgen.training.state import Floats

ROWS = 16  # side by side, on the way
ROW = 64  # tokens a row has at least: its first few are guessed without a past
WINDOW = 128

Ids = npt.NDArray[Any]
Nats = npt.NDArray[np.float64]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Score:
    """Mean nats a token; bits a character of the text."""

    nats: float
    bits: float
    tokens: int


def exchange_of(corpus: Corpus) -> Exchange:
    """Of the validation part. An unknown word is charged for each letter and its end."""
    count, unknown = len(corpus.validation), corpus.vocabulary.unknown
    if not count:
        return Exchange(corpus.characters / max(1, len(corpus.ids)), 0.0)
    spelling = 0.0
    if unknown is not None:
        unknowns = sum(int((block == unknown).sum()) for _, block in blocks(corpus.validation))
        spelling = (corpus.unknown_spelling + unknowns) * letter_nats(corpus.vocabulary) / count
    return Exchange(corpus.validation_characters / count, spelling)


@dataclass(frozen=True)
class Sample:
    """The tokens scored on the way, the same every time, with the starts of their documents."""

    ids: Ids
    starts: Ids
    exchange: Exchange

    def score(self, network: Network, stop: Stop) -> Score:
        """From zero states, in 16 rows (fewer where there is little text), without dropout."""
        return _score_of(self.nats(network, stop), self.exchange)

    def nats(self, network: Network, stop: Stop) -> Nats:
        """Each token's loss (n,), always in the same order."""
        rows = min(ROWS, max(1, len(self.ids) // ROW))
        return np.concatenate(list(_nats_of(network, self.ids, self.starts, rows, stop)))


def sample_of(corpus: Corpus, limit: int) -> Sample | None:
    """About `limit` tokens spread over the validation part; None where there is no such part."""
    ids, starts = corpus.validation, corpus.validation_starts
    if not len(ids):
        return None
    if len(ids) > limit:
        pieces = _documents(ids, starts, limit) if len(starts) > ROWS else _spans(ids, limit)
        ids = np.concatenate(pieces)
        starts = np.cumsum([0] + [len(p) for p in pieces[:-1]])
    return Sample(ids, np.asarray(starts, dtype=np.int64), exchange_of(corpus))


def _spans(ids: Ids, limit: int) -> list[Ids]:
    length = max(1, limit // ROWS)
    first = [row * (len(ids) - length) // (ROWS - 1) for row in range(ROWS)]
    return [ids[a : a + length] for a in first]


def _documents(ids: Ids, starts: Ids, limit: int) -> list[Ids]:
    ends = np.append(starts[1:], len(ids))
    every = max(1, math.ceil(len(ids) / limit))
    return [ids[a : min(b, a + limit)] for a, b in zip(starts[::every], ends[::every], strict=True)]


def _nats_of(network: Network, ids: Ids, starts: Ids, rows: int, stop: Stop) -> Iterator[Nats]:
    """Losses of every token of `ids`, each once, window by window."""
    state: Floats | None = None
    for x, y in validation_windows(ids, starts, rows=rows, window=WINDOW):
        if state is None or state.shape[2] != x.shape[1]:
            state = network.zero_state(x.shape[1])
        nats, state = network.losses(x, y, state, stop=stop)
        yield nats[y >= 0].astype(np.float64)


def _score_of(nats: Nats, exchange: Exchange) -> Score:
    mean = float(nats.sum()) / max(1, len(nats))
    return Score(mean, exchange.bits(mean), len(nats))


def whole_score(network: Network, corpus: Corpus, stop: Stop) -> Score | None:
    """The figure that is reported: the whole validation part as one stream from zero state."""
    if not len(corpus.validation):
        return None
    total = sum(float(nats.sum()) for nats in _nats_of(network, corpus.validation, corpus.validation_starts, 1, stop))
    mean = total / len(corpus.validation)
    return Score(mean, exchange_of(corpus).bits(mean), len(corpus.validation))


@contextmanager
def weights_of(network: Network, weights: Floats) -> Iterator[None]:
    """For a moment the network has other weights."""
    kept = network.parameters.copy()
    network.parameters[:] = weights
    network.refresh()
    try:
        yield
    finally:
        network.parameters[:] = kept
        network.refresh()
