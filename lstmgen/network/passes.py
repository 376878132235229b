"""The passes over a window on all threads: its orders, run in as few kernel calls as a wish to stop allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cells.records import Team
from lstmgen.cells.window_records import OrderPart
from lstmgen.kernels.barrier import HAS_BARRIER
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.order import WindowOrder, forward_order, training_order
from lstmgen.network.packed import PackedWeights
from lstmgen.network.window import ShouldStop, Window, raise_if_stopped

_FEW_ROWS = 24  # a thread: from there on a weight is used often enough for each time that it is read
_UNEVEN = 1.3  # times its fair share that one thread may have


def team_size(geometry: Geometry, rows: int, threads: int) -> int:
    """How many threads could share the steps of so many rows; 1: it is no use."""
    members = min(threads, geometry.Q)
    even = -(-geometry.Q // members) * members <= _UNEVEN * geometry.Q
    return members if HAS_BARRIER and even and rows < _FEW_ROWS * threads else 1


def _run(
    order: WindowOrder, threads: ThreadPool, members: int, stop: ShouldStop, call: Callable[[int, int, int, Team], None]
) -> None:
    """call(first, last, member, team) on every thread, for each part of the order that goes into one call."""
    for first, last in order.calls:
        raise_if_stopped(stop)
        counters = np.zeros(order.counters, np.int64)

        def part(member: int, size: int, first: int = first, last: int = last, counters: Any = counters) -> None:
            call(first, last, member, Team(size, counters))

        threads.run_as_team(members, part, counters)


def _order(window: Window, make: Callable[..., WindowOrder], *how: Any) -> WindowOrder:
    """Of this window, made once."""
    key = make, how
    if key not in window.orders:
        window.orders[key] = make(window.geometry, window.T, window.B, *how)
    return window.orders[key]


def run_forward(
    window: Window, packed: PackedWeights, flat: Float32Array, threads: ThreadPool, members: int, stop: ShouldStop,
    logits: bool, score: bool,
) -> None:  # fmt: skip
    """What the window has read, to the states after it; with `logits` and `score`, those of every position."""
    order = _order(window, forward_order, members, logits, score)
    given = window.sizes, packed.record(flat), window.work, window.beginning, window.outputs

    def call(first: int, last: int, member: int, team: Team) -> None:
        window.entry_points.call(window.cell.forward_window, OrderPart(order.rows, first, last), *given, member, team)

    _run(order, threads, members, stop, call)


def run_gradient(
    window: Window, packed: PackedWeights, flat: Float32Array, gradient: Float32Array, scale: float,
    threads: ThreadPool, members: int, stop: ShouldStop,
) -> Float32Array:  # fmt: skip
    """Fill the gradient (n,) of `scale` times the loss's sum; that of the initial states (S, L, B, H)."""
    can_share = team_size(window.geometry, window.B, members) > 1
    shared = can_share and window.strategy_timer.choose() == 1
    began = time.perf_counter()
    order = _order(window, training_order, members, window.sizes.masked, shared)
    initial, buffers = np.empty(window.final.shape, np.float32), window.training_buffers(threads.count)
    work, beginning, outputs = window.work, window.beginning, window.outputs_times(scale)
    back, sums = buffers.backward(initial), buffers.sums(gradient, work, beginning, outputs)
    given = window.sizes, packed.record(flat), work, beginning, outputs, back, sums

    def call(first: int, last: int, member: int, team: Team) -> None:
        own = buffers.scratch[member], member, team
        window.entry_points.call(window.cell.training_window, OrderPart(order.rows, first, last), *given, *own)

    _run(order, threads, members, stop, call)
    if can_share:
        window.strategy_timer.record(int(shared), time.perf_counter() - began)
    return initial
