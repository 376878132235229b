"""A network that learns as it reads: dynamic evaluation (Mikolov et al. 2010; Krause et al. 2018).

The text is read in segments. A segment is scored first, every token of it by weights that no later token has touched;
only then does its gradient move the weights, so the next segment is read by a network that knows this one:

    v <- mean of g * g over the segments so far
    w <- w - rate g / (sqrt(v) + epsilon) + back (w_trained - w)

g is the gradient of the segment's mean surprise, cut where the segment begins. Krause et al. take v from the training
text; the mean over the text itself does as well (within 0.002 nats a character), needs no training text, and does not
blow up at the rows of rare words, whose v there is nearly zero.
"""

from __future__ import annotations

import math

import numpy as np

from lstmgen.arrays import Float32Array, Int32Array
from lstmgen.errors import DivergedError, UsageError
from lstmgen.kernels.adapting import adaptation_step
from lstmgen.network.network import PARAMETERS_PER_CALL, Network
from lstmgen.network.protocols import InferenceNetwork
from lstmgen.network.window import ShouldStop

SEGMENT = {"char": 32, "word": 16, "token": 16}
"""Tokens. Half as many gain less than 0.001 nats a character at twice the time, twice as many lose as much."""
_EPSILON = 1e-4  # beside gradients of a mean: numbers that hardly ever move stay where they are
_DECAY = 1e-3  # a step's way home; none at all costs 0.001 to 0.002 nats a character


def _default_rate(units: int) -> float:
    """5e-4 at 256 units, falling with the square root of the width, within [1e-4, 1e-3]."""
    return min(max(5e-4 * math.sqrt(256 / units), 1e-4), 1e-3)


class AdaptingNetwork(Network):
    """Begins with the weights of `network`, on a copy of its own; `losses` learns, all else reads with what is known.

    Raises UsageError for a clamped network.
    """

    def __init__(self, network: InferenceNetwork, rate: float | None = None, segment: int = SEGMENT["char"]) -> None:
        if not isinstance(network, Network):
            raise UsageError(
                "Clamped gates or units cannot learn.\nUse --adapt, or --set-gate and --set-unit, not both."
            )
        super().__init__(network.architecture, network.parameters.copy(), network.threads.count)
        self.rate = _default_rate(network.architecture.units) if rate is None else rate
        self.segment = segment
        self._trained, self._squares, self._steps = network.parameters.copy(), np.zeros_like(network.parameters), 0

    def losses(
        self, x: Int32Array, y: Int32Array, state: Float32Array, stop: ShouldStop | None = None
    ) -> tuple[Float32Array, Float32Array]:
        """As `Network.losses`, each segment scored by what was learned from those before it, and then learned.

        Raises DivergedError where the weights do not stay finite.
        """
        nats = np.empty(x.shape, np.float32)
        for begin in range(0, len(x), self.segment):
            part = slice(begin, begin + self.segment)
            got = self.gradient(np.ascontiguousarray(x[part]), np.ascontiguousarray(y[part]), state, stop=stop)
            nats[part], state = got.nats, got.state
            if got.count and math.isfinite(got.loss):
                self._learn(got.gradient)
        return nats, state

    def _learn(self, gradient: Float32Array) -> None:
        self._steps += 1

        def some(k0: int, k1: int) -> float:
            how = self.rate, _EPSILON, _DECAY, self._steps
            return float(adaptation_step(self.parameters, gradient, self._squares, self._trained, k0, k1, *how))

        size = len(self.parameters)
        checks = self.threads.split(size, some, min(self.threads.count, max(1, size // PARAMETERS_PER_CALL)))
        self.refresh()
        if not math.isfinite(sum(checks)):
            raise DivergedError(f"Adapting at a rate of {self.rate:g} diverged.\nGive a smaller --adapt-rate.")
