"""A window inside one kernel call a thread: the rows of an order, one stage after the other.

What is done in which order, and where threads wait for each other, is data: `network/order.py` writes it down, so that
a caller can do a long window in several calls and stop between two of them.
"""

from __future__ import annotations

from typing import Any

from lstmgen.cells.records import Team, Work
from lstmgen.cells.stages import CLEAR_RARE, END, STAGE_FIELDS
from lstmgen.cells.weight_sums import weight_stage_of
from lstmgen.cells.window_backward import backward_stage_of
from lstmgen.cells.window_records import (
    Backward,
    Beginning,
    OrderPart,
    Outputs,
    Stage,
    SumScratch,
    WeightGradients,
    WindowSizes,
    WindowWeights,
)  # fmt: skip
from lstmgen.kernels.barrier import meet
from lstmgen.kernels.compile import inner, named_apart


@inner
def _stage_at(rows: Any, row: int) -> tuple[Stage, int]:
    """A row of an order, and whether the threads meet after it."""
    at = row * STAGE_FIELDS
    return Stage(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], rows[at + 5]), rows[at + 4]


def forward_loop_of(forward_stage: Any, module: str) -> Any:
    """The loop up to the loss, for a cell's stage: a part of that cell's own kernel, named after its module."""

    @inner
    @named_apart(module)
    def forward_loop(order: OrderPart, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning,
                     outputs: Outputs, member: int, team: Team) -> None:  # fmt: skip
        """A part of an order that names no stage after END."""
        for row in range(order.first, order.last):
            stage, meets = _stage_at(order.rows, row)
            forward_stage(stage, sizes, weights, work, begin, outputs, member, team)
            if meets:
                meet(team.counter, team.size)

    return forward_loop


def training_loop_of(forward_stage: Any, backward: Any, extra_gradient: Any, module: str) -> Any:
    """The loop of all stages, for a cell's stage up to the loss and its further functions."""
    backward_stage = backward_stage_of(backward, module)
    weight_stage = weight_stage_of(extra_gradient, module)

    @inner
    @named_apart(module)
    def training_loop(
        order: OrderPart, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning,
        outputs: Outputs, back: Backward, sums: WeightGradients, scratch: SumScratch, member: int, team: Team,
    ) -> None:  # fmt: skip
        """A part of an order."""
        for row in range(order.first, order.last):
            stage, meets = _stage_at(order.rows, row)
            if stage.kind <= END:
                forward_stage(stage, sizes, weights, work, begin, outputs, member, team)
            elif stage.kind < CLEAR_RARE:
                backward_stage(stage, sizes, weights, work, outputs, back, member, team)
            else:
                weight_stage(stage, sizes, weights, work, begin, outputs, sums, scratch, member, team)
            if meets:
                meet(team.counter, team.size)

    return training_loop
