"""The plain recurrent network (Elman 1990): h = tanh(W x + U h' + b). One state, one squashed path.

A panel holds NR units; `records.py` has the layout. There is no c, and no extra vector.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cells.arithmetic import ClampFunction, recurrent, recurrent_back, unclamped
from lstmgen.cells.panel import Panel
from lstmgen.cells.records import (
    Filters,
    Gradients,
    NetworkWeights,
    SamplerSizes,
    Scratch,
    Span,
    Team,
    Weights,
    Work,
)  # fmt: skip
from lstmgen.cells.steps import carry, coming, fetch, forget_started, restore_started
from lstmgen.cells.token_loop import token_loop_of
from lstmgen.cells.weight_sums import no_extra_gradient
from lstmgen.cells.window_forward import forward_stage_of
from lstmgen.cells.window_loop import forward_loop_of, training_loop_of
from lstmgen.cells.window_records import (
    Backward,
    Beginning,
    OrderPart,
    Outputs,
    SumScratch,
    WeightGradients,
    WindowSizes,
    WindowWeights,
)  # fmt: skip
from lstmgen.kernels.barrier import meet
from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.lookup import gather_rows
from lstmgen.kernels.product import product
from lstmgen.kernels.vector import WIDTH, broadcast, load_vector, store_rounded, store_vector, tanh_for

PANEL = Panel(slots=1, W=(0,), U=(0,), biases={"b": (0,)})


@inner
def forward(layer: int, weights: Weights, work: Work, span: Span, team: Team) -> None:
    """The time steps of a layer, as in `lstm.py`."""
    T, B, Hp, Z, _, inputs, states = work
    t0, t1, r0, r1, q0, q1 = span
    P = Hp // NR
    u0, z0, s0 = layer * P * Hp * NR, layer * P * T * B * NR, layer * (T + 1) * B * Hp
    for t in range(t0, t1):
        before, after = s0 + t * B * Hp, s0 + (t + 1) * B * Hp
        forget_started(inputs.ids, t * B, states, before, Hp, r0, r1)
        for panel in range(q0, q1):
            z = z0 + ((panel * T + t) * B + r0) * NR
            if layer == 0:
                gather_rows(inputs.table, inputs.rows, t * B, panel, P, Z, z, r0, r1)
            product(states.rounded_before, before + r0 * Hp, Hp, 1, 0, weights.U, u0 + panel * Hp * NR, NR, 0, Z, z, NR,
                    Hp, 1, r1 - r0)  # fmt: skip
            z_next, s_next = coming(work, span, z0, s0, NR, t, panel)
            for r in range(r0, r1):
                fetch(work, z_next + (r - r0) * NR, s_next + (r - r0) * Hp)
                for j in range(0, NR, WIDTH):
                    h = tanh_for(states.rounded_after, load_vector(Z, z + (r - r0) * NR + j))
                    store_vector(Z, z + (r - r0) * NR + j, h)
                    store_vector(states.h_after, after + r * Hp + panel * NR + j, h)
                    store_rounded(states.rounded_after, after + r * Hp + panel * NR + j, h)
        if states.apart and t + 1 < T:
            carry(states, after, after, Hp, r0, r1, q0 * NR, q1 * NR)
        meet(team.counter, team.size)


@inner
def backward(layer: int, weights: Weights, work: Work, gradients: Gradients, span: Span, team: Team) -> None:
    """The time steps of a layer from the last to the first, as in `lstm.py`: dz = dh (1 - h^2)."""
    T, B, Hp, Z, dZ, inputs, _ = work
    t0, t1, r0, r1, q0, q1 = span
    P, one = Hp // NR, broadcast(np.float32(1))
    u0, z0, s0, c0 = layer * P * P * NR * NR, layer * P * T * B * NR, layer * (T + 1) * B * Hp, layer * B * Hp
    for t in range(t1 - 1, t0 - 1, -1):
        before, after = s0 + t * B * Hp, s0 + (t + 1) * B * Hp
        for panel in range(q0, q1):
            for r in range(r0, r1):
                z_row = z0 + ((panel * T + t) * B + r) * NR
                fetch(work, z_row - B * NR, before - B * Hp + r * Hp + panel * NR)
                for j in range(0, NR, WIDTH):
                    h = load_vector(Z, z_row + j)
                    store_vector(
                        dZ, z_row + j, load_vector(gradients.dh, after + r * Hp + panel * NR + j) * (one - h * h)
                    )
        kept = restore_started(inputs.ids, t * B, gradients, before, c0, Hp, r0, r1, q0 * NR, q1 * NR, False)
        meet(team.counter, team.size)
        for q in range(q0, q1):
            product(dZ, z0 + (t * B + r0) * NR, NR, 1, T * B * NR, weights.UT, u0 + q * P * NR * NR, NR, NR * NR,
                    gradients.dh, before + r0 * Hp + q * NR, Hp, NR, P, r1 - r0)  # fmt: skip
        if kept:
            restore_started(inputs.ids, t * B, gradients, before, c0, Hp, r0, r1, q0 * NR, q1 * NR, True)


_forward_stage = forward_stage_of(forward, __name__)
_forward_loop = forward_loop_of(_forward_stage, __name__)
_training_loop = training_loop_of(_forward_stage, backward, no_extra_gradient, __name__)
_token_loop = token_loop_of(forward, __name__)


@jit
def forward_window(
    order: OrderPart, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning,
    outputs: Outputs, member: int, team: Team,
) -> None:  # fmt: skip
    """A window up to the loss: see `window_loop.py`."""
    _forward_loop(order, sizes, weights, work, begin, outputs, member, team)


@jit
def training_window(
    order: OrderPart, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning,
    outputs: Outputs, back: Backward, sums: WeightGradients, scratch: SumScratch, member: int, team: Team,
) -> None:  # fmt: skip
    """A window's gradient: see `window_loop.py`."""
    _training_loop(order, sizes, weights, work, begin, outputs, back, sums, scratch, member, team)


