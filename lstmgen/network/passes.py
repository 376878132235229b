"""The passes over a window, on all threads: each takes rows of its own, or they share every time step.

A thread with rows of its own waits for nobody, but reads all of U for every step of them. Where its rows would be few,
or U is more than its cache holds, the threads stay together: each keeps a part of the panels of U near it and makes
their units for all rows, and they meet after every step. Each number is computed in the same order either way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from lstmgen.kernels.barrier import ACTIVE
from lstmgen.kernels.threads import Threads
from lstmgen.network.geometry import Geometry
from lstmgen.network.packed import Packed
from lstmgen.network.window import ALONE, Part, Stop, Window, ask

FEW_ROWS = 12  # a thread: from there on a weight is used often enough for each time that it is read
LARGE = 400_000  # weights of U: fewer stay in a core's own cache, and are read for few rows as quickly as for many
UNEVEN = 1.3  # times its fair share that one thread may have


def seats_for(geometry: Geometry, rows: int, threads: int) -> int:
    """How many threads share the steps of so many rows; 1: each takes rows of its own."""
    seats = min(threads, geometry.Q)
    large = geometry.G * geometry.Hp**2 >= LARGE
    even = -(-geometry.Q // seats) * seats <= UNEVEN * geometry.Q
    return seats if ACTIVE and large and even and rows < FEW_ROWS * threads else 1


def forward_rows(window: Window, packed: Packed, r0: int, r1: int, stop: Stop, logits: bool = True) -> None:
    """All layers, then the logits, for rows r0 to r1 on this thread."""
    for k in range(window.geometry.L):
        for t0, t1 in window.cuts(r1 - r0):
            ask(stop)
            if k:
                window.input_side(k, packed, t0, t1, r0, r1)
            window.steps(k, packed, t0, t1, r0, r1, ALONE)
            window.drop(k, t0, t1, r0, r1)
    if logits:
        window.output(packed, r0, r1, stop)


def backward_rows(window: Window, packed: Packed, r0: int, r1: int, stop: Stop) -> None:
    """From the logits' gradient to those of all pre-activations and of the initial states, for rows r0 to r1."""
    window.output_back(packed, r0, r1, stop)
    for k in range(window.geometry.L - 1, -1, -1):
        cuts = window.cuts(r1 - r0)
        for t0, t1 in reversed(cuts):
            ask(stop)
            window.above_back(k, packed, t0, t1, r0, r1)
        for t0, t1 in reversed(cuts):
            ask(stop)
            window.steps_back(k, packed, t0, t1, r0, r1, ALONE)


def forward_shared(window: Window, packed: Packed, threads: Threads, seats: int, stop: Stop) -> None:
    """All layers for all rows, the steps shared by threads at so many seats. Nobody stops while others wait for him."""
    B, T = window.B, window.T
    for k in range(window.geometry.L):
        if k:
            threads.split(B, partial(window.input_side, k, packed, 0, T))
        for t0, t1 in window.cuts(B):
            ask(stop)
            _together(threads, seats, partial(window.steps, k, packed, t0, t1, 0, B))
        threads.split(B, partial(window.drop, k, 0, T))


def backward_shared(window: Window, packed: Packed, threads: Threads, seats: int, stop: Stop) -> None:
    """All layers' steps back, once the gradient of what the output layer read is there."""
    B, T = window.B, window.T
    for k in range(window.geometry.L - 1, -1, -1):
        threads.split(B, partial(window.above_back, k, packed, 0, T))
        for t0, t1 in reversed(window.cuts(B)):
            ask(stop)
            _together(threads, seats, partial(window.steps_back, k, packed, t0, t1, 0, B))


def _together(threads: Threads, seats: int, steps: Callable[[Part], None]) -> None:
    counter = np.zeros(1, np.int64)
    threads.together(seats, lambda seat, _: steps(Part(counter, seat, seats)))
