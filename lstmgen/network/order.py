"""In which order a window is computed, and which of it in one kernel call: rows of stages, as `cells/stages.py` says.

Threads have rows of their own, or share every time step. A thread with rows of its own waits for nobody, but reads all
of U for every step of them. Where these are few and U is more than its cache holds, it is quicker to stay together:
each thread keeps a part of the panels of U near it and makes their units for all rows, and they meet after every step.
Each number is computed in the same order either way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lstmgen.arrays import Int64Array
from lstmgen.cells import stages
from lstmgen.kernels.barrier import HAS_BARRIER
from lstmgen.kernels.lanes import NR
from lstmgen.network.geometry import Geometry

_CALL_FLOP = 1e9  # work of a stage, and of a kernel call, on a thread: far below 50 ms even on a slow core
_LINE = 8  # int64 numbers of a cache line: counters stand so far apart


@dataclass(frozen=True)
class WindowOrder:
    """rows (n STAGE_FIELDS,) int64; calls: which of them go into each kernel call; counters: the size of a team's."""

    rows: Int64Array
    calls: tuple[tuple[int, int], ...]
    counters: int


@dataclass
class _Writer:
    """Puts down one row after the other."""

    geometry: Geometry
    T: int
    B: int
    threads: int
    shared: bool
    rows: list[tuple[int, ...]] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    counters: int = 1

    def put(self, stage: int, layer: int = 0, first: int = 0, last: int = 0, work: float = 0.0) -> None:
        """A row, and the work of one thread in FLOP."""
        self.rows.append((stage, layer, first, last, 0, 0))
        self.work.append(work)

    def meet(self) -> None:
        """Threads wait for each other after the last row."""
        self.rows[-1] = (*self.rows[-1][:4], 1, self.rows[-1][5])

    def cuts(self, panels: int) -> list[tuple[int, int, float]]:
        """Time steps cut so that none is long, and the work of each: a product with so many panels."""
        per_step = 2.0 * self.B / self.threads * NR * panels * self.geometry.Hp
        steps = max(1, int(_CALL_FLOP / per_step))
        ends = [(t, min(t + steps, self.T)) for t in range(0, self.T, steps)]
        return [(t0, t1, (t1 - t0) * per_step) for t0, t1 in ends]

    def forward(self, masked: bool) -> None:
        """From the tokens to what the output layer reads."""
        g = self.geometry
        self.put(stages.BEGIN)
        self.put(stages.TABLE)
        self.meet()
        for k in range(g.L):
            cuts = self.cuts(g.P)
            if self.shared:
                for t0, t1, work in cuts if k else []:
                    self.put(stages.INPUT_SIDE, k, t0, t1, work)
                    self.meet()
                for t0, t1, work in cuts:
                    self.put(stages.SHARED_STEPS, k, t0, t1, work)
            for t0, t1, work in [] if self.shared else cuts:
                if k:
                    self.put(stages.INPUT_SIDE, k, t0, t1, work)
                self.put(stages.OWN_STEPS, k, t0, t1, work)
            if masked:
                self.put(stages.DROPOUT, k, 0, self.T)
        if g.skip_sum:
            self.put(stages.SUM_LAYERS)

    def loss(self, score: bool, backward: bool) -> None:
        """From what the output layer reads to the logits; with `score` to the loss, and with `backward` back."""
        cuts = self.cuts(self.geometry.Pv)
        for t0, t1, work in cuts:
            self.put(stages.LOGITS, 0, t0, t1, work)
            if score:
                self.put(stages.SCORE, 0, t0, t1)
            if backward:
                self.put(stages.OUTPUT_BACK, 0, t0, t1, work)

    def backward(self, masked: bool) -> None:
        """To the gradients of all pre-activations."""
        g = self.geometry
        for k in range(g.L - 1, -1, -1):
            cuts = self.cuts(g.P)[::-1]
            if g.skip_sum or k < g.L - 1 or masked:
                for t0, t1, work in cuts:
                    self.put(stages.ABOVE_BACK, k, t0, t1, work)
            if self.shared:
                self.meet()
            for t0, t1, work in cuts:
                self.put(stages.SHARED_STEPS_BACK if self.shared else stages.STEPS_BACK, k, t0, t1, work)
            if self.shared:
                self.meet()

    def weights(self) -> None:
        """From these to those of the weights."""
        g = self.geometry
        self.put(stages.PAIR)
        self.meet()
        panels, per_panel = g.L * g.P + g.Pv, 4.0 * self.T * self.B * NR * g.Hp
        some = max(2 * self.threads, int(_CALL_FLOP * self.threads / per_panel))
        for p in range(0, panels, some):
            last = min(p + some, panels)
            self.put(stages.WEIGHTS, 0, p, last, (last - p) * per_panel / self.threads)
            self.rows[-1] = (*self.rows[-1][:5], self.counters * _LINE)
            self.counters += 1
        self.meet()
        self.put(stages.PLACE)
        if g.E:
            self.put(stages.EMBEDDING_BACK)

    def order(self) -> WindowOrder:
        """All of it, cut into calls."""
        calls, start, work = [], 0, 0.0
        for k, (row, more) in enumerate(zip(self.rows, self.work, strict=True)):
            if start < k and work + more > _CALL_FLOP:
                calls.append((start, k))
                start, work = k, 0.0
            work += more
            if row[4] and self.threads > 1 and not HAS_BARRIER:  # they meet where the call ends
                calls.append((start, k + 1))
                start, work = k + 1, 0.0
        if start < len(self.rows):
            calls.append((start, len(self.rows)))
        return WindowOrder(np.array(self.rows, np.int64).reshape(-1), tuple(calls), self.counters * _LINE)


def forward_order(geometry: Geometry, T: int, B: int, threads: int, logits: bool, score: bool) -> WindowOrder:
    """States after a window; with `logits` and `score`, those of every position."""
    writer = _Writer(geometry, T, B, threads, shared=False)
    writer.forward(masked=False)
    if logits:
        writer.loss(score, backward=False)
    writer.put(stages.END)
    return writer.order()


def training_order(geometry: Geometry, T: int, B: int, threads: int, masked: bool, shared: bool) -> WindowOrder:
    """A window's gradient, with a dropout mask or without, the steps shared by the threads or not."""
    writer = _Writer(geometry, T, B, threads, shared)
    writer.put(stages.CLEAR_RARE)
    writer.put(stages.CLEAR)
    writer.forward(masked)
    writer.loss(score=True, backward=True)
    writer.backward(masked)
    writer.put(stages.END)
    writer.put(stages.END_BACK)
    writer.meet()
    writer.weights()
    return writer.order()