@jit
def sample_tokens(sizes: SamplerSizes, weights: NetworkWeights, work: Work, logits: Any, filters: Filters,
                  scratch: Scratch, member: int, team: Team) -> None:  # fmt: skip
    """New tokens: see `token_loop.py`."""
    _token_loop(sizes, weights, work, logits, filters, scratch, member, team)


@jit
def sample_tokens_bf16(sizes: SamplerSizes, weights: NetworkWeights, work: Work, logits: Any, filters: Filters,
                       scratch: Scratch, member: int, team: Team) -> None:  # fmt: skip
    """The same for weights in bfloat16, as in `lstm.py`."""
    _token_loop(sizes, weights, work, logits, filters, scratch, member, team)


def step(
    weights: Mapping[str, Float32Array], inputs: Float32Array, before: Float32Array, identity: bool,
    clamp: ClampFunction = unclamped,
) -> dict[str, Float32Array]:  # fmt: skip
    """One step in plain numpy, as in `lstm.py`: inputs (B, 1, H), before (1, B, H)."""
    own, fed_back = inputs[:, 0], recurrent(weights["U"], before[0])[:, 0]
    z = own + fed_back
    return {"W x + b": own, "U h'": fed_back, "z": z, "h": clamp("h", np.tanh(z))}


def step_back(
    weights: Mapping[str, Float32Array], values: Mapping[str, Float32Array], before: Float32Array, after: Float32Array,
    identity: bool,
) -> tuple[Float32Array, Float32Array]:  # fmt: skip
    """The backward of `step`, as in `lstm.py`."""
    d_inputs = (after[0] * (1.0 - np.square(values["h"])))[:, None]
    return d_inputs, recurrent_back(weights["U"], d_inputs)[None]
