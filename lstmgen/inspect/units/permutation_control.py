"""What networks would reach that have learned nothing: what was read echoes for a while in any recurrent network.

The control: networks whose weights are the model's own in random order, so as large and as biased as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array
from lstmgen.inspect.units.association import oriented, rank_units, scores_of_halves
from lstmgen.inspect.units.properties import Property
from lstmgen.network import InferenceNetwork, Network

_NETWORKS = 8
# One-sided 1 % points of Student's t with 1 to 7 degrees of freedom.
_STUDENT = (31.82, 6.965, 4.541, 3.747, 3.365, 3.143, 2.998)
_FULL = 1.0 - 1e-6  # what a perfect score counts as on Fisher's scale


def permuted_networks(network: InferenceNetwork, count: int = _NETWORKS) -> Iterator[Network]:
    """Networks with the weights of each gate of each array in random order, the same ones every time."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        permuted = Network(network.architecture, threads=network.threads.count)
        for name, view in network.views.items():
            rows = view.reshape(len(view), -1) if name.startswith("layers.") else view.reshape(1, -1)
            permuted.views[name][...] = rng.permuted(rows, axis=1).reshape(view.shape)
        yield permuted


@dataclass(frozen=True)
class PermutationControl:
    """What the best unit of each permuted network reaches on the second half; values: the strongest unit's there."""

    reached: list[float]
    values: Float64Array

    def limit(self, *, numeric: bool) -> float:
        """What one more network would reach with a chance of 1 %: a prediction interval, on Fisher's scale."""
        size, scale = len(self.reached), fisher_z(np.array(self.reached), numeric=numeric)
        if size < 2:
            return -np.inf
        spread = scale.std(ddof=1) * np.sqrt(1.0 + 1.0 / size)
        return float(scale.mean() + _STUDENT[min(size - 1, len(_STUDENT)) - 1] * spread)


def fisher_z(score: Float64Array, *, numeric: bool) -> Float64Array:
    """Scores on a scale without ends: the inverse hyperbolic tangent."""
    return np.asarray(np.arctanh(np.clip(score if numeric else 2.0 * score - 1.0, -_FULL, _FULL)))


def permutation_controls(
    permuted: Iterable[Float32Array], wanted: Sequence[Property], half: int
) -> list[PermutationControl]:
    """For each property what the states (U, T) of permuted networks reach; empty where there are none."""
    controls: list[PermutationControl] = []
    for values in permuted:
        controls = controls or [PermutationControl([], np.zeros(0)) for _ in wanted]
        first, second = scores_of_halves(values, wanted, half)
        for k, one in enumerate(wanted):
            order, direction = rank_units(first[one.name], numeric=one.numeric)
            score = oriented(float(second[one.name][order[0]]), direction, numeric=one.numeric)
            stronger = score > max(controls[k].reached, default=-np.inf)
            kept = direction * values[order[0], half:].astype(np.float64) if stronger else controls[k].values
            controls[k] = PermutationControl([*controls[k].reached, score], kept)
    return controls
