"""Whether a unit matters: what its absence costs, over the whole text and where a property holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import BoolArray, Float64Array, IntArray
from lstmgen.inspection.trace import network_inputs, token_losses
from lstmgen.network import Clamp, ClampedNetwork, InferenceNetwork
from lstmgen.standard_errors import fixed_block_error

_BLOCK = 50  # tokens drawn together: neighbours err together
_SELDOM = 3  # times a token has to come to be named


@dataclass(frozen=True)
class Cost:
    """Mean nats a token with the unit free and held (clamped), over `tokens` of them; the error is the rise's."""

    free: float
    held: float
    error: float
    tokens: int

    @property
    def rise(self) -> float:
        """Nats a token that clamping the unit costs."""
        return self.held - self.free

    @property
    def sure(self) -> bool:
        """Whether the difference is more than three errors."""
        return abs(self.rise) > 3.0 * self.error


@dataclass(frozen=True)
class Ablation:
    """value: what h was clamped at. inside, outside: tokens before which the property held, and the others (or None).

    worst: (id, nats it costs more on average, times), the tokens that suffer most in all.
    """

    value: float
    everywhere: Cost
    inside: Cost | None
    outside: Cost | None
    worst: list[tuple[int, float, int]]


def ablate(
    network: InferenceNetwork,
    ids: IntArray,
    layer: int,
    unit: int,
    value: float,
    *,
    property_holds: BoolArray | None = None,
    document_end: int | None = None,
) -> Ablation:
    """Losses over a text (T,) with the unit's output clamped at `value`, paired with those of the unit left alone.

    property_holds (T,): whether it held after each token.
    """
    free = losses_with_unit_clamped(network, ids, layer, unit, None, document_end=document_end)
    held = losses_with_unit_clamped(network, ids, layer, unit, value, document_end=document_end)
    inside = outside = None
    if property_holds is not None and property_holds[:-1].any():
        before = np.concatenate([[False], property_holds[:-1]])
        inside, outside = (_cost(free, held, where) for where in (before, ~before))
    counts, sums = np.bincount(ids), np.bincount(ids, held - free)
    worst = np.argsort(-sums, kind="stable")[:5].tolist()
    return Ablation(
        value=value,
        everywhere=_cost(free, held, np.ones(len(ids), np.bool_)),
        inside=inside,
        outside=outside,
        worst=[(k, float(sums[k] / counts[k]), int(counts[k])) for k in worst if counts[k] >= _SELDOM and sums[k] > 0],
    )


def losses_with_unit_clamped(
    network: InferenceNetwork,
    ids: IntArray,
    layer: int,
    unit: int,
    value: float | None,
    *,
    document_end: int | None = None,
) -> Float64Array:
    """Nats of each token of `ids` (T,), read from nothing, with h of the unit at `value` (None: left alone).

    document_end: the id after which everything starts anew.
    """
    reader = network if value is None else ClampedNetwork(network, [Clamp(layer, "h", unit, value)])
    return token_losses(reader, network_inputs(ids, document_end)[:-1], ids)


def _cost(free: Float64Array, held: Float64Array, where: BoolArray) -> Cost:
    tokens = int(where.sum())
    error = fixed_block_error((held - free) * where, where.astype(np.float64), _BLOCK)
    return Cost(float(free[where].mean()), float(held[where].mean()), math.inf if error is None else error, tokens)
