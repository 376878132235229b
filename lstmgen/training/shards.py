"""A window cut into shards: equal numbers of rows, whose gradients are made apart and summed by a fixed tree.

So the sum is the same to the last bit, whichever process makes the gradient of which shard.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lstmgen.arrays import Float32Array, Int32Array
from lstmgen.errors import InterruptedTraining, UsageError
from lstmgen.network import Network
from lstmgen.network.window import ShouldStop
from lstmgen.ranks.single import SINGLE, Ranks
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
    ranks: Ranks = SINGLE,
    exchange: str = "float32",
) -> WindowGradient:
    """Loss and gradient of a window x, y (T, B) in so many shards; the gradient's array is used again.

    Each rank makes its part of the shards, and has the states after its own rows only. `stop` is asked often, on
    rank 0; where it says so, InterruptedTraining is raised on all.
    """
    if ranks.size > 1:
        return _shared(network, x, y, carried, masks, stop, shards, ranks, exchange == "bf16")
    if shards == 1:
        got = network.gradient(x, y, carried, masks.outputs, stop, masks.weights, masks.tokens)
        return WindowGradient(got.loss, got.count, got.gradient, np.array(got.state, dtype=np.float32))
    return _some_shards(network, x, y, carried, masks, stop, shards, range(shards), exchange == "bf16")


def _shared(
    network: Network, x: Int32Array, y: Int32Array, carried: Float32Array, masks: Masks, stop: ShouldStop, shards: int,
    ranks: Ranks, halved: bool,
) -> WindowGradient:  # fmt: skip
    """The whole window's loss and gradient from all ranks' shards."""
    each = shards // ranks.size
    mine = range(ranks.rank * each, (ranks.rank + 1) * each)
    got: WindowGradient | None = None
    with suppress(InterruptedTraining):
        got = _some_shards(network, x, y, carried, masks, ranks.broken_off(stop), shards, mine, halved)
    said = ranks.agree(0.0 if got is None else got.loss, float(got is None))
    if ranks.all_break_off(bool(said[0, 1])) or got is None:
        raise InterruptedTraining
    ranks.sum(got.gradient, halved)
    return replace(got, loss=tree_sum(said[:, 0].tolist()))


def _some_shards(
    network: Network, x: Int32Array, y: Int32Array, carried: Float32Array, masks: Masks, stop: ShouldStop, shards: int,
    some: range, halved: bool,
) -> WindowGradient:  # fmt: skip
    count, rows = int((y >= 0).sum()), x.shape[1] // shards
    after, gradient, losses = carried.copy(), TreeSum(halved), []
    for shard in some:
        mine = slice(shard * rows, (shard + 1) * rows)
        outputs = None if masks.outputs is None else masks.outputs[:, mine]
        window = np.ascontiguousarray(x[:, mine]), np.ascontiguousarray(y[:, mine])
        got = network.gradient(*window, carried[:, :, mine], outputs, stop, masks.weights, masks.tokens, of=count)
        losses.append(got.loss)
        after[:, :, mine] = got.state
        if len(some) == 1:
            return WindowGradient(got.loss, count, got.gradient, after)
        gradient.add(got.gradient)
    return WindowGradient(tree_sum(losses), count, gradient.total(), after)


def rows_of(rank: int, ranks: int, rows: int) -> slice:
    """Which of the rows of a batch are a rank's."""
    return slice(rank * rows // ranks, (rank + 1) * rows // ranks)


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


def check_ranks(ranks: int, shards: int | None) -> None:
    """UsageError where so many ranks cannot have equally many shards each; None: as many shards as ranks."""
    if shards is not None and shards % ranks:
        raise UsageError(
            f"{shards} shard{'s' * (shards != 1)} cannot be shared out among {ranks} processes.\n"
            f"Start {shards} or fewer, a power of two, or give a new run --shards {ranks}."
        )


def check_exchange(exchange: str, shards: int) -> None:
    """UsageError where nothing is exchanged that could be rounded."""
    if exchange != "float32" and shards == 1:
        raise UsageError(
            f"--exchange {exchange} rounds what shards exchange, but the batch is one shard.\n"
            "Give --shards 2 or more, start several processes, or leave it out."
        )
