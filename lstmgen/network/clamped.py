"""A network some of whose gates or units are clamped to a value while it runs, in plain numpy.

It is for looking and steering, not for speed, and it has nothing to train with. A clamped gate takes its value in place
of what the cell computes. A clamped unit's output h is set after its cell has run, so that the layer above, the softmax
and the next step see it; its memory c goes on as computed. Letters as everywhere: T steps, B rows, L layers, H units,
G gates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from lstmgen.arrays import Float32Array, Int32Array
from lstmgen.cells import Cell
from lstmgen.errors import UsageError
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.clamps import Clamp, check_clamp
from lstmgen.network.geometry import Geometry
from lstmgen.network.logits_sampler import LogitsSampler
from lstmgen.network.protocols import InferenceNetwork
from lstmgen.network.window import ShouldStop, check_ids
from lstmgen.settings import Architecture


class ClampedNetwork:
    """`network`'s weights, shared, under `clamps`; where two set the same number the later one counts.

    Of a network that is clamped itself only the weights are taken over.
    """

    def __init__(self, network: InferenceNetwork, clamps: Sequence[Clamp] = ()) -> None:
        for clamp in clamps:
            check_clamp(clamp, network.architecture)
        self._network: InferenceNetwork = network._network if isinstance(network, ClampedNetwork) else network
        self.clamps = tuple(clamps)

    @property
    def architecture(self) -> Architecture:
        """As `Network.architecture`."""
        return self._network.architecture

    @property
    def geometry(self) -> Geometry:
        """As `Network.geometry`."""
        return self._network.geometry

    @property
    def cell(self) -> Cell:
        """As `Network.cell`."""
        return self._network.cell

    @property
    def views(self) -> Mapping[str, Float32Array]:
        """As `Network.views`."""
        return self._network.views

    @property
    def threads(self) -> ThreadPool:
        """As `Network.threads`; what is computed here uses none."""
        return self._network.threads

    def layer_weights(self, layer: int) -> dict[str, Float32Array]:
        """As `Network.layer_weights`."""
        return self._network.layer_weights(layer)

    def zero_state(self, rows: int) -> Float32Array:
        """As `Network.zero_state`."""
        return self._network.zero_state(rows)

    def trace(self, x: Int32Array, state: Float32Array) -> dict[str, Float32Array]:
        """As `Network.trace`: what is clamped shows the value it is clamped to."""
        values, _ = self._run(x, state)
        values["logits"] = self._read_out(values["h"])
        return {"initial": state.copy(), **values}

    def logits(self, x: Int32Array, state: Float32Array) -> tuple[Float32Array, Float32Array]:
        """As `Network.logits`."""
        values, after = self._run(x, state)
        return self._read_out(values["h"]), after

    def advance(self, x: Int32Array, state: Float32Array, stop: ShouldStop | None = None) -> Float32Array:
        """As `Network.advance`; `stop` is not asked."""
        return self._run(x, state)[1]

    @np.errstate(invalid="ignore")
    def losses(
        self, x: Int32Array, y: Int32Array, state: Float32Array, stop: ShouldStop | None = None
    ) -> tuple[Float32Array, Float32Array]:
        """As `Network.losses`; `stop` is not asked."""
        check_ids(y, self.architecture.vocabulary)
        logits, after = self.logits(x, state)
        shifted = logits - logits.max(axis=-1, keepdims=True)
        surprisal = np.log(np.exp(shifted).sum(axis=-1)) - np.take_along_axis(
            shifted, np.maximum(y, 0)[..., None], axis=-1
        ).squeeze(-1)
        return np.where(y >= 0, surprisal, 0).astype(np.float32), after

    def sampler(self, rows: int, precision: str = "float32") -> LogitsSampler:
        """As `Network.sampler`, in float32 only."""
        if precision != "float32":
            raise UsageError("With clamped gates or units the network computes in float32.\nLeave --precision out.")
        return LogitsSampler(self, rows)

    def _read_out(self, h: Float32Array) -> Float32Array:
        """Logits (T, B, V) of all layers' outputs (T, B, L, H)."""
        sizes = self.architecture
        read = h.sum(axis=2) if sizes.skip_sum else h[:, :, -1]
        logits: Float32Array = read @ self.views[sizes.output_name].T + self.views["output.b"]
        return logits

    @np.errstate(over="ignore", invalid="ignore")  # edited weights may give anything; it shows as it is
    def _run(self, x: Int32Array, state: Float32Array) -> tuple[dict[str, Float32Array], Float32Array]:
        """Gates and states (T, B, L, H) by letter, and the states (S, L, B, H) after the last step."""
        check_ids(x, self.architecture.vocabulary)
        T, B = x.shape
        sizes, letters = self.architecture, dict.fromkeys((*self.cell.gates, *self.cell.states))
        values = {letter: np.empty((T, B, sizes.layers, sizes.units), np.float32) for letter in letters}
        after = np.array(state, np.float32)
        inputs, identity = self._embedded(x), sizes.squashing == "identity"
        for layer in range(sizes.layers):
            weights = self.layer_weights(layer)
            for t in range(T):
                after[:, layer, x[t] < 0] = 0.0  # nothing read yet
                step = self.cell.step(weights, inputs[t], after[:, layer], identity, partial(self._clamp, layer))
                for letter in letters:
                    values[letter][t, :, layer] = step[letter]
                for number, letter in enumerate(self.cell.states):
                    after[number, layer] = step[letter]
            if layer + 1 < sizes.layers:
                inputs = self._through(values["h"][:, :, layer], layer + 1)
        return values, after

    def _embedded(self, x: Int32Array) -> Float32Array:
        """W x + b of layer 0, (T, B, G, H); of a row that starts anew the bias alone."""
        weights, bias = self.views["layers.0.W"], self.views["layers.0.b"]
        if not self.architecture.embedding:
            projected = np.moveaxis(weights, -1, 0)[np.maximum(x, 0)]  # (T, B, G, H)
        else:
            projected = np.einsum("tbe,ghe->tbgh", self.views["embedding"][np.maximum(x, 0)], weights, optimize=True)
        inputs: Float32Array = np.where((x < 0)[..., None, None], np.float32(0), projected) + bias
        return inputs

    def _through(self, h: Float32Array, layer: int) -> Float32Array:
        """W x + b of a layer above others, (T, B, G, H)."""
        weights, bias = self.views[f"layers.{layer}.W"], self.views[f"layers.{layer}.b"]
        inputs: Float32Array = np.einsum("tbd,ghd->tbgh", h, weights, optimize=True) + bias
        return inputs

    def _clamp(self, layer: int, letter: str, values: Float32Array) -> Float32Array:
        """(B, H) with what is clamped in it set."""
        for clamp in self.clamps:
            if (clamp.layer, clamp.letter) == (layer, letter):
                values[:, slice(None) if clamp.unit is None else clamp.unit] = clamp.value
        return values
