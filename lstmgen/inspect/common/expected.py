"""What a model expected before each token of a text, and how much the token surprised it. In float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array, FloatArray, Int64Array
from lstmgen.inspection.trace import Trace

_ROWS = 64  # distributions at once: a large vocabulary takes little memory


@dataclass(frozen=True)
class Expected:
    """T tokens, K likeliest ones. Row t of the likeliest stands before token t; row T is after the last token.

    bits    surprise -log2 p of each token (T,)
    rank    how many tokens were at least as likely, itself included (T,): 1 is the likeliest
    ids     the likeliest tokens, the likeliest first (T + 1, K)
    shares  their probabilities (T + 1, K)
    """

    bits: Float64Array
    rank: Int64Array
    ids: Int64Array
    shares: Float64Array


@np.errstate(invalid="ignore", over="ignore")  # edited weights may give NaN, which stays NaN
def log_softmax(logits: FloatArray) -> Float64Array:
    """Natural logarithms of the softmax over the last axis."""
    raised = logits.astype(np.float64)
    raised -= raised.max(axis=-1, keepdims=True)
    return np.asarray(raised - np.log(np.exp(raised).sum(axis=-1, keepdims=True)))


@np.errstate(invalid="ignore", over="ignore")
def softmax(logits: FloatArray) -> Float64Array:
    """Probabilities (V,) from logits."""
    powers = np.exp(logits.astype(np.float64) - float(logits.max()))
    return np.asarray(powers / powers.sum())


def likeliest(logs: Float64Array, count: int) -> Int64Array:
    """Of each row (N, V) the `count` largest, largest first and ties by number; NaN counts as the least."""
    solid = np.nan_to_num(logs, nan=-np.inf)
    count = min(count, solid.shape[1])
    least = -np.partition(-solid, count - 1, axis=1)[:, count - 1 : count]
    above, ties = solid > least, solid == least
    kept = above | (ties & (np.cumsum(ties, axis=1) <= count - above.sum(axis=1, keepdims=True)))
    columns = np.nonzero(kept)[1].reshape(len(solid), count)
    order = np.argsort(-np.take_along_axis(solid, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1).astype(np.int64)


def expected(trace: Trace, count: int = 5) -> Expected:
    """Of every token of the trace, with the `count` likeliest at each place."""
    T, V = trace.logits.shape
    K = min(count, V)
    bits, rank = np.empty(T), np.empty(T, np.int64)
    ids, shares = np.empty((T + 1, K), np.int64), np.empty((T + 1, K))
    for a in range(0, T + 1, _ROWS):
        rows = range(a, min(a + _ROWS, T + 1))
        logs = log_softmax(np.stack([trace.first_logits if t == 0 else trace.logits[t - 1] for t in rows]))
        ids[a : rows.stop] = likeliest(logs, K)
        shares[a : rows.stop] = np.exp(np.take_along_axis(logs, ids[a : rows.stop], axis=1))
        here = trace.ids[a : min(rows.stop, T)]
        own = logs[np.arange(len(here)), here]
        bits[a : a + len(here)] = -own / np.log(2)
        rank[a : a + len(here)] = (logs[: len(here)] >= own[:, None]).sum(axis=1)
    return Expected(bits, rank, ids, shares)
