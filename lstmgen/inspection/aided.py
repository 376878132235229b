"""A text read with help, no weight of the model's file changed: by learning on the way, and beside an n-gram model.

Both are honest: what is said of a token rests on the tokens before it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Float64Array, Int32Array, Int64Array
from lstmgen.inspection.score import surprise
from lstmgen.network import SEGMENT, AdaptingNetwork
from lstmgen.settings import InferenceSettings
from lstmgen.text.mixture import NgramCorpus, mixture_nats, online_weights

if TYPE_CHECKING:
    from lstmgen.network import Network


@dataclass(frozen=True, eq=False)
class Aided:
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
    def helped(self) -> bool:
        """Whether anything was asked for."""
        return self.adapted is not None or self.ngram is not None


def read_aided(
    network: Network,
    ids: Int32Array,
    starts: Int64Array,
    wishes: InferenceSettings,
    level: str,
    counted: NgramCorpus | None = None,
) -> Aided:
    """Read a text as wished; counted: what the n-grams are counted in, where `wishes` wants them."""
    nats = alone = surprise(network, ids, starts)
    adapted = rate = None
    if wishes.adapt:
        learner = AdaptingNetwork(network, wishes.adapt_rate, SEGMENT[level])
        nats = adapted = surprise(learner, ids, starts)
        rate = learner.rate
    if wishes.ngram_weight is None or counted is None:
        return Aided(alone, nats, adapted, rate=rate)
    others = counted.online_nats(ids, starts) if wishes.adapt else counted.ngram.nats(ids, starts)
    if auto := isinstance(wishes.ngram_weight, str):
        found = online_weights(nats, others)
    else:
        found = np.full(len(ids) + 1, wishes.ngram_weight, np.float64)
    mixed = mixture_nats(nats, others, found[:-1])
    return Aided(alone, mixed, adapted, others, found[:-1], rate, counted.order, float(found[-1]), auto)
