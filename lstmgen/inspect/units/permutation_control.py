"""What a network without anything learned would reach: what was read echoes for a while in any recurrent network.

The control are networks whose weights are the model's own in random order, so as large and as biased as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array
from lstmgen.inspect.units.association import choose, scores_of_halves, turned
from lstmgen.network import Network

if TYPE_CHECKING:
    from lstmgen.inspect.units.properties import Property

_TWINS = 8
# One-sided 1 % points of Student's t with 1 to 7 degrees of freedom.
_STUDENT = (31.82, 6.965, 4.541, 3.747, 3.365, 3.143, 2.998)
_FULL = 1.0 - 1e-6  # what a perfect score counts as on Fisher's scale


def shuffled_twins(network: Network, count: int = _TWINS) -> Iterator[Network]:
    """Networks with the weights of each gate of each array in random order, the same ones every time."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        twin = Network(network.architecture, threads=network.threads.count)
        for name, view in network.views.items():
            rows = view.reshape(len(view), -1) if name.startswith("layers.") else view.reshape(1, -1)
            twin.views[name][...] = rng.permuted(rows, axis=1).reshape(view.shape)
        yield twin


@dataclass(frozen=True)
class Echo:
    """What each twin's best unit reaches on the second half, and the values there of the strongest of them."""

    reached: list[float]
    values: Float64Array

    def limit(self, *, numeric: bool) -> float:
        """What one twin more would reach with a chance of 1 %: a prediction interval, on Fisher's scale."""
        size, scale = len(self.reached), fisher(np.array(self.reached), numeric=numeric)
        if size < 2:
            return -np.inf
        spread = scale.std(ddof=1) * np.sqrt(1.0 + 1.0 / size)
        return float(scale.mean() + _STUDENT[min(size - 1, len(_STUDENT)) - 1] * spread)


def fisher(score: Float64Array, *, numeric: bool) -> Float64Array:
    """Scores on a scale without ends: the inverse hyperbolic tangent."""
    return np.asarray(np.arctanh(np.clip(score if numeric else 2.0 * score - 1.0, -_FULL, _FULL)))


def echoes_of(twins: Iterable[Float32Array], wanted: Sequence[Property], half: int) -> list[Echo]:
    """For each property what the twins' states (U, T) reach; empty where there are no twins."""
    found: list[Echo] = []
    for values in twins:
        found = found or [Echo([], np.zeros(0)) for _ in wanted]
        first, second = scores_of_halves(values, wanted, half)
        for k, one in enumerate(wanted):
            order, direction = choose(first[one.name], numeric=one.numeric)
            score = turned(float(second[one.name][order[0]]), direction, numeric=one.numeric)
            stronger = score > max(found[k].reached, default=-np.inf)
            kept = direction * values[order[0], half:].astype(np.float64) if stronger else found[k].values
            found[k] = Echo([*found[k].reached, score], kept)
    return found
