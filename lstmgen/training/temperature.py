"""The softmax temperature at which the validation sample surprises least, folded into the output layer at the end.

Training leaves a net a little too sure or not sure enough; one number puts that right (Guo et al. 2017). The weights
that training goes on from stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.network import parameter_views
from lstmgen.settings import Architecture

_NEAR = 0.05  # how far from a sharpness its neighbours are tried
_ROUNDS = 2  # parabolas: the first finds the place, the second makes sure
_FARTHEST = 2.0  # sharpness, and its inverse: what lies beyond is not the temperature's fault


def scale_logits(architecture: Architecture, weights: Float32Array, temperature: float) -> Float32Array:
    """A copy of flat weights (n,) with every logit divided by `temperature`; a tied embedding cannot be."""
    scaled = weights.copy()
    if temperature != 1.0:
        for name in ("output.W", "output.b"):
            parameter_views(architecture, scaled)[name] /= np.float32(temperature)
    return scaled


def best_temperature_for(loss: Callable[[float], float]) -> float:
    """The temperature of the lowest loss, by parabolas over its inverse, in which the loss is convex."""
    sharpness = 1.0
    for _ in range(_ROUNDS):
        below, here, above = (loss(1.0 / (sharpness + step)) for step in (-_NEAR, 0.0, _NEAR))
        bend = below - 2.0 * here + above
        if not bend > 0.0:  # NaN too
            break
        sharpness += _NEAR * 0.5 * (below - above) / bend
        sharpness = min(max(sharpness, 1.0 / _FARTHEST), _FARTHEST)
    return 1.0 / sharpness
