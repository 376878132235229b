"""A network some of whose gates or units are held at a value while it runs: the same calls, plain numpy.

It is for looking and steering, not for speed or training. A held gate takes its value in place of what the cell
computes. A held unit's output h is set after its cell has run, so that the layer above, the softmax and the next step
see it; its memory c goes on as computed. Letters as everywhere: T steps, B rows, L layers, H units, G gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lstmgen.errors import UsageError
from lstmgen.kernels.compile import is_cached
from lstmgen.kernels.draw import draw
from lstmgen.network.clamps import Clamp, check_clamp
from lstmgen.network.network import Gradient, Ids, Network
from lstmgen.network.parameters import Floats
from lstmgen.network.window import ShouldStop, check_ids
from lstmgen.settings import Architecture


class ClampedNetwork(Network):
    """`network`'s weights, shared, with `holds` in force; where two hold the same number the later one does."""

    def __init__(self, network: Network, holds: Sequence[Clamp] = ()) -> None:
        super().__init__(network.architecture, network.parameters)
        for hold in holds:
            check_clamp(hold, network.architecture)
        self.clamps = tuple(holds)

    def __reduce__(self) -> tuple[Any, ...]:
        return ClampedNetwork, (Network(self.architecture, self.parameters), self.clamps)

    def trace(self, x: Ids, state: Floats) -> dict[str, Floats]:
        """As `Network.trace`: what is held shows the value it is held at."""
        found, _ = self._run(x, state)
        found["logits"] = self._read_out(found["h"])
        return {"initial": state.copy(), **found}

    def logits(self, x: Ids, state: Floats) -> tuple[Floats, Floats]:
        """As `Network.logits`."""
        found, after = self._run(x, state)
        return self._read_out(found["h"]), after

    def advance(self, x: Ids, state: Floats, stop: ShouldStop | None = None) -> Floats:
        """As `Network.advance`; `stop` is not asked."""
        return self._run(x, state)[1]

    @np.errstate(invalid="ignore")
    def losses(self, x: Ids, y: Ids, state: Floats, stop: ShouldStop | None = None) -> tuple[Floats, Floats]:
        """As `Network.losses`; `stop` is not asked."""
        check_ids(y, self.architecture.vocabulary)
        logits, after = self.logits(x, state)
        shifted = logits - logits.max(axis=-1, keepdims=True)
        surprise = np.log(np.exp(shifted).sum(axis=-1)) - np.take_along_axis(
            shifted, np.maximum(y, 0)[..., None], axis=-1
        ).squeeze(-1)
        return np.where(y >= 0, surprise, 0).astype(np.float32), after

    def sampler(self, rows: int, precision: str = "float32") -> LogitsSampler:
        """As `Network.sampler`, in float32 only."""
        if precision != "float32":
            raise UsageError("With clamped gates or units the network computes in float32.\nLeave --precision out.")
        return LogitsSampler(self, rows)

    def gradient(
        self, x: Ids, y: Ids, state: Floats, masks: Floats | None = None, stop: ShouldStop | None = None,
        weight_masks: Floats | None = None, token_masks: Floats | None = None,
    ) -> Gradient:  # fmt: skip
        """There is none: what is held does not learn."""
        raise NotImplementedError("a held network is for looking and writing, not for training")

    def _read_out(self, h: Floats) -> Floats:
        """Logits (T, B, V) of all layers' outputs (T, B, L, H)."""
        sizes = self.architecture
        read = h.sum(axis=2) if sizes.skip_sum else h[:, :, -1]
        found: Floats = read @ self.views[sizes.output_name].T + self.views["output.b"]
        return found

    @np.errstate(over="ignore", invalid="ignore")  # edited weights may give anything; it shows as it is
    def _run(self, x: Ids, state: Floats) -> tuple[dict[str, Floats], Floats]:
        """Gates and states (T, B, L, H) by letter, and the states (S, L, B, H) after the last step."""
        check_ids(x, self.architecture.vocabulary)
        T, B = x.shape
        sizes, letters = self.architecture, dict.fromkeys((*self.cell.gates, *self.cell.states))
        found = {letter: np.empty((T, B, sizes.layers, sizes.units), np.float32) for letter in letters}
        after = np.array(state, np.float32)
        inputs, identity = self._embedded(x), sizes.squashing == "identity"
        for layer in range(sizes.layers):
            weights = self.layer_weights(layer)
            for t in range(T):
                after[:, layer, x[t] < 0] = 0.0  # nothing read yet
                step = self.cell.step(weights, inputs[t], after[:, layer], identity, partial(self._hold, layer))
                for letter in letters:
                    found[letter][t, :, layer] = step[letter]
                for number, letter in enumerate(self.cell.states):
                    after[number, layer] = step[letter]
            if layer + 1 < sizes.layers:
                inputs = self._through(found["h"][:, :, layer], layer + 1)
        return found, after

    def _embedded(self, x: Ids) -> Floats:
        """W x + b of layer 0, (T, B, G, H); of a row that starts anew the bias alone."""
        weights, bias = self.views["layers.0.W"], self.views["layers.0.b"]
        if not self.architecture.embedding:
            projected = np.moveaxis(weights, -1, 0)[np.maximum(x, 0)]  # (T, B, G, H)
        else:
            projected = np.einsum("tbe,ghe->tbgh", self.views["embedding"][np.maximum(x, 0)], weights, optimize=True)
        found: Floats = np.where((x < 0)[..., None, None], np.float32(0), projected) + bias
        return found

    def _through(self, h: Floats, layer: int) -> Floats:
        """W x + b of a layer above others, (T, B, G, H)."""
        weights, bias = self.views[f"layers.{layer}.W"], self.views[f"layers.{layer}.b"]
        found: Floats = np.einsum("tbd,ghd->tbgh", h, weights, optimize=True) + bias
        return found

    def _hold(self, layer: int, letter: str, values: Floats) -> Floats:
        """(B, H) with what is held in it set."""
        for hold in self.clamps:
            if (hold.layer, hold.letter) == (layer, letter):
                values[:, slice(None) if hold.unit is None else hold.unit] = hold.value
        return values


