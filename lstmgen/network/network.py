"""One model's parameters and what is computed with them."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array, Int32Array, Int64Array
from lstmgen.cells import CELLS
from lstmgen.kernels.barrier import HAS_BARRIER as BARRIERS
from lstmgen.kernels.elementwise import AdamWStep, adamw_pieces, squared_norm
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.packed import PackedWeights
from lstmgen.network.packing import Packing
from lstmgen.network.parameters import has_weight_decay, multiply_recurrent, parameter_offsets, parameter_views
from lstmgen.network.passes import run_forward, run_gradient
from lstmgen.network.sampler import JoinedSampler, KernelSampler, SamplerWeights, TokenSampler
from lstmgen.network.window import ShouldStop, Window, never_stop
from lstmgen.network.window_pool import WindowPool
from lstmgen.settings import PRECISIONS, Architecture

_MANY_PARAMETERS = 200_000  # from which on a second thread makes AdamW quicker
_SQUARES_PER_CALL = 1 << 18  # numbers of a gradient whose squares one call adds up, however many threads there are
_SMALL_FLOP = 5e7  # below about half a millisecond of work a second thread costs more than it brings
_SMALL_SAMPLING = 1e7  # a token of all rows, as above; a call writes some dozens of them
_SMALL_SHARING = 5e5  # the same where threads share each token: below it is faster than they meet
_FEW_ROWS = 8  # up to which reading the weights is what takes the time, so each thread reads its part of them


@dataclass(frozen=True)
class Gradient:
    """What one window gives: mean nats over `count` targets, its gradient (n,), the states after and before.

    nats (T, B): of each target, 0 where y is -1.
    """

    loss: float
    count: int
    gradient: Float32Array
    state: Float32Array
    initial_state_gradient: Float32Array
    nats: Float32Array


class Network:
    """The layers of one architecture over one flat parameter vector.

    `parameters` are the live weights; after writing into them, call `refresh()`. Several threads may read and write
    with one network at once; what changes it, or trains (`gradient`), is for one thread while no other uses it.
    `precision` is that of the factors in the products of `gradient`; all else is computed in float32.
    """

    def __init__(
        self,
        architecture: Architecture,
        parameters: Float32Array | None = None,
        threads: int = 1,
        precision: str = "float32",
    ) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f"precision must be {' or '.join(PRECISIONS)}, not {precision!r}")
        self.architecture, self.precision = architecture, precision
        size = architecture.parameter_count()
        self.parameters: Float32Array = np.zeros(size, np.float32) if parameters is None else parameters
        given = self.parameters
        if given.shape != (size,) or given.dtype != np.float32 or not given.flags.c_contiguous:
            raise ValueError(f"parameters must be a contiguous float32 vector of {size} numbers")
        self.views = parameter_views(architecture, self.parameters)
        self.geometry = Geometry.of(architecture)
        self.cell = CELLS[architecture.cell]
        self.threads = ThreadPool(threads)
        self._packing = self._packing_to_train = Packing(architecture, "float32")
        self._spaces = self._spaces_to_train = WindowPool(partial(Window, self.geometry, self.cell, "float32"))
        if precision != "float32":
            self._packing_to_train = Packing(architecture, precision)
            self._spaces_to_train = WindowPool(partial(Window, self.geometry, self.cell, precision))
        self._pieces = _optimiser_pieces(architecture)
        self._gradient = np.zeros(0, np.float32)
        self._dropped = np.zeros(0, np.float32)

    def __reduce__(self) -> tuple[Any, ...]:
        return Network, (self.architecture, self.parameters, self.threads.count, self.precision)  # these make all else

    def refresh(self) -> None:
        """Say that the parameters have changed."""
        self._packing.expire()
        self._packing_to_train.expire()

    def packed(self) -> PackedWeights:
        """The weights as the kernels that write and score want them."""
        return self._packing.of(self.parameters, self.threads, backward=False)

    def _packed_to_train(self, weight_masks: Float32Array | None) -> PackedWeights:
        """The same for a gradient; with masks, of each U times its mask: the parameters stay as they are."""
        if weight_masks is None:
            return self._packing_to_train.of(self.parameters, self.threads, backward=True)
        if not len(self._dropped):
            self._dropped = np.empty_like(self.parameters)
        self._dropped[:] = self.parameters
        multiply_recurrent(self.architecture, self._dropped, weight_masks)
        return self._packing_to_train.once_of(self._dropped, self.threads)

    def layer_weights(self, layer: int) -> dict[str, Float32Array]:
        """A layer's arrays by their last names: W, U, b and whatever else its cell has."""
        start = f"layers.{layer}."
        return {name.removeprefix(start): view for name, view in self.views.items() if name.startswith(start)}

    def zero_state(self, rows: int) -> Float32Array:
        """Nothing read yet: (S, L, B, H) zeros; S is c and h, or h alone."""
        g = self.geometry
        return np.zeros((len(self.cell.states), g.L, rows, g.H), np.float32)

    def gradient(
        self, x: Int32Array, y: Int32Array, state: Float32Array, masks: Float32Array | None = None,
        stop: ShouldStop | None = None, weight_masks: Float32Array | None = None,
        token_masks: Float32Array | None = None, of: int | None = None,
    ) -> Gradient:  # fmt: skip
        """Loss and gradient of one window.

        x, y (T, B) int32: ids and targets; x -1: the row starts anew, y -1: not scored. state (S, L, B, H). masks
        (L, B, H): what each layer's outputs are multiplied with on their way up. weight_masks (L, G, H, H): what each U
        is multiplied with throughout the window. token_masks (V,): what each token's embedding is multiplied with where
        it is read; a one-hot input has none. of: targets that the loss is a mean over, where this is a part of a larger
        window; its own otherwise. `stop` is asked between kernel calls; when it says yes,
        InterruptedTraining is raised and nothing has changed. The gradient's array is used again by the next call.
        """
        packed = self._packed_to_train(weight_masks)
        if not len(self._gradient):
            self._gradient = np.zeros_like(self.parameters)
        with self._spaces_to_train.borrow(*x.shape) as window:
            window.read(x, state, y, masks, token_masks)
            scale = 1.0 / max(window.targets if of is None else of, 1)
            initial = run_gradient(
                window, packed, self.parameters, self._gradient, scale, self.threads, self._members(window, 3),
                stop or never_stop,
            )  # fmt: skip
            nats, count, final = window.nats.reshape(x.shape).copy(), window.targets, window.final
        if weight_masks is not None:
            multiply_recurrent(self.architecture, self._gradient, weight_masks)
        return Gradient(float(nats.sum(dtype=np.float64)) * scale, count, self._gradient, final, initial, nats)

    def _members(self, window: Window, passes: float) -> int:
        """How many threads are worth it for a window: forward, or with the two passes back."""
        work = window.N * self.geometry.flop_per_token() * passes / 3
        return min(self.threads.count, window.B) if work > _SMALL_FLOP else 1

    def _forward(
        self,
        window: Window,
        x: Int32Array,
        state: Float32Array,
        stop: ShouldStop | None = None,
        y: Int32Array | None = None,
        logits: bool = True,
    ) -> None:
        packed = self.packed()
        window.read(x, state, y)
        members, score = self._members(window, 1), y is not None
        run_forward(window, packed, self.parameters, self.threads, members, stop or never_stop, logits, score)

    def losses(
        self, x: Int32Array, y: Int32Array, state: Float32Array, stop: ShouldStop | None = None
    ) -> tuple[Float32Array, Float32Array]:
        """Nats of each target (T, B), 0 where y is -1, and the states after the window."""
        with self._spaces.borrow(*x.shape) as window:
            self._forward(window, x, state, stop, y)
            return window.nats.reshape(x.shape).copy(), window.final

    def advance(self, x: Int32Array, state: Float32Array, stop: ShouldStop | None = None) -> Float32Array:
        """The states after a window x (T, B), without the logits of what comes next."""
        with self._spaces.borrow(*x.shape) as window:
            self._forward(window, x, state, stop, logits=False)
            return window.final

    def logits(self, x: Int32Array, state: Float32Array) -> tuple[Float32Array, Float32Array]:
        """Logits of the next token after each step, (T, B, V), and the states after the window."""
        with self._spaces.borrow(*x.shape) as window:
            self._forward(window, x, state)
            return self._logits(window), window.final

    def _logits(self, window: Window) -> Float32Array:
        g = self.geometry
        panels = window.logits.reshape(g.Pv, window.T, window.B, NR).transpose(1, 2, 0, 3)
        return panels.reshape(window.T, window.B, g.Pv * NR)[:, :, : g.V].copy()

    def trace(self, x: Int32Array, state: Float32Array) -> dict[str, Float32Array]:
        """Every gate and state after each step, (T, B, L, H) under its letter; `logits` (T, B, V); `initial` states."""
        with self._spaces.borrow(*x.shape) as window:
            self._forward(window, x, state)
            return {"initial": state.copy(), **self._inside(window)}

    def _inside(self, window: Window) -> dict[str, Float32Array]:
        g, T, B = self.geometry, window.T, window.B
        arrays: dict[str, Float32Array] = {"logits": self._logits(window)}
        panel = self.cell.panel
        parts = window.Z.reshape(g.L, g.P, T, B, panel.slots, panel.units).transpose(4, 2, 3, 0, 1, 5)
        values = parts.reshape(panel.slots, T, B, g.L, g.Hp)
        for slot, name in zip(panel.W, self.cell.gates, strict=True):
            arrays[name] = values[slot, ..., : g.H].copy()
        for name, after in zip(self.cell.states, window.states_after(), strict=True):
            arrays[name] = after[:, 1:, :, : g.H].transpose(1, 2, 0, 3).copy()
        return arrays

    def sampler(self, rows: int, precision: str = "float32") -> TokenSampler:
        """What generates tokens for `rows` texts side by side, with the weights as they are now.

        precision: of the weights in products, "float32" or "bf16"; sums are float32. Raises UsageError.
        """
        g, packed = self.geometry, self.packed()
        weights, work = SamplerWeights(self.architecture, packed, self.parameters, precision), rows * g.flop_per_token()
        shared = BARRIERS and rows <= _FEW_ROWS and work > _SMALL_SHARING
        members = min(self.threads.count, g.P) if shared else 1
        parts = self.threads.count if members == 1 and work > _SMALL_SAMPLING else 1
        cuts = [rows * k // parts for k in range(parts + 1)]
        samplers = [KernelSampler(packed, weights, b - a, self.threads, members) for a, b in pairwise(cuts) if b > a]
        return samplers[0] if len(samplers) == 1 else JoinedSampler(samplers, self.threads)

    def global_norm(self, gradient: Float32Array) -> float:
        """Euclidean norm of a gradient; not finite if any of its numbers is not."""
        size = len(gradient)
        pieces = [(at, min(at + _SQUARES_PER_CALL, size)) for at in range(0, size, _SQUARES_PER_CALL)]
        found = self.threads.split(len(pieces), lambda a, b: [_squared_norm(gradient, *piece) for piece in pieces[a:b]])
        return math.sqrt(sum(itertools.chain.from_iterable(found)))

    def adamw(
        self, gradient: Float32Array, first: Float32Array, second: Float32Array, *, rate: float, beta1: float,
        beta2: float, epsilon: float, weight_decay: float, step: int, scale: float,
    ) -> bool:  # fmt: skip
        """One update of the parameters in place, the gradient times `scale`; whether all weights stayed finite.

        AdamW (Loshchilov & Hutter 2019) with bias correction for `step` = 1, 2, ...; decay on matrices only.
        """
        how = AdamWStep(float(scale), float(rate), float(beta1), float(beta2), float(epsilon), int(step))
        given, decay = (self.parameters, gradient, first, second, self._pieces), float(weight_decay)
        checks = self.threads.split(
            len(self._pieces) // 3,
            lambda k0, k1: adamw_pieces(*given, k0, k1, decay, how),
            self.threads.count if len(self.parameters) > _MANY_PARAMETERS else 1,
        )
        self.refresh()
        return math.isfinite(sum(checks))


PARAMETERS_PER_CALL = 65_536  # parameters a call of AdamW


def _optimiser_pieces(architecture: Architecture) -> Int64Array:
    """All parameters in pieces: the start, the stop and whether weight decay applies of each, one after the other."""
    starts = [*parameter_offsets(architecture).values(), architecture.parameter_count()]
    pieces = [
        (a + cut, min(a + cut + PARAMETERS_PER_CALL, b), int(has_weight_decay(name)))
        for name, (a, b) in zip(architecture.shapes(), pairwise(starts), strict=True)
        for cut in range(0, b - a, PARAMETERS_PER_CALL)
    ]
    return np.array(pieces, np.int64).reshape(-1)


def _squared_norm(gradient: Float32Array, start: int, stop: int) -> float:
    return float(squared_norm(gradient, start, stop))
