"""From the gradients of the pre-activations to those of the parameters: products over all N = T B positions.

Shared among threads by output panel, so each number is one thread's sum in a fixed order, whoever makes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmgen.cells.records import Team, Work
from lstmgen.cells.stages import CLEAR_RARE, EMBEDDING_BACK, PAIR, PLACE, WEIGHTS
from lstmgen.cells.window_forward import part
from lstmgen.cells.window_records import (
    Beginning,
    Outputs,
    Stage,
    SumScratch,
    WeightGradients,
    WindowSizes,
    WindowWeights,
)
from lstmgen.kernels.barrier import next_number
from lstmgen.kernels.compile import inner, named_apart
from lstmgen.kernels.elementwise import set_zero, sum_rows
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.lookup import put_panel, scatter_onehot, scatter_rows
from lstmgen.kernels.pack import pair_rows, unpack_gradient
from lstmgen.kernels.product import table_product_back, weight_product
from lstmgen.kernels.vector import WIDTH, broadcast, load_vector, store_vector


@inner
def _clear_rare(sums: WeightGradients, cleared: int, member: int, members: int) -> None:
    """Zero what gets a gradient only where a token was read."""
    start, stop = part(cleared, member, members)
    set_zero(sums.flat, start, stop)


@inner
def _pair(source: Any, s0: int, width: int, out: Any, o0: int, rows: int, member: int, members: int) -> None:
    """A thread's share of an array's rows, two side by side."""
    n0, n1 = part((rows + 1) // 2, member, members)
    pair_rows(source, s0, width, width, out, o0, rows, 2 * n0, 2 * n1)


@inner
def _pair_inputs(sizes: WindowSizes, work: Work, begin: Beginning, outputs: Outputs, sums: WeightGradients, member: int,
                 members: int) -> None:  # fmt: skip
    """What the layers read, as sums over all positions read it."""
    into, N, Hp, layer = sums.inputs, work.T * work.B, sizes.Hp, (work.T + 1) * work.B * sizes.Hp
    for k in range(sizes.L):
        _pair(work.states.rounded_before, k * layer, Hp, into.before, k * into.before_layer, N, member, members)
    for k in range(1, sizes.L):
        at = into.below_at + k * into.below_layer
        _pair(outputs.Y, (k - 1) * layer + work.B * Hp, Hp, into.below, at, N, member, members)
    _pair(outputs.read, outputs.read_at, Hp, into.read, into.read_at, N, member, members)
    if sizes.E:
        _pair(begin.embedded, 0, sizes.Ep, into.embedded, 0, begin.distinct, member, members)


@inner
def _output_panel(p: int, sizes: WindowSizes, weights: WindowWeights, outputs: Outputs, sums: WeightGradients,
                  scratch: SumScratch, N: int) -> None:  # fmt: skip
    """Panel p of the output layer; where it is the embedding too, its part of that."""
    vectors, layout = sizes.edge if p == sizes.Pv - 1 else VECTORS, weights.layout
    weight_product(sums.inputs.read, sums.inputs.read_at, sizes.Hp, outputs.dlogits, p * N * NR, NR, vectors,
                   scratch.sums, 0, N, scratch.pairs)  # fmt: skip
    unpack_gradient(scratch.sums, 0, sums.flat, layout.output, layout.output_columns, NR, sizes.V, sizes.H, p)
    sum_rows(outputs.dlogits, p * N * NR, N, sums.output_bias, p * NR)


@inner
def _recurrent(k: int, p: int, sizes: WindowSizes, weights: WindowWeights, work: Work, sums: WeightGradients,
               scratch: SumScratch) -> None:  # fmt: skip
    """Panel p of layer k: dU, and db but for layer 0, whose rows the table sums."""
    N, layout, inputs = work.T * work.B, weights.layout, sums.inputs
    z0 = (k * sizes.P + p) * N * NR
    weight_product(inputs.before, k * inputs.before_layer, sizes.Hp, work.dZ, z0, NR, VECTORS, scratch.sums, 0, N,
                   scratch.pairs)  # fmt: skip
    unpack_gradient(scratch.sums, 0, sums.flat, layout.U[k], layout.u_columns, layout.units, sizes.H, sizes.H, p)
    if k:
        sum_rows(work.dZ, z0, N, sums.vectors, (k * sizes.P + p) * NR)


@inner
def _between(k: int, p: int, sizes: WindowSizes, weights: WindowWeights, work: Work, sums: WeightGradients,
             scratch: SumScratch) -> None:  # fmt: skip
    """Panel p of dW of a layer above the first."""
    N, layout, inputs = work.T * work.B, weights.layout, sums.inputs
    weight_product(inputs.below, inputs.below_at + k * inputs.below_layer, sizes.Hp, work.dZ,
                   (k * sizes.P + p) * N * NR, NR, VECTORS, scratch.sums, 0, N, scratch.pairs)  # fmt: skip
    unpack_gradient(scratch.sums, 0, sums.flat, layout.W[k], layout.w_columns, layout.units, sizes.H, sizes.H, p)


@inner
def _first(p: int, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning, sums: WeightGradients,
           scratch: SumScratch) -> None:  # fmt: skip
    """Panel p of layer 0's input side: the table's gradient, then dW and db."""
    n, layout = begin.distinct, weights.layout
    scatter_rows(work.dZ, 0, work.inputs.rows, scratch.rows, n, work.T * work.B, p, sums.vectors, p * NR)
    if sizes.E:
        put_panel(scratch.rows, n, sums.table, sizes.P, p)
        weight_product(sums.inputs.embedded, 0, sizes.Ep, scratch.rows, 0, NR, VECTORS, scratch.sums, 0, n,
                       scratch.pairs)  # fmt: skip
        unpack_gradient(scratch.sums, 0, sums.flat, layout.W[0], layout.w_columns, layout.units, sizes.H, sizes.E, p)
    else:
        scatter_onehot(scratch.rows, begin.tokens, n, sums.flat, layout.W[0], layout.w_columns, layout.units, sizes.H,
                       sizes.V, p)  # fmt: skip


@inner
def _place_vectors(sizes: WindowSizes, weights: WindowWeights, sums: WeightGradients) -> None:
    """The gradients of biases and extra vectors where they belong."""
    layout = weights.layout
    for k in range(len(layout.vectors)):
        sums.flat[layout.vectors[k]] = sums.vectors[layout.vector_places[k]]
    for v in range(sizes.V):
        sums.flat[layout.output_bias + v] = sums.output_bias[v]


@inner
def _embedding_back(sizes: WindowSizes, weights: WindowWeights, begin: Beginning, sums: WeightGradients, k0: int,
                    k1: int) -> None:  # fmt: skip
    """Rows of the embedding's gradient: the table's gradient through W; where it is tied, on top of the output's."""
    E, rows = sizes.E, sums.embedding
    set_zero(rows, k0 * sizes.Ep, k1 * sizes.Ep)
    table_product_back(sums.table, sizes.P, weights.WT, rows, sizes.Ep, k0, k1)
    whole = E // WIDTH * WIDTH
    for k in range(k0, k1):
        token, at = begin.tokens[k], k * sizes.Ep
        mask = begin.token_mask[token] if begin.drops_tokens else np.float32(1)
        for j in range(0, whole, WIDTH):
            to = token * E + j
            store_vector(sums.flat, to, load_vector(sums.flat, to) + load_vector(rows, at + j) * broadcast(mask))
        for j in range(whole, E):
            sums.flat[token * E + j] += rows[at + j] * mask


