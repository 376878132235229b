"""When the weights are packed: once for all that read them, until they change."""

from __future__ import annotations

from threading import Lock

from lstmgen.arrays import Float32Array
from lstmgen.kernels.forks import PerProcess
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.packed import PackedWeights
from lstmgen.settings import Architecture


class Packing:
    """One precision's packed weights, kept up to date. Several threads may ask for them at once."""

    def __init__(self, architecture: Architecture, precision: str) -> None:
        self._packed = PackedWeights(architecture, precision)
        self._fresh = self._fresh_back = False
        self._lock = PerProcess(Lock)

    def expire(self) -> None:
        """Say that the parameters have changed."""
        self._fresh = self._fresh_back = False

    def of(self, parameters: Float32Array, threads: ThreadPool, backward: bool) -> PackedWeights:
        """The weights as the kernels want them, packed anew if they have changed; the transposes too if `backward`."""
        if not self._fresh or (backward and not self._fresh_back):
            with self._lock():
                if not self._fresh or (backward and not self._fresh_back):  # nobody did it while this one waited
                    self._packed.fill(parameters, threads, backward)
                    self._fresh, self._fresh_back = True, backward
        return self._packed

    def once_of(self, parameters: Float32Array, threads: ThreadPool) -> PackedWeights:
        """Those of other parameters, good until the next call of anything here."""
        self._packed.fill(parameters, threads, backward=True)
        self.expire()
        return self._packed