def logits_sampler_ready() -> bool:
    """Whether all that writing needs is compiled already."""
    return is_cached(draw)


class ComputesLogits(Protocol):
    """All that writing token by token needs of a network."""

    @property
    def architecture(self) -> Architecture:
        """Its sizes."""

    def logits(self, x: Ids, state: Floats) -> tuple[Floats, Floats]:
        """As `Network.logits`."""


class LogitsSampler:
    """Writes as `Writer` does, with the same filters and draws, a token at a time from any network's logits."""

    def __init__(self, network: ComputesLogits, rows: int) -> None:
        self.network, self.rows = network, rows
        V = network.architecture.vocabulary
        self._work, self._order = np.zeros(V, np.float32), np.zeros(V, np.int32)

    def next_tokens(
        self, ids: Ids, state: Floats, uniforms: NDArray[np.float64], temperature: float = 1.0, top_k: int = 0,
        top_p: float = 1.0, min_p: float = 0.0, banned: NDArray[np.uint8] | None = None,
    ) -> tuple[Ids, Floats]:  # fmt: skip
        """As `Writer.write`."""
        V = self.network.architecture.vocabulary
        barred = np.zeros(V, np.uint8) if banned is None else banned
        how = float(temperature), int(top_k), float(top_p), float(min_p)
        last, written = np.array(ids, np.int32), np.empty((len(uniforms), self.rows), np.int32)
        for step, drawn in zip(written, uniforms, strict=True):
            logits, state = self.network.logits(last[None], state)
            for row in range(self.rows):
                one = np.ascontiguousarray(logits[0, row])
                step[row] = draw(one, V, barred, *how, float(drawn[row]), self._work, self._order)
            last = step.copy()
        return written, state