@inner
def no_extra_gradient(layer: int, work: Work, panel: int, out: Any, o0: int) -> None:
    """Of a cell that has no extra vectors."""


def _panels_of(extra_gradient: Any, module: str) -> Any:
    """Some panels' sums, for a cell's `extra_gradient`."""

    @inner
    @named_apart(module)
    def panels(
        stage: Stage, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning, outputs: Outputs,
        sums: WeightGradients, scratch: SumScratch, member: int, team: Team,
    ) -> None:  # fmt: skip
        """The stage's panels, those of the layers before those of the output layer, as threads are free."""
        layers, X, number = sizes.L * sizes.P, weights.layers.extra_rows, member - team.size
        while True:
            number = next_number(team.counter, stage.counter, number, team.size)
            n = stage.first + number
            if n >= stage.last:
                break
            if n >= layers:
                _output_panel(n - layers, sizes, weights, outputs, sums, scratch, work.T * work.B)
                continue
            k, p = n // sizes.P, n % sizes.P
            _recurrent(k, p, sizes, weights, work, sums, scratch)
            if X:
                extra_gradient(k, work, p, sums.vectors, sums.extra_at + k * X * sizes.Hp)
            if k:
                _between(k, p, sizes, weights, work, sums, scratch)
            else:
                _first(p, sizes, weights, work, begin, sums, scratch)

    return panels


def weight_stage_of(extra_gradient: Any, module: str) -> Any:
    """A stage of the weights' gradients, for a cell's `extra_gradient`; named after the cell's module."""
    panels = _panels_of(extra_gradient, module)

    @inner
    @named_apart(module)
    def weight_stage(
        stage: Stage, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning, outputs: Outputs,
        sums: WeightGradients, scratch: SumScratch, member: int, team: Team,
    ) -> None:  # fmt: skip
        """Some panels, or whatever the stage is of."""
        kind = stage.kind
        if kind == CLEAR_RARE:
            _clear_rare(sums, weights.layout.cleared, member, team.size)
        elif kind == PAIR:
            if sums.inputs.paired:
                _pair_inputs(sizes, work, begin, outputs, sums, member, team.size)
        elif kind == WEIGHTS:
            panels(stage, sizes, weights, work, begin, outputs, sums, scratch, member, team)
        elif kind == PLACE:
            if member == 0:
                _place_vectors(sizes, weights, sums)
        elif kind == EMBEDDING_BACK:
            k0, k1 = part(begin.distinct, member, team.size)
            _embedding_back(sizes, weights, begin, sums, k0, k1)

    return weight_stage
