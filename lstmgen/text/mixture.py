"""A network and an n-gram model guess together: p = (1 - w) p_network + w p_ngram, token by token.

Linear interpolation (Jelinek & Mercer 1980). The two are wrong in different places, so the mixture is better than
either. One weight w for all contexts: a table by the longest context that was seen gains 0.001 nats a character more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array, IntArray
from lstmgen.lazy import cached_property
from lstmgen.text.ngram import NGram, Places

# Longer ones bring little for their memory (tests/bench/learning/NGRAM.md).
NGRAM_ORDERS = {"char": 7, "word": 5, "token": 5}
_GRID = 50  # weights that are weighed against each other
_AT_ONCE = 16_384  # tokens
_FIRST_RECOUNT, _GROWTH = 1_000, 20  # tokens; then whenever the text read has grown by a twentieth


def mixture_nats(network_nats: Float64Array, ngram_nats: Float64Array, weights: Float64Array | float) -> Float64Array:
    """Surprise (T,) of the mixture, from the network's and the n-gram's; weight 0 gives the first exactly, 1 the other.

    weights: the n-gram's, in [0, 1].
    """
    with np.errstate(divide="ignore"):
        nats: Float64Array = -np.logaddexp(np.log1p(-np.asarray(weights)) - network_nats, np.log(weights) - ngram_nats)
    return nats


def online_weights(network_nats: Float64Array, ngram_nats: Float64Array) -> Float64Array:
    """The n-gram's weight at each token and after the last, (T + 1,): each found in the tokens before it alone.

    By Bayes' rule over 50 weights from 0.01 to 0.99, all equally likely at first: each is as likely as the text so far
    is under it, and their mean, so weighted, is used. The whole text costs at most ln 50 nats more than under the best.
    """
    grid = (np.arange(_GRID) + 0.5) / _GRID
    means, sums = np.empty(len(network_nats) + 1), np.zeros(_GRID)
    for begin in range(0, len(network_nats), _AT_ONCE):
        part = slice(begin, min(begin + _AT_ONCE, len(network_nats)))
        costs = mixture_nats(network_nats[part, None], ngram_nats[part, None], grid)
        so_far = sums + np.cumsum(costs, axis=0)
        means[part] = _mean_weight(np.concatenate((sums[None], so_far[:-1])), grid)
        sums = so_far[-1]
    means[-1] = _mean_weight(sums[None], grid)[0]
    return means


def _mean_weight(costs: Float64Array, grid: Float64Array) -> Float64Array:
    """The weights' mean (n,) under their probabilities, which are exp(-costs), (n, GRID)."""
    likely = np.exp(costs.min(axis=1, keepdims=True) - costs)
    mean: Float64Array = (likely @ grid) / likely.sum(axis=1)
    return mean


@dataclass(frozen=True, eq=False)
class NgramCorpus:
    """A training text in which n-grams are counted: ids (n,) below V, the longest order, and where documents begin.

    starts: None where the text is not made of many documents.
    """

    ids: IntArray
    vocabulary: int
    order: int
    starts: Places | None = None

    @cached_property
    def ngram(self) -> NGram:
        """The model of it."""
        return NGram.build(self.ids, self.vocabulary, self.order, self.starts)

    def extended(self, ids: IntArray, starts: Places) -> NgramCorpus:
        """With another text counted behind it."""
        first = None if self.starts is None else np.concatenate((self.starts, starts + len(self.ids)))
        return NgramCorpus(np.concatenate((self.ids, ids)), self.vocabulary, self.order, first)

    def online_nats(self, ids: IntArray, starts: Places) -> Float64Array:
        """Surprise of every token of a text (T,), whose own n-grams are counted too, but only from where it was read.

        All is counted anew after 1,000 tokens, then whenever what was read has grown by a twentieth.
        """
        nats, begin = np.empty(len(ids)), 0
        while begin < len(ids):
            end = min(len(ids), begin + max(_FIRST_RECOUNT, begin // _GROWTH))
            known = self.extended(ids[:begin], starts[starts < begin]).ngram if begin else self.ngram
            back = max(0, begin - self.order + 1)  # as far as an n-gram looks
            inside = starts[(starts >= back) & (starts < end)] - back
            nats[begin:end] = known.nats(ids[back:end], inside)[begin - back :]
            begin = end
        return nats
