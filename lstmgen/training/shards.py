"""A window cut into shards: equal numbers of rows, whose gradients are made apart and summed by a fixed tree.

So the sum is the same to the last bit, whichever process makes the gradient of which shard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstmgen.arrays import Float32Array, Int32Array
from lstmgen.errors import UsageError
from lstmgen.network import Network
from lstmgen.network.window import ShouldStop
from lstmgen.ranks.tree import TreeSum, tree_sum


class Masks(NamedTuple):
    """What is left out of a window: outputs (L, B, H), recurrent weights (L, G, H, H), tokens (V,); None: nothing."""

    outputs: Float32Array | None = None
    weights: Float32Array | None = None
    tokens: Float32Array | None = None


@dataclass(frozen=True)
class WindowGradient:
    """Mean nats over the `count` targets of a window, its gradient (n,), and the states (S, L, B, H) after it."""

    loss: float
    count: int
    gradient: Float32Array
    carried: Float32Array


def window_gradient(
    network: Network,
    x: Int32Array,
    y: Int32Array,
    carried: Float32Array,
    masks: Masks,
    stop: ShouldStop,
    shards: int = 1,
) -> WindowGradient:
    """Loss and gradient of a window x, y (T, B) in so many shards; the gradient's array is used again.

    Raises InterruptedTraining where `stop` says so.
    """
    if shards == 1:
        got = network.gradient(x, y, carried, masks.outputs, stop, masks.weights, masks.tokens)
        return WindowGradient(got.loss, got.count, got.gradient, np.array(got.state, dtype=np.float32))
    count, rows = int((y >= 0).sum()), x.shape[1] // shards
    after, gradient, losses = carried.copy(), TreeSum(), []
    for shard in range(shards):
        mine = slice(shard * rows, (shard + 1) * rows)
        outputs = None if masks.outputs is None else masks.outputs[:, mine]
        window = np.ascontiguousarray(x[:, mine]), np.ascontiguousarray(y[:, mine])
        got = network.gradient(*window, carried[:, :, mine], outputs, stop, masks.weights, masks.tokens, of=count)
        gradient.add(got.gradient)
        losses.append(got.loss)
        after[:, :, mine] = got.state
    return WindowGradient(tree_sum(losses), count, gradient.total(), after)


def rows_for(shards: int, rows: int, asked: bool) -> int:
    """Rows of a batch that can be cut into so many shards; UsageError for a number that was asked for and cannot."""
    over = rows % shards
    if not over:
        return rows
    more = rows - over + shards
    if asked:
        fewer = f"--batch-size {rows - over} or {more}" if rows > over else f"--batch-size {more}"
        raise UsageError(
            f"--batch-size {rows} cannot be cut into {shards} equal shards.\nGive {fewer}, or --shards {rows & -rows}."
        )
    return more
