"""The passes over a window, on all threads: each takes rows of its own, or they share every time step.

A thread with rows of its own waits for nobody, but reads all of U for every step of them. Where these are few and U is
more than its cache holds, it is quicker to stay together: each thread keeps a part of the panels of U near it and makes
their units for all rows, and they meet after every step. Each number is computed in the same order either way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from lstmgen.cells.records import Team
from lstmgen.kernels.barrier import HAS_BARRIER
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.packed import PackedWeights
from lstmgen.network.team import ALONE, TeamMember
from lstmgen.network.window import ShouldStop, Window, raise_if_stopped

_FEW_ROWS = 24  # a thread: from there on a weight is used often enough for each time that it is read
_UNEVEN = 1.3  # times its fair share that one thread may have


def team_size(geometry: Geometry, rows: int, threads: int) -> int:
    """How many threads could share the steps of so many rows; 1: it is no use."""
    members = min(threads, geometry.Q)
    even = -(-geometry.Q // members) * members <= _UNEVEN * geometry.Q
    return members if HAS_BARRIER and even and rows < _FEW_ROWS * threads else 1


def forward_backward(
    window: Window, packed: PackedWeights, threads: ThreadPool, parts: int, scale: float, stop: ShouldStop
) -> None:
    """From the window's ids to the gradients of all pre-activations, on so many threads; loss times `scale`."""
    members = team_size(window.geometry, window.B, parts)
    shared = members > 1 and window.strategy_timer.choose() == 1
    began = time.perf_counter()

    def between(r0: int, r1: int) -> None:
        window.output(packed, r0, r1, stop)
        window.score(r0, r1, scale, stop)
        window.clear_gradients(r0, r1)
        window.output_back(packed, r0, r1, stop)

    def rows(r0: int, r1: int) -> None:
        forward_rows(window, packed, r0, r1, stop)
        between(r0, r1)
        _backward_rows(window, packed, r0, r1, stop)

    if shared:
        _forward_shared(window, packed, threads, members, stop)
        threads.split(window.B, between, parts)
        _backward_shared(window, packed, threads, members, stop)
    else:
        threads.split(window.B, rows, parts)
    if members > 1:
        window.strategy_timer.record(int(shared), time.perf_counter() - began)


def forward_rows(window: Window, packed: PackedWeights, r0: int, r1: int, stop: ShouldStop) -> None:
    """All layers, for rows r0 to r1 on this thread."""
    for k in range(window.geometry.L):
        for t0, t1 in window.cuts(r1 - r0):
            raise_if_stopped(stop)
            if k:
                window.input_side(k, packed, t0, t1, r0, r1)
            window.steps(k, packed, t0, t1, r0, r1, ALONE)
            window.apply_dropout(k, t0, t1, r0, r1)


def _backward_rows(window: Window, packed: PackedWeights, r0: int, r1: int, stop: ShouldStop) -> None:
    """From the gradient of what was read out to those of all pre-activations and initial states, for rows r0 to r1."""
    for k in range(window.geometry.L - 1, -1, -1):
        cuts = window.cuts(r1 - r0)
        for t0, t1 in reversed(cuts):
            raise_if_stopped(stop)
            window.above_back(k, packed, t0, t1, r0, r1)
        for t0, t1 in reversed(cuts):
            raise_if_stopped(stop)
            window.steps_back(k, packed, t0, t1, r0, r1, ALONE)


def _forward_shared(window: Window, packed: PackedWeights, threads: ThreadPool, members: int, stop: ShouldStop) -> None:
    """All layers for all rows, the steps shared by a team of threads. Nobody stops while others wait for him."""
    B, T = window.B, window.T
    for k in range(window.geometry.L):
        if k:
            threads.split(B, partial(window.input_side, k, packed, 0, T))
        for t0, t1 in window.cuts(B):
            raise_if_stopped(stop)
            _run_team(threads, members, partial(window.steps, k, packed, t0, t1, 0, B))
        if window.mask is not None:
            threads.split(B, partial(window.apply_dropout, k, 0, T))


def _backward_shared(
    window: Window, packed: PackedWeights, threads: ThreadPool, members: int, stop: ShouldStop
) -> None:
    """All layers' steps back, once the gradient of what the output layer read is there."""
    B, T = window.B, window.T
    for k in range(window.geometry.L - 1, -1, -1):
        if window.is_read_above(k):
            threads.split(B, partial(window.above_back, k, packed, 0, T))
        for t0, t1 in reversed(window.cuts(B)):
            raise_if_stopped(stop)
            _run_team(threads, members, partial(window.steps_back, k, packed, t0, t1, 0, B))


def _run_team(threads: ThreadPool, members: int, steps: Callable[[TeamMember], None]) -> None:
    team = Team(members, np.zeros(1, np.int64))
    threads.run_together(members, lambda number, _: steps(TeamMember(team, number)))
