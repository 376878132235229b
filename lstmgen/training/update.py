"""One update: a window, its gradient, clipping, AdamW; done wholly or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.errors import DivergedError, InterruptedTraining
from lstmgen.network import Network
from lstmgen.ranks.single import SINGLE, Ranks
from lstmgen.text import Streams
from lstmgen.training.plan import Plan
from lstmgen.training.shards import Masks, window_gradient
from lstmgen.training.state import TrainingState

BETA1, BETA2, ADAM_EPSILON = 0.9, 0.99, 1e-8
_FAILURES = 3  # in a row until the rate halves
MAX_HALVINGS = 8  # until it is given up
_ABSURD = 1e4  # nats a token: a finite loss that is as good as an infinite one
AVERAGING_START = 0.95  # of the schedule


@dataclass(frozen=True)
class UpdateResult:
    """What one update did; `notice` is a sentence for the user when it had to be undone."""

    loss: float
    norm: float
    done: bool
    notice: str | None = None


@dataclass
class Updater:
    """What an update works on: the live network, where its text comes from, and the state that is kept of both."""

    network: Network
    streams: Streams
    plan: Plan
    state: TrainingState
    stop: Callable[[], bool]
    ranks: Ranks = SINGLE

    def update(self, rate: float, schedule: float, drops: float = 1.0) -> UpdateResult:
        """Make the next update; InterruptedTraining leaves everything as it was before.

        drops: share of the plan's dropout and weight-drop that is in force.
        """
        state, counters = self.state, self.state.counters
        generators = (state.generators["data"], state.generators["dropout"])
        before = self.streams.cursor(), [g.bit_generator.state for g in generators]
        try:
            x, y = self.streams.next_window()
            masks = Masks(self._masks(drops), self._weight_masks(drops), self._token_masks())
            how = self.stop, self.plan.shards, self.ranks, self.plan.exchange
            got = window_gradient(self.network, x, y, state.carried, masks, *how)
        except InterruptedTraining:
            self.streams.restore(before[0])
            for generator, kept in zip(generators, before[1], strict=True):
                generator.bit_generator.state = kept
            raise
        norm = self.network.global_norm(got.gradient)
        if not (math.isfinite(got.loss) and got.loss < _ABSURD and math.isfinite(norm)):
            return self._undone(got.loss, norm, "the loss" if not got.loss < _ABSURD else "the gradient")
        if not self._apply(got.gradient, norm, rate * 0.5**counters.halvings):
            return_to_best(self.network, state)
            return self._undone(got.loss, norm, "a weight")
        state.carried = got.carried
        self._count(got.loss, got.count, norm)
        if schedule >= AVERAGING_START:
            counters.averaged += 1
            state.average += (state.weights - state.average) / np.float32(counters.averaged)
        return UpdateResult(got.loss, norm, True)

    def _masks(self, drops: float) -> Float32Array | None:
        """Locked dropout (L, B, H): one mask for all steps of the window (Gal & Ghahramani 2016)."""
        sizes = self.plan.architecture
        return self._dropping(self.plan.dropout * drops, sizes.layers, self.plan.batch_size, sizes.units)

    def _dropping(self, p: float, *shape: int) -> Float32Array | None:
        """Zero with probability p, else 1 / (1 - p); None where nothing is dropped, and then nothing is drawn."""
        if not p:
            return None
        drawn = self.state.generators["dropout"].random(shape, dtype=np.float32)
        return (drawn >= p).astype(np.float32) / np.float32(1.0 - p)

    def _weight_masks(self, drops: float) -> Float32Array | None:
        """Weight-drop (L, G, H, H): weights of U left out for the whole window (Merity et al. 2018), in 256ths."""
        shut = round(256 * self.plan.weight_drop * drops)
        if not shut:
            return None
        sizes = self.plan.architecture
        shape = (sizes.layers, sizes.num_gates, sizes.units, sizes.units)
        drawn = self.state.generators["dropout"].integers(0, 256, shape, dtype=np.uint8)
        return (drawn >= shut).astype(np.float32) * np.float32(256 / (256 - shut))

    def _token_masks(self) -> Float32Array | None:
        """Embedding dropout (V,): words that are not read in the whole window (Gal & Ghahramani 2016)."""
        return self._dropping(self.plan.embedding_dropout, self.plan.architecture.vocabulary)

    def _apply(self, gradient: Float32Array, norm: float, rate: float) -> bool:
        """Whether all weights stayed finite."""
        state, counters = self.state, self.state.counters
        counters.moments_step += 1
        return self.network.adamw(
            gradient,
            state.first,
            state.second,
            rate=rate,
            beta1=BETA1,
            beta2=BETA2,
            epsilon=ADAM_EPSILON,
            weight_decay=self.plan.weight_decay,
            step=counters.moments_step,
            scale=min(1.0, self.plan.clip_norm / norm) if norm > 0.0 else 1.0,
        )

    def _count(self, loss: float, count: int, norm: float) -> None:
        counters = self.state.counters
        counters.step += 1
        counters.tokens_seen += count
        counters.failures = 0
        counters.updates += 1
        counters.loss_sum += loss
        counters.norm_sum += norm
        counters.clipped += norm > self.plan.clip_norm
        kept = min(0.98, 1.0 - 1.0 / counters.step)  # a plain mean at first
        counters.smoothed = loss + kept * ((counters.smoothed or 0.0) - loss)

    def _undone(self, loss: float, norm: float, culprit: str) -> UpdateResult:
        """The window is passed over; the third failure in a row halves the rate and brings the best weights back."""
        state, counters = self.state, self.state.counters
        state.carried = np.zeros_like(state.carried)  # it may be what is not finite
        counters.step += 1  # so that a budget of steps ends
        counters.skipped += 1
        counters.failures += 1
        notice = f"Update {counters.step:,} was undone: {culprit} was not finite."
        if counters.failures >= _FAILURES:
            counters.failures = 0
            counters.halvings += 1
            return_to_best(self.network, state)
            if counters.halvings > MAX_HALVINGS:
                raise DivergedError(
                    f"Training diverged at update {counters.step:,}: {culprit} stayed non-finite while the learning "
                    f"rate was halved {MAX_HALVINGS} times.\n"
                    "The last good state is saved; try a smaller --learning-rate."
                )
            notice += (
                " That is the third in a row, so the last good weights are restored and the learning rate is halved."
            )
        return UpdateResult(loss, norm, False, notice)


def return_to_best(network: Network, state: TrainingState) -> None:
    """Put the best weights into the network, with moments of zero."""
    if np.isfinite(state.best).all():
        state.weights[:] = state.best
        network.refresh()
        state.reset_moments()
