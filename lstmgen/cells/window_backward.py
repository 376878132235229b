"""The stages of a window from the loss back to the initial states, and on to all weights; `stages.py` names them."""

from __future__ import annotations

from typing import Any

from lstmgen.cells.records import Gradients, Span, Team, Work
from lstmgen.cells.stages import (
    ABOVE_BACK,
    CLEAR,
    END_BACK,
    OUTPUT_BACK,
    SHARED_STEPS_BACK,
    STEPS_BACK,
)  # fmt: skip
from lstmgen.cells.window_forward import part
from lstmgen.cells.window_records import Backward, Outputs, Stage, WindowSizes, WindowWeights
from lstmgen.kernels.compile import inner, named_apart
from lstmgen.kernels.elementwise import add_rows, mask_rows, set_zero
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.product import window_product_back


@inner
def _clear_rows(sizes: WindowSizes, work: Work, back: Backward, r0: int, r1: int) -> None:
    """Zero the gradients of outputs and states in rows r0 to r1."""
    T, B, Hp = work.T, work.B, work.Hp
    for n in range(sizes.L * (T + 1)):
        set_zero(back.gradients.dh, (n * B + r0) * Hp, (n * B + r1) * Hp)
    for k in range(sizes.L):
        set_zero(back.gradients.dc, (k * B + r0) * Hp, (k * B + r1) * Hp)
    if sizes.skip_sum:
        for t in range(T):
            set_zero(back.DS, (t * B + r0) * Hp, (t * B + r1) * Hp)


@inner
def _give_initial(sizes: WindowSizes, gradients: Gradients, T: int, B: int, initial: Any, r0: int, r1: int) -> None:
    """The gradient of the states before the first step."""
    for s in range(sizes.S):
        for k in range(sizes.L):
            for r in range(r0, r1):
                to = ((s * sizes.L + k) * B + r) * sizes.H
                dh, dc = (k * (T + 1) * B + r) * sizes.Hp, (k * B + r) * sizes.Hp
                for j in range(sizes.H):
                    initial[to + j] = gradients.dh[dh + j] if s == sizes.S - 1 else gradients.dc[dc + j]


@inner
def _above_back(stage: Stage, sizes: WindowSizes, weights: WindowWeights, work: Work, outputs: Outputs, back: Backward,
                r0: int, r1: int) -> None:  # fmt: skip
    """The gradient of a layer's outputs, from whatever has read them."""
    _, k, first, last, _ = stage
    T, B, Hp, dh = work.T, work.B, work.Hp, back.gradients.dh
    at = (k * (T + 1) + 1) * B * Hp
    if sizes.skip_sum:
        add_rows(back.DS, 0, dh, at, B, Hp, first, last, r0, r1)
    if k < sizes.L - 1:
        window_product_back(
            work.dZ, (k + 1) * sizes.P * T * B * NR, sizes.P, VECTORS, weights.WT, weights.wt_at[k + 1], dh,
            at, Hp, T, B, first, last, r0, r1,
        )  # fmt: skip
    if sizes.masked:
        mask_rows(dh, at, outputs.mask, k * B * Hp, dh, at, B, Hp, first, last, r0, r1)


def backward_stage_of(backward: Any, module: str) -> Any:
    """A stage of the way back, for a cell's `backward`; named after the cell's module."""

    @inner
    @named_apart(module)
    def backward_stage(
        stage: Stage, sizes: WindowSizes, weights: WindowWeights, work: Work, outputs: Outputs, back: Backward,
        member: int, team: Team,
    ) -> None:  # fmt: skip
        """Some steps of a layer, or whatever the stage is of."""
        kind, k, first, last, _ = stage
        T, B, Hp = work.T, work.B, work.Hp
        r0, r1 = part(B, member, team.size)
        if kind == CLEAR:
            _clear_rows(sizes, work, back, r0, r1)
        elif kind == OUTPUT_BACK:
            window_product_back(
                outputs.dlogits, 0, sizes.Pv, sizes.edge, weights.outputT, 0, back.read, back.read_at, Hp, T, B, first,
                last, r0, r1,
            )  # fmt: skip
        elif kind == ABOVE_BACK:
            _above_back(stage, sizes, weights, work, outputs, back, r0, r1)
        elif kind == STEPS_BACK:
            span = Span(first, last, r0, r1, 0, sizes.Q)
            backward(k, weights.layers, work, back.gradients, span, Team(1, team.counter))
        elif kind == SHARED_STEPS_BACK:
            q0, q1 = part(sizes.Q, member, team.size)
            backward(k, weights.layers, work, back.gradients, Span(first, last, 0, B, q0, q1), team)
        elif kind == END_BACK:
            _give_initial(sizes, back.gradients, T, B, back.initial, r0, r1)

    return backward_stage
