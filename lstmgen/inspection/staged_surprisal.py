"""Surprisal of a text stage by stage: of the network alone, of one that learns as it reads, beside an n-gram model.

The model file stays as it is, and what is said of a token rests on the tokens before it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Float64Array, Int32Array, Int64Array
from lstmgen.inspection.score import surprisal
from lstmgen.network import SEGMENT, AdaptingNetwork
from lstmgen.settings import InferenceSettings
from lstmgen.text.mixture import NgramCorpus, mixture_nats, online_weights

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork


@dataclass(frozen=True, eq=False)
class StagedSurprisal:
    """Surprise of every token (T,) on the way from the network alone to what is in force.

    alone: as trained; adapted: of the network that learns as it reads; ngram: of the n-gram model, which then counts
    on; weights: the n-gram's at every token, with `auto` found on the way. None: not asked for. rate: of adapting;
    order: the n-gram's; final: the weight after the last token.
    """

    alone: Float64Array
    nats: Float64Array
    adapted: Float64Array | None = None
    ngram: Float64Array | None = None
    weights: Float64Array | None = None
    rate: float | None = None
    order: int | None = None
    final: float | None = None
    auto: bool = False

    @property
    def uses_inference(self) -> bool:
        """Whether anything was asked for."""
        return self.adapted is not None or self.ngram is not None


def staged_surprisal(
    network: InferenceNetwork,
    ids: Int32Array,
    starts: Int64Array,
    settings: InferenceSettings,
    level: str,
    ngram_corpus: NgramCorpus | None = None,
) -> StagedSurprisal:
    """Read a text as `settings` say; ngram_corpus: what the n-grams are counted in, where they are wanted."""
    nats = alone = surprisal(network, ids, starts)
    adapted = rate = None
    if settings.adapt:
        learner = AdaptingNetwork(network, settings.adapt_rate, SEGMENT[level])
        nats = adapted = surprisal(learner, ids, starts)
        rate = learner.rate
    if settings.ngram_weight is None or ngram_corpus is None:
        return StagedSurprisal(alone, nats, adapted, rate=rate)
    others = ngram_corpus.online_nats(ids, starts) if settings.adapt else ngram_corpus.ngram.nats(ids, starts)
    if auto := isinstance(settings.ngram_weight, str):
        weights = online_weights(nats, others)
    else:
        weights = np.full(len(ids) + 1, settings.ngram_weight, np.float64)
    mixed = mixture_nats(nats, others, weights[:-1])
    return StagedSurprisal(
        alone, mixed, adapted, others, weights[:-1], rate, ngram_corpus.order, float(weights[-1]), auto
    )
