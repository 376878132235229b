"""What a model expected at every place of a text: its first guesses, the rank of what came, how sure it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import AnyArray, Float64Array, Int32Array, Int64Array
from lstmgen.inspect.common.expected import log_softmax
from lstmgen.inspection.passage import Passage
from lstmgen.text import validation_windows

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork

_WINDOW = 256  # tokens a call
_BINS = 10


@dataclass(frozen=True, eq=False)
class Predictions:
    """Over T tokens. Row t is before token t is read.

    top, probabilities (T, k): ids of the likeliest tokens, best first, and their probabilities; probability (T,): of
    the token that came; rank (T,): 1 where it was the first guess; nats (T,): its surprise; entropy (T,): nats that the
    model expected.
    """

    top: Int64Array
    probabilities: Float64Array
    probability: Float64Array
    rank: Int64Array
    nats: Float64Array
    entropy: Float64Array

    def __len__(self) -> int:
        return len(self.nats)

    def right(self, guesses: int = 1) -> float:
        """Share of the places where the token was among so many first guesses."""
        return float((self.rank <= guesses).mean())

    def worst(self, count: int) -> Int64Array:
        """The most surprising places, worst first."""
        return np.argsort(-self.nats, kind="stable")[:count]


def predict(network: InferenceNetwork, passage: Passage, k: int) -> Predictions:
    """Read a passage from one carried state and keep what was expected before every token."""
    k = min(k, network.architecture.vocabulary)
    state, parts = network.zero_state(1), list[tuple[AnyArray, ...]]()
    for x, y in validation_windows(passage.ids, passage.starts, batch_size=1, seq_length=_WINDOW):
        logits, state = network.logits(x, state)
        parts.append(_guesses(logits[:, 0].astype(np.float64), y[:, 0], k))
    return Predictions(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@np.errstate(invalid="ignore", over="ignore", divide="ignore")  # edited weights may give NaN
def _guesses(logits: Float64Array, came: Int32Array, k: int) -> tuple[AnyArray, ...]:
    """The fields of Predictions for some rows of logits (n, V) and the tokens that came (n,); ties by id."""
    every = np.arange(len(logits))
    logs = log_softmax(logits)
    shares = np.exp(logs)
    nats = -logs[every, came]
    before = np.arange(logits.shape[1]) < came[:, None]
    mine = logits[every, came][:, None]
    rank = 1 + (logits > mine).sum(axis=1) + ((logits == mine) & before).sum(axis=1)
    top = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    entropy = (shares * np.where(shares > 0, -logs, 0.0)).sum(axis=1)
    return top, np.take_along_axis(shares, top, axis=1), shares[every, came], rank, nats + 0.0, entropy


@dataclass(frozen=True, eq=False)
class Calibration:
    """Whether the first guess is right as often as its probability says (Guo, Pleiss, Sun & Weinberger 2017).

    By tenths of that probability (10,): how many places, their mean probability, and how often it was right there (NaN
    without places). error: the gap between the two, averaged over all places.
    """

    places: Int64Array
    expected: Float64Array
    observed: Float64Array
    error: float


def calibration_of(predictions: Predictions) -> Calibration:
    """Of the first guesses."""
    sure, right = predictions.probabilities[:, 0], predictions.rank == 1
    tenth = np.minimum((np.nan_to_num(sure) * _BINS).astype(np.int64), _BINS - 1)
    places = np.bincount(tenth, minlength=_BINS)
    sums = np.bincount(tenth, sure, _BINS), np.bincount(tenth, right, _BINS)
    with np.errstate(invalid="ignore"):
        expected, observed = (each / places for each in sums)
    return Calibration(places, expected, observed, float(np.abs(sums[0] - sums[1]).sum()) / len(predictions))
