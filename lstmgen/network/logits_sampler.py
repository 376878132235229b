"""Token by token sampling in Python, for networks that have logits but no kernel which samples."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, Int32Array, UInt8Array
from lstmgen.kernels.compile import is_cached
from lstmgen.kernels.draw import draw
from lstmgen.settings import Architecture


def logits_sampler_ready() -> bool:
    """Whether all that `LogitsSampler` needs is compiled already."""
    return is_cached(draw)


class ComputesLogits(Protocol):
    """All that sampling token by token needs of a network."""

    @property
    def architecture(self) -> Architecture:
        """Its sizes."""

    def logits(self, x: Int32Array, state: Float32Array) -> tuple[Float32Array, Float32Array]:
        """As `Network.logits`."""


class LogitsSampler:
    """Samples as `KernelSampler` does, with the same filters and draws, a token at a time from a network's logits."""

    def __init__(self, network: ComputesLogits, rows: int) -> None:
        self.network, self.rows = network, rows
        V = network.architecture.vocabulary
        self._work, self._order = np.zeros(V, np.float32), np.zeros(V, np.int32)

    def next_tokens(
        self, ids: Int32Array, state: Float32Array, uniforms: Float64Array, temperature: float = 1.0, top_k: int = 0,
        top_p: float = 1.0, min_p: float = 0.0, banned: UInt8Array | None = None,
    ) -> tuple[Int32Array, Float32Array]:  # fmt: skip
        """As `KernelSampler.next_tokens`."""
        V = self.network.architecture.vocabulary
        never_drawn = np.zeros(V, np.uint8) if banned is None else banned
        filters = float(temperature), int(top_k), float(top_p), float(min_p)
        last, tokens = np.array(ids, np.int32), np.empty((len(uniforms), self.rows), np.int32)
        for step, numbers in zip(tokens, uniforms, strict=True):
            logits, state = self.network.logits(last[None], state)
            for row in range(self.rows):
                one = np.ascontiguousarray(logits[0, row])
                step[row] = draw(one, V, never_drawn, *filters, float(numbers[row]), self._work, self._order)
            last = step.copy()
        return tokens, state
