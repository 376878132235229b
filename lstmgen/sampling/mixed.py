"""A network that writes together with an n-gram model, as `text.mixture` says.

Token by token in Python, since the n-grams are searched for there: some thousands of tokens a second. What the n-gram
model has to know of the past, the last few tokens, is part of the state: behind the H units' numbers, -1 for nothing.
"""

from __future__ import annotations

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, Int32Array
from lstmgen.errors import UsageError
from lstmgen.network import InferenceNetwork
from lstmgen.network.logits_sampler import LogitsSampler
from lstmgen.network.window import ShouldStop
from lstmgen.text.ngram import NGram


class MixedNetwork:
    """`network`, clamped or not, beside `ngram` with a weight in [0, 1]: what writing needs, and nothing else."""

    def __init__(self, network: InferenceNetwork, ngram: NGram, weight: float) -> None:
        self.alone, self.ngram, self.weight = network, ngram, weight
        self.architecture, self.geometry = network.architecture, network.geometry
        self.past = len(ngram) - 1

    def zero_state(self, rows: int) -> Float32Array:
        """As `Network.zero_state`, with no token read yet: (S, L, B, H + past)."""
        state = self.alone.zero_state(rows)
        return np.concatenate((state, np.full((*state.shape[:3], self.past), -1, np.float32)), axis=3)

    @np.errstate(invalid="ignore")  # damaged weights give no usable number, which the draw says
    def logits(self, x: Int32Array, state: Float32Array) -> tuple[Float32Array, Float32Array]:
        """ln p of the mixture, (T, B, V), which the filters take as logits; and the states after the window."""
        mixed, after = self.alone.logits(x, self._numbers(state))
        past, known = self._past(x, state), dict[tuple[int, ...], Float64Array]()
        logits = mixed.astype(np.float64)
        for t, row in np.ndindex(x.shape):
            z = logits[t, row]
            p = np.exp(z - z.max())
            context = tuple(past[t + 1 : t + 1 + self.past, row].tolist())
            if context not in known:
                read = np.array(context, np.int64)
                known[context] = self.ngram.distribution(read[np.flatnonzero(np.append(-1, read) < 0)[-1] :])
            p = (1.0 - self.weight) * p / p.sum() + self.weight * known[context]
            mixed[t, row] = np.log(np.maximum(p, np.finfo(np.float32).tiny))
        return mixed, self._with_past(after, past[len(x) :])

    def advance(self, x: Int32Array, state: Float32Array, stop: ShouldStop | None = None) -> Float32Array:
        """As `Network.advance`."""
        return self._with_past(self.alone.advance(x, self._numbers(state), stop), self._past(x, state)[len(x) :])

    def sampler(self, rows: int, precision: str = "float32") -> LogitsSampler:
        """As `Network.sampler`, in float32 only."""
        if precision != "float32":
            raise UsageError("Beside an n-gram model the network computes in float32.\nLeave --precision out.")
        return LogitsSampler(self, rows)

    def _numbers(self, state: Float32Array) -> Float32Array:
        """The network's own part of the states."""
        return np.ascontiguousarray(state[..., : state.shape[3] - self.past])

    def _past(self, x: Int32Array, state: Float32Array) -> Int32Array:
        """The last tokens before the window, then its own, (past + T, B); before a -1 nothing was read."""
        before = state[0, 0, :, state.shape[3] - self.past :].T.astype(np.int32)
        return np.concatenate((before, x))

    def _with_past(self, state: Float32Array, past: Int32Array) -> Float32Array:
        tail = np.broadcast_to(past.T.astype(np.float32), (*state.shape[:3], self.past))
        return np.concatenate((state, tail), axis=3)
